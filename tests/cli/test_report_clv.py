"""``monps-db report clv``: figures by group on a terminal, in a pipe, as CSV and as a plot."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from schemaproof_testing.project import Programs
from tests.support.closed_picks import closed
from tests.support.repository_rows import KICK_OFF, Store, pick, store_programs

pytestmark = pytest.mark.slow


@pytest.fixture
def programs(store: Store, tmp_path: Path) -> Programs:
    return store_programs(store, tmp_path)


def test_a_pipe_gets_a_line_for_each_group(store: Store, programs: Programs) -> None:
    store.add(closed(1, 2.0), closed(2, 4.0), pick("open"))
    outcome = programs.monps_db("report", "clv", "--by", "league", "--by", "agent")
    assert (outcome.code, outcome.err) == (0, "open picks: 1\n")
    assert outcome.out == (
        "by\tgroup\tpicks\tmatches\tmean\tmedian\tlow\thigh\n"
        "all\tall picks\t2\t2\t+3.00\t+3.00\t-9.71\t+15.71\n"
        "league\tSerie A\t2\t2\t+3.00\t+3.00\t-9.71\t+15.71\n"
        "agent\t(none)\t2\t2\t+3.00\t+3.00\t-9.71\t+15.71\n"
    )


def test_csv_has_the_figures_as_they_are(store: Store, programs: Programs) -> None:
    store.add(closed(1, 1 / 3, league='a,"b"\nc'))
    outcome = programs.monps_db("report", "clv", "--format", "csv", "--by", "league").succeeded()
    assert list(csv.reader(io.StringIO(outcome.out))) == [
        ["by", "group", "picks", "matches", "mean", "median", "low", "high"],
        ["all", "", "1", "1", "0.3333333333333333", "0.3333333333333333", "", ""],
        ["league", 'a,"b"\nc', "1", "1", "0.3333333333333333", "0.3333333333333333", "", ""],
    ]


@pytest.mark.parametrize(("format_", "lines"), [("table", 1), ("csv", 1)])
def test_without_closed_picks_there_are_only_the_names_of_the_columns(
    programs: Programs, format_: str, lines: int
) -> None:
    outcome = programs.monps_db(
        "report", "clv", "--format", format_, "--plot", "clv.svg"
    ).succeeded()
    assert len(outcome.out.splitlines()) == lines
    assert "no pick has a CLV here" in outcome.err
    assert "no pick has a CLV yet" in (programs.folder / "clv.svg").read_text("utf-8")


@pytest.mark.parametrize("width", [40, 76, 120])
def test_a_terminal_gets_a_table_that_fits(store: Store, programs: Programs, width: int) -> None:
    store.add(*(closed(n, 100.0 * n, league="Borussia [red]League[/red]") for n in range(9)))
    lines = programs.lines_on_terminal(width, "monps-db", "report", "clv")
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    assert "by league" in text
    assert "+400.00" in text
    assert ("…+610.51" if width >= 76 else "±210.51") in text
    assert ("median" in text) == (width >= 76)
    assert ("[red]League[/red]" if width > 76 else "[red]") in text


def test_a_plot_is_an_svg_with_its_figures_as_text(store: Store, programs: Programs) -> None:
    for week in range(6):
        store.add(
            *(
                closed(10 * week + n, n - 2.0, match_date=KICK_OFF + timedelta(days=7 * week))
                for n in range(6)
            )
        )
    arguments = ("report", "clv", "--plot", "clv.svg")
    assert programs.monps_db(*arguments).code == 0
    svg = (programs.folder / "clv.svg").read_text("utf-8")
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    text = " ".join("".join(root.itertext()).split())
    assert "Closing line value by week" in text
    assert "picks: 36, matches: 36, mean: +0.50 %" in text
    assert svg.count("PathCollection") + svg.count("LineCollection") > 0
    assert programs.monps_db(*arguments).code == 0
    assert (programs.folder / "clv.svg").read_text("utf-8") == svg


@pytest.mark.parametrize("every", ["day", "week", "month"])
def test_one_pick_is_enough_for_a_plot(store: Store, programs: Programs, every: str) -> None:
    store.add(closed(1, 2.0))
    outcome = programs.monps_db("report", "clv", "--plot", "clv.svg", "--every", every)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"by {every}" in (programs.folder / "clv.svg").read_text("utf-8")


def test_a_plot_that_cannot_be_written_is_said(store: Store, programs: Programs) -> None:
    store.add(closed(1, 2.0))
    outcome = programs.monps_db("report", "clv", "--plot", "nowhere/clv.svg")
    assert (outcome.code, outcome.out) == (6, "")
    assert "cannot be written" in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "yesterday"),
        ("--by", "team"),
        ("--every", "year"),
        ("--plot", "."),
        ("--plot", "clv.pdf"),
    ],
    ids=str,
)
def test_mistakes_in_the_arguments_are_one_line(
    programs: Programs, arguments: tuple[str, ...]
) -> None:
    outcome = programs.monps_db("report", "clv", *arguments)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)


def test_without_the_extra_it_says_what_to_install(programs: Programs) -> None:
    hidden = programs.folder / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import sys\nsys.modules['scipy'] = sys.modules['matplotlib'] = None\n", "utf-8"
    )
    outcome = programs.monps_db("report", "clv", PYTHONPATH=str(hidden))
    assert outcome.code == 2
    assert outcome.err == (
        "monps-db: matplotlib and scipy must be installed for reports: pip install '.[report]'\n"
    )


def test_a_table_of_another_shape_is_said(store: Store, programs: Programs) -> None:
    store.ask("DROP TABLE tracking_clv_picks; CREATE TABLE tracking_clv_picks (id int)")
    outcome = programs.monps_db("report", "clv")
    assert (outcome.code, outcome.out) == (6, "")
    assert "run monps-db check" in outcome.err
