"""The plot of CLV: the positions of its elements, read from the SVG."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from cli import clv_plot
from repositories.clv import ClvGroup, ClvSummary

FIRST_DAYS: Final = {
    "day": [date(2025, 12, 30) + timedelta(days=n) for n in range(6)],
    "week": [date(2025, 12, 22) + timedelta(days=7 * n) for n in range(6)],
    "month": [date(2025 + n // 12, n % 12 + 1, 1) for n in range(9, 15)],
}
every_period = pytest.mark.parametrize("every", FIRST_DAYS)


def summary(days: Sequence[date], errors: Sequence[float | None] = ()) -> ClvSummary:
    """Ten picks on five matches in each period."""
    given = [*errors, *([0.5] * len(days))]
    groups = [
        ClvGroup("period", day.isoformat(), 10, 5 if error else 1, number % 3, 1.0, error)
        for number, (day, error) in enumerate(zip(days, given, strict=False))
    ]
    return ClvSummary((*groups, ClvGroup("all", None, 10 * len(days), 5, 1.0, 1.0, 0.5)), 0)


def drawn(tmp_path: Path, days: Sequence[date], every: str, **given: list[float | None]) -> str:
    clv_plot.write(summary(days, **given), every, tmp_path / "plot.svg")
    return (tmp_path / "plot.svg").read_text("utf-8")


def bars(svg: str) -> list[tuple[float, float]]:
    """Return the beginning and the end of each bar."""
    paths = re.findall(r'<path d="([^"]*)"[^>]*style="fill: #c9d6e6', svg)
    edges = [[float(x) for x in re.findall(r"[ML] ([\d.]+) ", path)] for path in paths]
    return [(min(xs), max(xs)) for xs in edges]


def marks(svg: str) -> list[tuple[float, float]]:
    """Return the positions of the blue marks: means, and triangles at clipped intervals."""
    found = re.findall(
        r'<use xlink:href="#\w+" x="([\d.]+)" y="([\d.]+)" style="fill: #1f5fa8', svg
    )
    return [(float(x), float(y)) for x, y in found]


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    return [" ".join("".join(one.itertext()).split()) for one in root.iter() if "text" in one.tag]


@every_period
def test_a_bar_fills_its_period_and_the_mean_stands_in_its_middle(
    tmp_path: Path, every: str
) -> None:
    svg = drawn(tmp_path, FIRST_DAYS[every], every)
    found = bars(svg)
    assert len(found) == 6
    means = marks(svg)
    for (left, right), (x, _) in zip(found, means, strict=False):
        assert right - left > 20
        assert x == pytest.approx((left + right) / 2, abs=0.01)
    for (_, right), (left, _) in pairwise(found):
        assert right < left


@every_period
def test_the_year_is_said_and_said_again_where_it_changes(tmp_path: Path, every: str) -> None:
    drawn_text = " ".join(texts(drawn(tmp_path, FIRST_DAYS[every], every)))
    assert (drawn_text.count("2025"), drawn_text.count("2026")) == (1, 1)
    drawn_text = " ".join(texts(drawn(tmp_path, [date(2025, 6, 15)], every)))
    assert drawn_text.count("2025") == 1
    assert ":00" not in drawn_text  # The labels of days contain no hour.


def test_an_interval_beyond_the_scale_is_marked(tmp_path: Path) -> None:
    days = FIRST_DAYS["day"]
    plain = drawn(tmp_path, days, "day")
    assert "interval continues" not in plain
    # One match gives no interval, and the interval of two may be enormous.
    groups = list(summary(days).groups)
    groups[2] = ClvGroup("period", days[2].isoformat(), 2, 2, 2.0, 2.0, 9.0)
    clv_plot.write(ClvSummary(tuple(groups), 0), "day", tmp_path / "plot.svg")
    marked = (tmp_path / "plot.svg").read_text("utf-8")
    left, right = bars(marked)[2]
    here = [y for x, y in marks(marked) if left < x < right]
    assert len(here) == 3  # These are the mean, and one mark above and one below.
    assert texts(marked).count("interval continues") == 1


@every_period
def test_the_legend_lies_below_the_axes(tmp_path: Path, every: str) -> None:
    svg = drawn(tmp_path, FIRST_DAYS[every], every)
    data, _, legend = svg.partition('<g id="legend_')
    tops = [float(y) for y in re.findall(r"<text [^>]*? y=\"([\d.]+)\"", legend)]
    assert len(tops) == 2
    assert min(tops) > max(float(y) for y in re.findall(r'<use [^>]*y="([\d.]+)"', data))


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.svg", b"<?xml"), ("a.SVG", b"<?xml"), ("a", b"<?xml"), ("a.png", b"\x89PNG\r\n")],
)
def test_the_ending_of_the_name_says_what_is_written(
    tmp_path: Path, name: str, begins: bytes
) -> None:
    for days in (FIRST_DAYS["day"], []):
        clv_plot.write(summary(days), "day", tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begins)


def test_an_svg_has_colours_for_a_dark_page(tmp_path: Path) -> None:
    svg = drawn(tmp_path, FIRST_DAYS["week"], "week")
    sheet, drawing = svg.split("</style>", 1)
    assert "@media (prefers-color-scheme: dark)" in sheet
    used = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", drawing))
    assert used
    assert {colour for colour in used if f"{colour}" not in sheet} == set()


def test_a_png_for_dark_pages_has_their_colours(tmp_path: Path) -> None:
    from matplotlib.image import imread

    grounds = {}
    for dark in (False, True):
        file = tmp_path / f"{dark}.png"
        clv_plot.write(summary(FIRST_DAYS["week"]), "week", file, dark=dark)
        grounds[dark] = imread(file)[0, 0]
    assert (grounds[False] > 0.99).all()
    assert (grounds[True][:3] < 0.1).all()


def test_an_svg_is_the_same_for_light_and_dark_pages(tmp_path: Path) -> None:
    for dark in (False, True):
        clv_plot.write(summary(FIRST_DAYS["week"]), "week", tmp_path / f"{dark}.svg", dark=dark)
    assert (tmp_path / "True.svg").read_text() == (tmp_path / "False.svg").read_text()
