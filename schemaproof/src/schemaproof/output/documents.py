"""Make text for people and programs, with one function for each format, which escapes all values.

Values are not trusted: names in a database, messages of a server, files. They are escaped here,
where the text for a reader is made, and nowhere else.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TextIO


class Document(str):
    """Text for programs with all values escaped; only the functions for formats make one."""

    __slots__ = ()


class Lines(Document):
    """Text for people, which is written in the encoding of their terminal."""

    __slots__ = ()


# CI systems execute these commands anywhere in a line: ##[error], ##vso[task.setvariable ...].
_COMMAND: Final = re.compile(r"#(?=#[A-Za-z]*\[)")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
# Spreadsheets run such a cell as a formula. Some trim the cell first, or accept full-width signs.
_FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def visible(text: str) -> str:
    r"""Return a value on one line, with invisible characters escaped.

    These are the characters that ``str.isprintable`` refuses: control characters (C0, C1, DEL),
    line ends of every kind, direction overrides, characters without width, spaces other than the
    usual one, halves of surrogate pairs. The beginning of a command of a CI system is escaped, too.

    >>> visible("a\nb")
    'a\\nb'
    """
    if not text.isprintable():
        text = "".join(
            character if character.isprintable() else character.encode("unicode_escape").decode()
            for character in text
        )
    return _COMMAND.sub(r"\\x23", text)


def line(text: str) -> Lines:
    """Return one line for people."""
    return _no_command(visible(text))


def lines(texts: Iterable[str]) -> Lines:
    """Return text for people: each item is a line and stays one."""
    return Lines("\n".join(map(line, texts)))


def block(text: str) -> Lines:
    """Return text in which line ends are kept: a traceback, a statement, a log."""
    return lines(text.split("\n"))


def write(document: Document, stream: TextIO) -> None:
    """Write a document: for people in the stream's encoding, for programs as UTF-8."""
    binary = getattr(stream, "buffer", None)
    if isinstance(document, Lines) or binary is None:
        stream.write(document)
    else:
        stream.flush()
        binary.write(document.encode("utf-8", "surrogateescape"))
    stream.flush()


def _no_command(shown: str) -> Lines:
    """Keep GitHub from reading a line as a command (``::error::``)."""
    start = len(shown) - len(shown.lstrip())
    if shown.startswith("::", start):
        shown = f"{shown[:start]}\\x3a{shown[start + 1 :]}"
    return Lines(shown)


def as_json(content: Any, default: Callable[[Any], Any] | None = None) -> Document:
    """Return JSON that contains the value exactly, without raw control characters."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False, default=default)
    # These characters only occur within strings; the rest of a JSON document is ASCII.
    escaped = re.sub(r"[^ -~\n]", _escaped, text)
    return Document(_COMMAND.sub(r"\\u0023", escaped))


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return character if character.isprintable() else json.dumps(character)[1:-1]


def as_csv(rows: Iterable[Iterable[object]]) -> Document:
    """Return comma-separated rows; line ends within a cell stay, in quotes.

    Text that a spreadsheet would run as a formula begins with an apostrophe, as spreadsheets do
    themselves; numbers are left alone.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([_cell(value, block) for value in row] for row in rows)
    return Document("\n".join(map(_no_command, out.getvalue().removesuffix("\n").split("\n"))))


def as_columns(rows: Iterable[Iterable[object]]) -> Lines:
    """Return tab-separated rows, as :func:`as_csv` does, without quotes: for pipes."""
    cells = ([str(_cell(value, visible)) for value in row] for row in rows)
    return Lines("\n".join(_no_command("\t".join(row)) for row in cells))


def _cell(value: object, shown: Callable[[str], str]) -> object:
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return shown(f"'{value}" if _FORMULA.match(value) else value)
