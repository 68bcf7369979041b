"""axe finds no violation on the pages in a real browser, wide or narrow, light or dark."""

from pathlib import Path

import pytest

from schemaproof.compare import compare
from schemaproof.diagram import page
from schemaproof.diagram.picture import picture
from schemaproof.diagram.svg import drawing
from schemaproof.findings.findings import differences_of_two
from schemaproof.report import html
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema_pages.site import pages
from schemaproof_testing.browser import VIEWS, WITHOUT_AXE, violations
from schemaproof_testing.project import history

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(WITHOUT_AXE, reason="no Chromium, or no axe"),
]


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    head = history().head_snapshot or Snapshot()
    before = history().snapshot_at("3d5a71c08e42") or Snapshot()
    found = compare(head, before)
    site = dict(pages(head, "Schema", {}))
    marked = picture(head, found.differences)
    return {
        "diagram": page.render(marked, "Schema"),
        "report": html.render(differences_of_two(found), drawing=drawing(marked)),
        "index": site["index.html"],
        "table": site["quantum.quantum_strategies.html"],
    }


def test_axe_finds_nothing(written: dict[str, str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    for name, text in written.items():
        page.write_text(text, "utf-8")
        assert (name, violations(page, tmp_path / "profile")) == (name, [])


def test_axe_finds_what_is_wrong(written: dict[str, str], tmp_path: Path) -> None:
    unnamed = written["table"].replace("<h1>", '<img src="x.png"><h1 style="color: #ccc">')
    (tmp_path / "page.html").write_text(unnamed, "utf-8")
    told = violations(tmp_path / "page.html", tmp_path / "profile")
    assert {(*view, "image-alt") for view in VIEWS} <= {one[:3] for one in told}
    # The grey of the heading has too little contrast on a white page only.
    grey = {one[:2] for one in told if one[2] == "color-contrast"}
    assert grey == {view for view in VIEWS if view[1] == "light"}
