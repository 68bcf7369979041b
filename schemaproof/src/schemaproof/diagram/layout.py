"""Positions of boxes and lines: Graphviz lays out each schema; the schemas are placed in rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

from schemaproof.diagram import dot
from schemaproof.diagram.graphviz import Graphviz
from schemaproof.diagram.picture import Box, Line, Picture
from schemaproof.schema.paths import ObjectPath

_INCH: Final = 72  # Points per inch.
_MARGIN: Final = 20
_HEAD: Final = 36
"""The height that the name of a schema takes, in points."""
_GAP: Final = 32
_SHAPE: Final = 1.7
"""The ratio of width to height of a picture of many schemas."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, in points, from the upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, by: Point) -> Area:
        """Return the area moved by a distance."""
        return Area(self.x + by[0], self.y + by[1], self.width, self.height)


@dataclass(frozen=True, slots=True)
class Curve:
    """A line between two boxes, as points of cubic curves."""

    line: Line
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The position of everything in a picture.

    Attributes:
        width: The width of the picture.
        height: The height of the picture.
        schemas: The area of each schema.
        boxes: The area of each box.
        curves: The lines.
    """

    width: float
    height: float
    schemas: dict[str, Area]
    boxes: dict[ObjectPath, Area]
    curves: tuple[Curve, ...]


def lay_out(picture: Picture) -> Layout:
    """Compute the positions of everything in a picture.

    Raises:
        ConfigurationError: Graphviz is not installed.
        SchemaproofError: Graphviz cannot lay out the picture.
    """
    graphviz = Graphviz()
    groups = picture.by_schema()
    inner = {name: _schema(graphviz, boxes, picture.lines) for name, boxes in groups.items()}
    sizes = {name: (found.width, found.height) for name, found in inner.items()}
    areas = _placed(sizes)
    boxes, curves = {}, []
    for name, found in inner.items():
        by = areas[name].x, areas[name].y
        boxes.update({path: area.moved(by) for path, area in found.boxes.items()})
        curves += [Curve(one.line, tuple(_moved(one.points, by))) for one in found.curves]
    across = (line for line in picture.lines if len({one.names[0] for one in line.ends}) > 1)
    by_path = {box.path: box for box in picture.boxes}
    curves += [Curve(line, _across(line, by_path, boxes)) for line in across]
    right = max((area.x + area.width for area in areas.values()), default=0)
    bottom = max((area.y + area.height for area in areas.values()), default=0)
    return Layout(right, bottom, areas, boxes, tuple(curves))


def _schema(graphviz: Graphviz, boxes: Collection[Box], lines: Collection[Line]) -> Layout:
    found = graphviz.lay_out(dot.schema_graph(boxes, lines))
    height = _numbers(found["bb"])[3]
    names = dot.box_names(boxes)
    by_name = {one["name"]: one for one in found["objects"]}
    placed = {
        path: _area(by_name[name], height).moved((_MARGIN, _MARGIN + _HEAD))
        for path, name in names.items()
    }
    inner = [line for line in lines if line.ends <= names.keys()]
    edges = {edge["id"]: edge["pos"] for edge in found.get("edges", ())}
    curves = tuple(
        Curve(line, tuple(_moved(_points(edges[f"e{number}"], height), (_MARGIN, _MARGIN + _HEAD))))
        for number, line in enumerate(inner)
    )
    width = max(_numbers(found["bb"])[2], 120) + 2 * _MARGIN
    return Layout(width, height + 2 * _MARGIN + _HEAD, {}, placed, curves)


def _placed(sizes: dict[str, tuple[float, float]]) -> dict[str, Area]:
    """Return the areas of the schemas, side by side in rows that fit the shape of a screen."""
    wanted = sqrt(
        _SHAPE * sum((width + _GAP) * (height + _GAP) for width, height in sizes.values())
    )
    areas, x, y, lowest = {}, 0.0, 0.0, 0.0
    for name, (width, height) in sizes.items():
        if x and x + width > wanted:
            x, y = 0.0, lowest + _GAP
        areas[name] = Area(x, y, width, height)
        x, lowest = x + width + _GAP, max(lowest, y + height)
    return areas


def _across(
    line: Line, by_path: dict[ObjectPath, Box], areas: dict[ObjectPath, Area]
) -> tuple[Point, ...]:
    """Return the curve between two boxes in different schemas, from one near side to the other."""
    one = line.reference
    start, end = areas[one.source], areas[one.target]
    side = 1 if end.x > start.x else -1
    x, y = (
        start.x + (start.width if side > 0 else 0),
        _row_height(by_path[one.source], one.columns, start),
    )
    to_x, to_y = (
        end.x + (0 if side > 0 else end.width),
        _row_height(by_path[one.target], one.target_columns, end),
    )
    bend = side * max(60, abs(to_x - x) / 3)
    return ((x, y), (x + bend, y), (to_x - bend, to_y), (to_x, to_y))


def _row_height(box: Box, columns: Collection[str], area: Area) -> float:
    number = next((at for at, row in enumerate(box.rows, 1) if row.name in columns), 0)
    return area.y + dot.ROW * (number + 0.5)


def _area(node: dict[str, Any], height: float) -> Area:
    """Return the area of a node; Graphviz counts upwards, from the centre."""
    x, y = _numbers(node["pos"])
    wide, high = float(node["width"]) * _INCH, float(node["height"]) * _INCH
    return Area(x - wide / 2, height - y - high / 2, wide, high)


def _points(pos: str, height: float) -> Iterator[Point]:
    """Yield the points of a line, the one at its arrow last."""
    ends, points = [], []
    for part in pos.split():
        if part.startswith("e,"):
            ends.append(_numbers(part[2:]))
        elif not part.startswith("s,"):
            points.append(_numbers(part))
    for x, y in [*points, *ends]:
        yield x, height - y


def _moved(points: Any, by: Point) -> Iterator[Point]:
    for x, y in points:
        yield x + by[0], y + by[1]


def _numbers(text: str) -> list[float]:
    return [float(one) for one in text.split(",")]
