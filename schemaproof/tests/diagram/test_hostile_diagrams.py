"""Names are escaped in every format of a diagram."""

import re
import xml.etree.ElementTree as ET
from typing import Final

import pytest
from hypothesis import given

from schemaproof.diagram import dot, mermaid, page, svg
from schemaproof.diagram.picture import picture
from schemaproof.schema.database_objects import (
    Snapshot,
)
from schemaproof_testing import snapshot_strategies
from schemaproof_testing import snapshots as testing
from schemaproof_testing.drawn_schemas import hostile_snapshot
from schemaproof_testing.hostile import is_harmless

TEXT: Final = r"\"[^\"<>`\n]*\""
WORD: Final = r"[\w()\[\]-]+"
MERMAID_LINE: Final = re.compile(
    rf"erDiagram|accTitle: .*|t\d+\[{TEXT}\] {{|}}|{WORD} {WORD}( PK| FK| PK,FK)?( {TEXT})?"
    rf"|t\d+ [}}|]o(--|\.\.)(o\||\|\|) t\d+ : {TEXT}|class(Def)? .*"
)


@testing.unhurried
@given(snapshot_strategies.snapshots)
def test_no_name_is_more_than_text_in_mermaid_and_dot(snapshot: Snapshot) -> None:
    drawn = picture(snapshot)
    for text in (mermaid.render(drawn, "x"), dot.render(drawn, "x")):
        assert is_harmless(text)
    for line in mermaid.render(drawn, "x").split("\n"):
        assert MERMAID_LINE.fullmatch(line.strip()), line


def test_mermaid_and_dot_keep_hostile_names_in_their_place() -> None:
    drawn = picture(hostile_snapshot())
    for line in mermaid.render(drawn, "x").split("\n"):
        assert MERMAID_LINE.fullmatch(line.strip()), line
    graph = dot.render(drawn, "x")
    assert len(re.findall(r"^    t\d+ \[label=", graph, re.MULTILINE)) == len(drawn.boxes)


@pytest.mark.slow
def test_a_drawing_is_xml_in_which_every_name_is_text() -> None:
    drawn = picture(hostile_snapshot())
    root = ET.fromstring(svg.render(drawn, "</svg>"))  # noqa: S314 - our own
    names = {"svg", "style", "defs", "marker", "path", "g", "rect", "text", "title", "tspan"}
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == names
    assert not any(key.startswith("on") for element in root.iter() for key in element.attrib)
    assert root.attrib["aria-label"] == "</svg>"
    html = page.render(drawn, "<b>")
    assert html.count("<script>") == 1
    assert is_harmless(html)
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
