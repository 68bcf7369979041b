"""A picture as DOT, the language of Graphviz: https://graphviz.org/doc/info/lang.html.

Boxes are records of fixed size, so that the position of each row is known after the layout.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from schemaproof.diagram.picture import Box, Line, Picture
from schemaproof.diagram.references import FOREIGN_KEY
from schemaproof.output.documents import Document, visible
from schemaproof.schema.paths import ObjectPath

ROW: Final = 20
"""The height of a row, in points; the first row holds the name of the box."""
_CHARACTER: Final = 7.0  # A character of the font of 11 points is about this many points wide.
_NARROWEST, _WIDEST = 130, 420
_INCH: Final = 72
_MANY: Final = 100
_SPECIAL: Final = re.compile(r"[\\{}|<> ]")
_COLOURS: Final = {"missing": "#1a7f37", "unexpected": "#b3261e", "changed": "#9a6700"}
_QUICK: Final = "    splines=line; nslimit=1; nslimit1=1; mclimit=0.2;"


def render(picture: Picture, heading: str) -> Document:
    """Return the graph, with a cluster for each schema."""
    names = box_names(picture.boxes)
    lines = ["digraph schema {", f"    label={_quoted(heading)};", *_settings(picture.boxes)]
    for number, (schema, boxes) in enumerate(picture.by_schema().items()):
        lines += [f"    subgraph cluster_{number} {{", f"    label={_quoted(schema)};"]
        lines += [*_nodes(boxes, names), "    }"]
    by_path = {box.path: box for box in picture.boxes}
    return Document("\n".join([*lines, *_edges(picture.lines, by_path, names), "}"]))


def schema_graph(boxes: Collection[Box], lines: Iterable[Line]) -> str:
    """Return the graph of the boxes of one schema, for a layout."""
    names, by_path = box_names(boxes), {box.path: box for box in boxes}
    inner = (line for line in lines if line.ends <= names.keys())
    start = ["digraph schema {", *_settings(boxes), '    pack=24; packmode="graph";']
    return "\n".join([*start, *_nodes(boxes, names), *_edges(inner, by_path, names), "}"])


def box_names(boxes: Iterable[Box]) -> dict[ObjectPath, str]:
    """Return the name of each box in a graph."""
    return {box.path: f"t{number}" for number, box in enumerate(boxes)}


def width(box: Box) -> float:
    """Return the width of a box, in points."""
    texts = [title(box), *(f"{row.name}  {row.type}    " for row in box.rows)]
    return min(max(_NARROWEST, *(text_width(text) * _CHARACTER + 24 for text in texts)), _WIDEST)


def title(box: Box) -> str:
    """Return the first line of a box."""
    kind = "" if box.kind == "table" else f" ({box.kind.replace('-', ' ')})"
    return f"{'.'.join(box.path.names[1:]) or box.path}{kind}"


def text_width(text: str) -> int:
    """Return the width of a text, in columns of a terminal."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in visible(text))


def _settings(boxes: Collection[Box]) -> Iterator[str]:
    yield "    rankdir=RL; nodesep=0.3; ranksep=0.9;"
    yield '    node [shape=record, fixedsize=true, fontname="monospace", fontsize=11, margin=0];'
    yield '    edge [arrowsize=0.7, color="#7d8590"];'
    if len(boxes) > _MANY:
        yield _QUICK


def _nodes(boxes: Iterable[Box], names: Mapping[ObjectPath, str]) -> Iterator[str]:
    for box in boxes:
        rows = [
            f"<c{number}> {_field(f'{row.name}  {row.type}')}\\l"
            for number, row in enumerate(box.rows)
        ]
        # With rankdir=RL, Graphviz stacks the fields of a record from top to bottom without braces.
        label = "|".join([f"<h> {_field(title(box))}", *rows])
        height = ROW * (len(box.rows) + 1)
        colour = f', color="{_COLOURS[box.mark.state]}", penwidth=2' if box.mark else ""
        yield (
            f'    {names[box.path]} [label="{label}", width={width(box) / _INCH:.4f},'
            f" height={height / _INCH:.4f}, tooltip={_quoted(box.comment or box.path)}{colour}];"
        )


def _edges(
    lines: Iterable[Line], boxes: Mapping[ObjectPath, Box], names: Mapping[ObjectPath, str]
) -> Iterator[str]:
    for number, line in enumerate(lines):
        one = line.reference
        style = "" if one.kind == FOREIGN_KEY else ", style=dashed"
        colour = f', color="{_COLOURS[line.mark.state]}", penwidth=2' if line.mark else ""
        ends = (
            names[where] + _port(boxes[where], columns)
            for where, columns in ((one.source, one.columns), (one.target, one.target_columns))
        )
        tip = _quoted(one.definition or one.kind)
        yield f"    {' -> '.join(ends)} [id=e{number}, tooltip={tip}{style}{colour}];"


def _port(box: Box, columns: Collection[str]) -> str:
    """Return the port of the row at which a line ends; empty when it ends at the box."""
    rows = (number for number, row in enumerate(box.rows) if row.name in columns)
    number = next(rows, None)
    return "" if number is None else f":c{number}"


def _field(text: str) -> str:
    """Return a text for a field of a record, as a string of DOT with escapes."""
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", _shown(text))
    return escaped.replace('"', '\\"')


def _quoted(text: str) -> str:
    r"""Return a string of DOT: a backslash before a letter would mean something (``\N``)."""
    return '"' + _shown(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shown(text: str) -> str:
    """Return a text with ``&`` escaped, because Graphviz reads the entities of HTML."""
    return visible(text).replace("&", "&amp;")
