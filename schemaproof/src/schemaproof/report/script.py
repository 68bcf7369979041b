"""SQL scripts for output, without control characters.

Names and texts that hold one are written with PostgreSQL's own escapes (manual, section 4.1.2), so
that the script means the same.
"""

import re
from typing import Final

from schemaproof.output.documents import Document, block

_TOKEN: Final = re.compile(
    r"""
    (?P<comment>--[^\r\n]*|/\*.*?\*/)
    | (?P<escaped>\b[eE]'(?:\\.|''|[^'\\])*')
    | (?P<prefixed>\b(?:[bBxXnN]'[^']*'|[uU]&(?:'(?:''|[^'])*'|"(?:""|[^"])*")))
    | (?P<text>'(?:''|[^'])*')
    | (?P<name>"(?:""|[^"])*")
    | (?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$(?P<body>.*?)\$(?P=tag)\$
    """,
    re.VERBOSE | re.DOTALL,
)
# CI systems read these as commands: GitHub at the start of a line, others anywhere.
_COMMAND: Final = re.compile(r"\n\s*::|##[A-Za-z]*\[")

_QUOTE: Final = "'"
_SHORTEST: Final = 0xFFFF


def script(statements: str) -> Document:
    """Return SQL as a document."""
    return Document(_TOKEN.sub(_shown, statements))


def commented(statement: str) -> Document:
    """Return a statement as comments, so that nothing of it is executed."""
    return Document(re.sub(r"\A|(?<=\n)", "-- ", script(statement)))


def _shown(found: re.Match[str]) -> str:
    token = found[0]
    # Tabs and line ends are usual in the body of a function, but not in a name.
    plain = token if found["name"] else token.replace("\n", "").replace("\t", "")
    if plain.isprintable() and not _COMMAND.search(token):
        return token
    if found["name"]:
        return f'U&"{_in_name(token[1:-1])}"'
    if found["comment"]:
        return block(token)
    if found["escaped"]:
        return re.sub(r"\\?(.)", _escaped_again, token, flags=re.DOTALL)
    text = token[1:-1] if found["text"] else found["body"]
    if text is None:
        return token
    return f"E'{_in_text(text if found['text'] else text.replace(_QUOTE, _QUOTE * 2))}'"


def _in_name(text: str) -> str:
    return "".join(_code(character, "\\{:04x}", "\\+{:06x}") for character in text)


def _in_text(text: str) -> str:
    return "".join(_code(character, "\\u{:04x}", "\\U{:08x}") for character in text)


def _code(character: str, short: str, long: str) -> str:
    if character == "\\":
        return character * 2
    # A lone surrogate stands for a byte that is not a character in the database's encoding.
    is_byte = "\ud800" <= character <= "\udfff"
    if is_byte or (character.isprintable() and character != "#"):
        return character
    return (short if ord(character) <= _SHORTEST else long).format(ord(character))


def _escaped_again(found: re.Match[str]) -> str:
    return found[0] if found[1].isprintable() and found[1] != "#" else _in_text(found[1])
