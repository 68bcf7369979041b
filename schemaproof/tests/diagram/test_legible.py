"""A diagram of any number of tables can be read, when opened and as a whole."""

from pathlib import Path
from typing import Final

import pytest

from schemaproof.diagram import page
from schemaproof.diagram.labels import fitted
from schemaproof.diagram.layout import Area
from schemaproof.diagram.picture import picture
from schemaproof_testing.browser import BROWSER, VIEWS, evaluated
from schemaproof_testing.drawn_schemas import many_tables

SMALLEST: Final = 8
"""The smallest type that is shown, in pixels."""
TYPE: Final = """
const svg = document.querySelector("svg.picture"), shown = svg.getBoundingClientRect();
const inside = (one) => one.right > shown.left && one.left < shown.right
  && one.bottom > shown.top && one.top < shown.bottom;
const read = () => {
  const texts = [...svg.querySelectorAll("text")].filter(
    (one) => one.textContent && one.checkVisibility() && inside(one.getBoundingClientRect()));
  const sizes = texts.map(
    (one) => parseFloat(getComputedStyle(one).fontSize) * svg.getScreenCTM().a);
  return [texts.length, Math.min(...sizes)];
};
const start = read();
document.querySelector("button[name=fit]").click();
return [start, read()];
"""


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium")
@pytest.mark.parametrize(("tables", "schemas"), [(7, 2), (100, 5), (1000, 20), (1000, 1)])
def test_no_type_is_too_small_to_read(tmp_path: Path, tables: int, schemas: int) -> None:
    drawn = picture(many_tables(tables, schemas)).with_rows()
    (tmp_path / "page.html").write_text(page.render(drawn, "Many"), "utf-8")
    shown = evaluated(tmp_path / "page.html", tmp_path / "profile", TYPE)
    for (width, _), ((texts, start), (names, whole)) in zip(VIEWS, shown, strict=True):
        assert texts >= 6
        assert start >= SMALLEST
        assert names >= schemas
        assert whole >= SMALLEST * width / 1200  # On a telephone, the names of 20 schemas shrink.


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("odds", ["odds"]),
        ("quantum_friction_matrix", ["quantum_", "friction_", "matrix"]),
        ("", [""]),
        ("__", ["__"]),
    ],
)
def test_a_name_is_broken_where_that_makes_it_larger(name: str, lines: list[str]) -> None:
    label = fitted(name, Area(0, 0, 100, 100))
    assert [line for _, line in label.lines] == lines
    assert label.size * len(lines) <= 100
    assert all(0 < y < 100 for y, _ in label.lines)
