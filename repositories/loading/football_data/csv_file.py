"""Lines of a season file as records by column name; what is broken is refused line by line.

A line is read on its own, so that an open quote cannot swallow the lines behind it, and up to a
limit, so that a file without line ends cannot fill the memory.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final, NoReturn, cast

from core.errors import LoadError
from repositories.loading.jsonl import Record

LONGEST: Final = 64 * 1024
"""Bytes in a line at most; lines of known files have less than 1,000."""

_UTF_8_MARK: Final = b"\xef\xbb\xbf"
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AGAIN: Final = "download it again, or save it as UTF-8 with commas"


class SeasonFile:
    """A file with a header and a line for each match, plain or compressed (``.gz``).

    Args:
        path: The file.
        on_progress: Told how many bytes of the file were read since it was told last.
    """

    def __init__(self, path: Path, on_progress: Callable[[int], None]) -> None:
        self.path = path
        self.name = str(path)
        self._on_progress = on_progress
        self._lines = self._numbered()

    def header(self) -> list[str]:
        """Read the first line: the names of the columns.

        Raises:
            LoadError: There is none that can be read.
        """
        number, line = next(self._lines, (0, b""))
        if number == 0:
            self.refuse("is empty", "download it again")
        if line.startswith(_UTF_16_MARKS):
            self.refuse("is UTF-16 text, not UTF-8", _SAVE_AGAIN)
        fields = self._fields(Record(self.name, number, {}), line.removeprefix(_UTF_8_MARK))
        return [field.strip() for field in fields]

    def records(self, header: list[str]) -> Iterator[Record | LoadError]:
        """Yield the lines behind the header that are not blank: a record, or why there is none.

        Raises:
            LoadError: The file cannot be read to its end.
        """
        for number, line in self._lines:
            try:
                record = self._record(number, line, header)
            except LoadError as error:
                yield error
            else:
                if record is not None:
                    yield record

    def refuse(self, reason: str, remedy: str) -> NoReturn:
        """Refuse the file as a whole.

        Raises:
            LoadError: Always.
        """
        raise LoadError(reason, file=self.name, line=None, remedy=remedy)

    def _record(self, number: int, line: bytes, header: list[str]) -> Record | None:
        place = Record(self.name, number, {})
        if not line.strip(b", \t\r\n"):
            return None
        fields = self._fields(place, line)
        if len(fields) < len(header) or any(fields[len(header) :]):
            place.refuse(f"has {len(fields)} fields, and the header {len(header)}")
        values = {name: field.strip() for name, field in zip(header, fields, strict=False)}
        return Record(self.name, number, values)

    def _fields(self, place: Record, line: bytes) -> list[str]:
        if len(line) > LONGEST:
            place.refuse(f"is longer than {LONGEST:,} bytes", _SAVE_AGAIN)
        # What is not UTF-8 matters only where it is used: a referee's name may be anything.
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        try:
            return next(csv.reader([text], strict=True), [])
        except csv.Error as error:
            place.refuse(f"is not CSV: {error}")

    def _numbered(self) -> Iterator[tuple[int, bytes]]:
        """Yield the lines with their numbers; one that is too long is cut off beyond the limit."""
        number = done = 0
        try:
            with self.path.open("rb") as raw:
                file = cast(
                    "IO[bytes]",
                    gzip.GzipFile(fileobj=raw) if self.path.suffix.lower() == ".gz" else raw,
                )
                while line := file.readline(LONGEST + 1):
                    number += 1
                    yield number, line
                    while len(line) > LONGEST and not line.endswith(b"\n"):
                        line = file.readline(LONGEST + 1)
                    done = self._tell(raw, done)
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            self.refuse(f"cannot be read ({reason})", "give a file that can")

    def _tell(self, raw: Any, done: int) -> int:
        position: int = raw.tell() if raw.seekable() else done
        self._on_progress(position - done)
        return position
