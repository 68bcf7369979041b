"""A picture as Mermaid, which GitHub and GitLab draw in Markdown.

https://mermaid.js.org/syntax/entityRelationshipDiagram.html
"""

import re
from collections.abc import Iterator
from typing import Final

from schemaproof.diagram.picture import Box, Line, Picture, Row
from schemaproof.diagram.references import FOREIGN_KEY
from schemaproof.output.documents import Document, visible

_NO_WORD: Final = re.compile(r"[^A-Za-z0-9_()\[\]-]+")
_SPECIAL: Final = re.compile(r"[#\"<>&`;{}%\\]")
# Green, red and amber are readable on light and dark backgrounds.
_COLOURS: Final = {
    "missing": "fill:#1a7f37,color:#ffffff,stroke:#1a7f37",
    "unexpected": "fill:#b3261e,color:#ffffff,stroke:#b3261e",
    "changed": "fill:#8a5a00,color:#ffffff,stroke:#8a5a00",
}


def render(picture: Picture, heading: str) -> Document:
    """Return the picture as a Mermaid diagram."""
    return Document("\n".join(_lines(picture, heading)))


def _lines(picture: Picture, heading: str) -> Iterator[str]:
    names = {box.path: f"t{number}" for number, box in enumerate(picture.boxes)}
    yield "erDiagram"
    yield f"    accTitle: {_plain(heading)}"
    for box in picture.boxes:
        yield from _box(names[box.path], box)
    for line in picture.lines:
        yield (
            f"    {names[line.reference.source]} {_arrow(line)} {names[line.reference.target]}"
            f" : {_text(line.reference.name or line.reference.kind)}"
        )
    for state, colours in _COLOURS.items():
        marked = [names[box.path] for box in picture.boxes if box.mark and box.mark.state == state]
        if marked:
            yield f"    classDef {state} {colours}"
            yield f"    class {','.join(marked)} {state}"


def _box(name: str, box: Box) -> Iterator[str]:
    kind = "" if box.kind == "table" else f" ({box.kind})"
    yield f"    {name}[{_text(box.path + kind)}] {{"
    for row in box.rows:
        yield f"        {_row(row)}"
    yield "    }"


def _row(row: Row) -> str:
    """Return a column in one line: type, name, keys, comment."""
    name, type_ = _word(row.name) or "unnamed", _word(row.type) or "label"
    keys = ",".join(key for key, has in (("PK", row.primary), ("FK", row.foreign)) if has)
    written = row.name if name != row.name else ""
    told = [written, row.mark.state if row.mark else "", row.comment]
    comment = _text("; ".join(filter(None, told))) if any(told) else ""
    return " ".join(filter(None, (type_, name, keys, comment)))


def _arrow(line: Line) -> str:
    reference = line.reference
    if reference.kind != FOREIGN_KEY:
        return "}o..||"
    many = "|o" if reference.unique else "}o"
    return f"{many}--{'o|' if reference.optional else '||'}"


def _word(text: str) -> str:
    """Return a text as Mermaid takes a name or a type: a letter first, and no blank."""
    word = _NO_WORD.sub("_", text.replace(",", "-")).strip("_")
    return word if not word or word[0].isalpha() else f"_{word}"


def _text(text: str) -> str:
    """Return a text in quotes, in which quotes and markup are escaped."""
    return f'"{_plain(text)}"'


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", visible(text))
