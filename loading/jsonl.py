"""Read JSON Lines: one object per line, UTF-8 without a byte order mark."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from core.errors import LoadError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Record:
    """One object, with the file and the line that it comes from.

    Attributes:
        file: The file's name.
        line: The line, from 1.
        values: The object.
    """

    file: str
    line: int
    values: dict[str, Any]

    def refuse(self, reason: str, remedy: str = "correct the line, and load again") -> NoReturn:
        """Raise an error that names the file and the line.

        Raises:
            LoadError: Always.
        """
        raise LoadError(reason, file=self.file, line=self.line, remedy=remedy)


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a file.

    Raises:
        LoadError: The file cannot be read, is empty, or a line is not a JSON object.
    """
    try:
        with path.open("rb") as file:
            if file.read(3) == _BYTE_ORDER_MARK:
                _refuse(path, "begins with a byte order mark", "save it as UTF-8 without one")
            file.seek(0)
            number = 0
            for number, line in enumerate(file, start=1):
                yield _parse(path, number, line)
    except OSError as error:
        _refuse(path, f"cannot be read ({error.strerror})", "give a readable file")
    if number == 0:
        _refuse(path, "is empty", "give a file with a JSON object on each line")


def _parse(path: Path, number: int, line: bytes) -> Record:
    record = Record(path.name, number, {})
    try:
        parsed = json.loads(
            line.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        record.refuse("is not UTF-8 text")
    except ValueError as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        record.refuse(f"is not JSON: {reason}")
    except RecursionError:
        record.refuse("is nested too deeply")
    if not isinstance(parsed, dict):
        record.refuse("is not a JSON object")
    return Record(path.name, number, parsed)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} occurs twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _refuse(path: Path, reason: str, remedy: str) -> NoReturn:
    raise LoadError(reason, file=path.name, line=None, remedy=remedy)
