"""Read the lines of a season file as records by column name; a broken line is refused.

Each line is parsed alone, so that a missing quote does not affect the next lines, and up to a
limit, so that a file without line ends cannot fill the memory. The content is copied first, so that
the whole file can be checked before it is used, and a pipe can be read twice, too.
"""

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, NoReturn, Self, cast

from core.errors import LoadError
from loading.football_data import layout
from loading.football_data.layout import Head
from loading.football_data.names import Names
from loading.jsonl import Record

LONGEST: Final = 64 * 1024
"""The greatest length of a line, in bytes; lines of known files have less than 1,000."""
LARGEST: Final = 256 * 1024 * 1024
"""The greatest size of a file, in bytes, uncompressed; known files have less than 2 MB."""

_IN_MEMORY: Final = 1024 * 1024
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AGAIN: Final = "download it again, or save it as UTF-8 with commas"
_GZIP: Final = b"\x1f\x8b"
_OTHER_KINDS: Final = {
    b"PK\x03\x04": "is a ZIP archive or an Excel workbook, not CSV",
    b"\xd0\xcf\x11\xe0": "is an Excel workbook, not CSV",
    b"%PDF": "is a PDF document, not CSV",
    b"BZh": "is compressed by bzip2, not gzip",
    b"\xfd7zXZ": "is compressed by xz, not gzip",
    b"<": "is a web page (HTML) or XML, not CSV",
}
"""The first bytes of files of other kinds, each with a message that names the kind."""
_OF_A_HEADER: Final = ("date", "hometeam", "home", "ht")


class SeasonFile:
    """A file with a header and a line for each match, plain or compressed (``.gz``).

    Args:
        path: The file.
        on_progress: The function that is called with the number of bytes read since the last call.
    """

    def __init__(self, path: Path, on_progress: Callable[[int], None]) -> None:
        self.path = path
        self.name = str(path)
        self._on_progress = on_progress
        # The with block in which the file is read closes it.
        self._content = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._head_line = 0
        self._header: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._content.close()

    def head(self, names: Names) -> Head | None:
        """Find the header.

        Returns:
            The header, or None when nothing looks like the header of a season file.

        Raises:
            LoadError: The file cannot be read.
        """
        self._copy()
        first = list(islice(self._numbered(), layout.HEAD_LINES))
        self._refuse_other_kinds(b"".join(line for _, line in first))
        found = layout.find([_decoded(line).rstrip("\r\n") for _, line in first], names)
        if found is None:
            if b"\r" in first[0][1].rstrip(b"\r\n"):
                self.refuse("has lines that end in CR alone", _SAVE_AGAIN)
            return None
        self._head_line = found[0] + 1
        self._header = self._lowered(first[found[0]][1], found[1].separator)
        return found[1]

    def _refuse_other_kinds(self, beginning: bytes) -> None:
        if not beginning.strip():
            self.refuse("is empty", "download it again")
        if beginning.startswith(_UTF_16_MARKS):
            self.refuse("is UTF-16 text, not UTF-8", _SAVE_AGAIN)
        for mark, kind in _OTHER_KINDS.items():
            if beginning.lstrip().startswith(mark):
                self.refuse(kind, "give the CSV file itself")
        if beginning.startswith(b"\0") or beginning[1:2] == b"\0":
            self.refuse("is UTF-16 text or no text at all", _SAVE_AGAIN)

    def records(self, head: Head) -> Iterator[Record | LoadError]:
        """Yield a record for each line after the header, or the error that refuses the line."""
        for number, line in self._numbered():
            if number <= self._head_line:
                continue
            try:
                record = self._record(number, line, head)
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

    def _record(self, number: int, line: bytes, head: Head) -> Record | None:
        place = Record(self.name, number, {})
        fields = self._fields(place, line, head.separator)
        if not any(field.strip() for field in fields):
            return None
        self._refuse_a_header(place, [field.strip().lower() for field in fields])
        width = len(head.columns)
        if any(fields[width:]):
            place.refuse(f"has {len(fields)} fields, and the header {width}")
        if len(fields) < width and not line.endswith(b"\n"):
            place.refuse("ends before its last field and without a line end", "download it again")
        # Spreadsheets leave out empty cells at the end of a line.
        fields += [""] * (width - len(fields))
        values = {name: field.strip() for name, field in zip(head.columns, fields, strict=False)}
        return Record(self.name, number, values)

    def _refuse_a_header(self, place: Record, fields: list[str]) -> None:
        """Refuse a repeated header, or the whole file if a line is a different header."""
        if fields == self._header:
            place.refuse("repeats the header", "remove the line")
        if sum(name in fields for name in _OF_A_HEADER) > 1:
            self.refuse(
                f"has another header in line {place.line}", "make a file of each of its parts"
            )

    def _lowered(self, line: bytes, separator: str) -> list[str]:
        fields = self._fields(Record(self.name, self._head_line, {}), line, separator)
        return [field.strip().lower() for field in fields]

    def _fields(self, place: Record, line: bytes, separator: str) -> list[str]:
        if len(line) > LONGEST:
            place.refuse(f"is longer than {LONGEST:,} bytes", _SAVE_AGAIN)
        text = _decoded(line).rstrip("\r\n")
        try:
            return next(csv.reader([text], delimiter=separator, strict=True), [])
        except csv.Error as error:
            place.refuse(f"is not CSV: {error}")

    def _numbered(self) -> Iterator[tuple[int, bytes]]:
        """Yield the lines with their numbers; a line that is too long is cut off."""
        self._content.seek(0)
        number = 0
        while line := self._content.readline(LONGEST + 1):
            number += 1
            yield number, line
            while len(line) > LONGEST and not line.endswith(b"\n"):
                line = self._content.readline(LONGEST + 1)

    def _copy(self) -> None:
        done = 0
        try:
            with self.path.open("rb") as raw:
                is_gzip = raw.peek(2).startswith(_GZIP) or self.path.suffix.lower() == ".gz"
                file = cast("IO[bytes]", gzip.GzipFile(fileobj=raw) if is_gzip else raw)
                while block := file.read(LONGEST):
                    self._content.write(block)
                    if self._content.tell() > LARGEST:
                        self.refuse(f"is larger than {LARGEST:,} bytes", "give a file of a season")
                    done = self._tell(raw, done)
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            self.refuse(f"cannot be read ({reason})", "give a readable file")

    def _tell(self, raw: Any, done: int) -> int:
        position: int = raw.tell() if raw.seekable() else done
        self._on_progress(position - done)
        return position


def _decoded(line: bytes) -> str:
    """Decode a line as UTF-8, else as Windows-1252, which spreadsheets write.

    Bytes that are invalid in both are kept: they matter only within a name.
    """
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return line.decode(encoding).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "surrogateescape")
