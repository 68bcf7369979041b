"""Reports on a terminal: complete at every width, coloured only if wanted."""

import io
import re
from collections.abc import Iterable

import pytest
from rich.console import Console

from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.output.documents import visible
from schemaproof.report import terminal
from schemaproof.schema.paths import path
from schemaproof_testing.findings import make_finding
from schemaproof_testing.snapshot_strategies import HOSTILE_NAMES

NARROW = 40
COLOURS = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7])[;m]")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def rendered(report: Report, *, width: int = 200, terminal_: bool = False) -> str:
    output = io.StringIO()
    terminal.render(report, Console(file=output, width=width, force_terminal=terminal_))
    return output.getvalue()


def report_with(*findings: Finding) -> Report:
    return Report(findings, objects=3, attributes=14)


def finding(name: str = "t", kind: Kind = Kind.DRIFT) -> Finding:
    return make_finding("column-default", kind, path("q", name), name, name)


def cells(lines: Iterable[str], position: int) -> str:
    """Return the text of one column of a table with one row, without the spaces of line breaks."""
    return "".join(
        line.split("│")[position].replace(" ", "") for line in lines if line.startswith("│")
    )


hostile = pytest.mark.parametrize(
    "name", [*HOSTILE_NAMES, "[/red]", "[bold]x", ":smile:", "x" * 63]
)


@hostile
@pytest.mark.parametrize("width", [terminal.NARROW, 200])
def test_names_and_values_are_shown_whole(name: str, width: int) -> None:
    lines = rendered(report_with(finding(name)), width=width).splitlines()
    escaped = visible(name).replace(" ", "")
    assert cells(lines, 3) == visible(path("q", name)).replace(" ", "")
    assert cells(lines, 4) == cells(lines, 5) == escaped


@hostile
@pytest.mark.parametrize("width", [NARROW, terminal.NARROW - 1])
def test_a_narrow_terminal_gets_lines_instead_of_folded_cells(name: str, width: int) -> None:
    text = "".join(rendered(report_with(finding(name)), width=width).split())
    shown = "".join(visible(path("q", name)).split())
    value = "".join(visible(name).split())
    assert f"{shown}expected:{value}actual:{value}column-default:" in text


def test_narrow_terminal_is_not_overrun() -> None:
    lines = rendered(report_with(finding("x" * 63)), width=NARROW).splitlines()
    assert max(len(line) for line in lines) <= NARROW


def test_control_sequences_in_a_name_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in rendered(report_with(finding("\x1b[2J\x1b]0;owned\x07")))


def test_findings_stand_under_their_kind() -> None:
    report = report_with(finding("one"), finding("two", Kind.UNMODELLED), finding("three"))
    text = rendered(report)
    order = [text.index(word) for word in ("drift", "q.one", "q.three", "unmodelled", "q.two")]
    assert order == sorted(order)


def test_advice_is_given_once_per_code() -> None:
    text = rendered(report_with(finding("one"), finding("two")))
    assert text.count(finding().recommendation) == 1


def test_last_line_is_the_headline() -> None:
    report = report_with(finding())
    assert rendered(report).splitlines()[-1] == report.headline()


def test_in_sync_is_visible() -> None:
    assert rendered(report_with()) == "in sync: 3 objects, 14 attributes\n"


def test_terminal_gets_colours() -> None:
    assert COLOURS.search(rendered(report_with(finding()), terminal_=True))


def test_no_color_takes_the_colours_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not COLOURS.search(rendered(report_with(finding()), terminal_=True))


def test_what_is_no_terminal_gets_no_colours() -> None:
    assert "\x1b" not in rendered(report_with(finding()))


def test_report_goes_to_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.render(report_with())
    assert capsys.readouterr().out == "in sync: 3 objects, 14 attributes\n"
