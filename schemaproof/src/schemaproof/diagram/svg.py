"""A picture as SVG: a file of its own, or a part of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from schemaproof.diagram import dot
from schemaproof.diagram.labels import Label, fitted
from schemaproof.diagram.layout import Area, Curve, Layout, lay_out
from schemaproof.diagram.marks import Mark
from schemaproof.diagram.picture import Box, Picture, Row
from schemaproof.diagram.references import FOREIGN_KEY
from schemaproof.output.counts import counted
from schemaproof.output.documents import Document, visible
from schemaproof.output.html_pages import template
from schemaproof.schema.paths import ObjectPath

_CHARACTER: Final = 6.7  # A character of the font of 11 points is about this many points wide.
_SIGNS: Final = {"missing": "- ", "unexpected": "+ ", "changed": "~ "}
"""The signs that distinguish the differences for readers who cannot see the colours."""


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row, ready to be drawn.

    Attributes:
        y: The position of its upper edge.
        name: Its text on the left.
        type: Its text on the right.
        told: The text that is shown when it is pointed at.
        row: The row.
    """

    y: float
    name: str
    type: str
    told: str
    row: Row


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box, ready to be drawn.

    Attributes:
        id: The id of the box in the drawing.
        area: Its area.
        title: Its first line.
        label: Its name, to be read from afar.
        told: The text that is shown when it is pointed at.
        href: The page about it; None without one.
        box: The box.
        rows: Its rows.
    """

    id: str
    area: Area
    title: str
    label: Label
    told: str
    href: str | None
    box: Box
    rows: tuple[DrawnRow, ...]


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line, ready to be drawn.

    Attributes:
        d: Its path.
        ends: The boxes that it connects.
        told: The text that is shown when it is pointed at.
        dashed: Whether it is dashed, because it is not a foreign key.
        state: The kind of its difference (``missing``, ...); empty without one.
    """

    d: str
    ends: str
    told: str
    dashed: bool
    state: str


@dataclass(frozen=True, slots=True)
class DrawnSchema:
    """The area of a schema, ready to be drawn.

    Attributes:
        name: Its name.
        area: Its area.
        label: Its name, to be read from afar.
        boxes: The boxes in it.
    """

    name: str
    area: Area
    label: Label
    boxes: tuple[DrawnBox, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The values from which a template draws a picture."""

    layout: Layout
    schemas: tuple[DrawnSchema, ...]
    boxes: tuple[DrawnBox, ...]
    lines: tuple[DrawnLine, ...]


def drawing(picture: Picture, href: Callable[[ObjectPath], str | None] | None = None) -> Drawing:
    """Lay out a picture, and return its drawing.

    Args:
        picture: The picture to draw.
        href: The function that returns the address of the page about an object.

    Raises:
        ConfigurationError: Graphviz is not installed.
    """
    layout = lay_out(picture)
    names = dot.box_names(picture.boxes)
    boxes = tuple(
        _box(box, names[box.path], layout.boxes[box.path], href(box.path) if href else None)
        for box in picture.boxes
    )
    lines = tuple(_line(one, names) for one in layout.curves)
    return Drawing(layout, tuple(_schemas(layout, boxes)), boxes, lines)


def render(picture: Picture, heading: str) -> Document:
    """Return the drawing as a file of its own."""
    return Document(template("picture.svg").render(drawing=drawing(picture), heading=heading))


def _schemas(layout: Layout, boxes: tuple[DrawnBox, ...]) -> Iterator[DrawnSchema]:
    for name, area in layout.schemas.items():
        inside = tuple(one for one in boxes if one.box.schema == name)
        yield DrawnSchema(name, area, fitted(name, area, share=0.6), inside)


def _box(box: Box, name: str, area: Area, href: str | None) -> DrawnBox:
    rows = tuple(
        _row(row, area.y + dot.ROW * number, area.width) for number, row in enumerate(box.rows, 1)
    )
    kind = box.kind.replace("-", " ")
    told = [f"{kind} {box.path}", box.comment, *_notes(box.mark)]
    if box.hidden:
        told.append(f"{counted(box.hidden, 'column')} not shown")
    head = _sign(box.mark) + dot.title(box)
    label = fitted(dot.title(box), area)
    return DrawnBox(name, area, _cut(head, area.width), label, _lines(told), href, box, rows)


def _row(row: Row, y: float, width: float) -> DrawnRow:
    keys = [word for word, has in (("PK", row.primary), ("FK", row.foreign)) if has]
    null = (
        ""
        if not row.type or (row.mark and not row.nullable)
        else "NULL"
        if row.nullable
        else "NOT NULL"
    )
    long_keys = ("primary key", row.primary), ("foreign key", row.foreign)
    words = " ".join(filter(None, (row.name, row.type, null)))
    told = [", ".join([words, *(word for word, has in long_keys if has)]), row.comment]
    name = _sign(row.mark) + row.name
    right = " ".join([row.type, *keys])
    room = width - dot.text_width(name) * _CHARACTER
    return DrawnRow(
        y, _cut(name, width), _cut(right, room - 8), _lines([*told, *_notes(row.mark)]), row
    )


def _line(curve: Curve, names: dict[ObjectPath, str]) -> DrawnLine:
    one, mark = curve.line.reference, curve.line.mark
    told = [f"{one.source} → {one.target}", one.name, one.definition, *_notes(mark)]
    return DrawnLine(
        d=" ".join(_path(curve)),
        ends=f"{names[one.source]} {names[one.target]}",
        told=_lines(told),
        dashed=one.kind != FOREIGN_KEY,
        state=mark.state if mark else "",
    )


def _path(curve: Curve) -> Iterator[str]:
    first, *rest = (f"{x:.1f},{y:.1f}" for x, y in curve.points)
    yield f"M{first}"
    while len(rest) > 2:  # noqa: PLR2004 - a cubic curve has two more points than its end
        yield f"C{rest[0]} {rest[1]} {rest[2]}"
        rest = rest[3:]
    yield from (f"L{point}" for point in rest)


def _sign(mark: Mark | None) -> str:
    return _SIGNS[mark.state] if mark else ""


def _notes(mark: Mark | None) -> tuple[str, ...]:
    return mark.notes if mark else ()


def _lines(texts: list[str]) -> str:
    return " · ".join(visible(text) for text in texts if text)


def _cut(text: str, width: float) -> str:
    """Return as much of a text as there is room for."""
    shown, room = visible(text), int((width - 16) / _CHARACTER)
    while shown and dot.text_width(shown) > room:
        shown = shown.removesuffix("…")[:-1] + "…"
        if shown == "…":
            break
    return shown
