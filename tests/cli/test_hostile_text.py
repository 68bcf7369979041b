"""Text of strangers through every field of every format: it is shown, and it does nothing."""

import csv
import io
import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from cli import legacy_report, logs
from loading.legacy.report import ColumnAccount, ImportReport, RefusedRow, TableAccount
from schemaproof.adopt.adoption import Adoption, Relation
from schemaproof.cli import adoption_report, ledger_rows, lint_report, plan_report
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.findings.location import Location
from schemaproof.lint.findings import Level, LintFinding
from schemaproof.lint.plan import PlannedRevision
from schemaproof.output.documents import (
    Document,
    as_columns,
    as_csv,
    as_json,
    block,
    line,
    lines,
    visible,
)
from schemaproof.project import Project
from schemaproof.report import github, gitlab, html, junit, markdown, sarif, script, terminal, text
from schemaproof.report import json as json_format
from schemaproof.report.cells import cell
from schemaproof.schema.paths import ObjectPath
from schemaproof_testing.findings import make_difference, make_finding
from schemaproof_testing.hostile import COMMAND, is_harmless
from schemaproof_testing.snapshots import unhurried

ATOMS: Final = (
    *("\n::error::x", "::set-output name=a::b", "\r##[error]x", "##vso[task.x]y", "##teamcity[x]"),
    *("\x1b]0;owned\x07", "\x1b[2J", "\x9b31m", "\u202eevil\u2066", "\u200b", "\ufeff", "\x00"),
    *("\x85", "\u2028", "\x7f", "\udcff", "\uffff", "|", "`", "[x](http://e.org)"),
    *("![x](y)", "<img src=x onerror=y>", "</script>", "@everybody", "www.example.org", "]]>"),
    *("&amp;", "<!--", "--\nDROP TABLE x", "\\", "=cmd|' /C calc'!A0", "+1+1", "-1-1", "@SUM(A1)"),
    *("\t=1", "[red]", "[link=x]y", "%0A::error::", ":", ",", '"', "'", "''", "$$", "$a$"),
    *("{{ 7*7 }}", "U&", " "),
)
"""What a name, a message of the server, a comment or a line of a file may hold."""
HOSTILE: Final = st.text(max_size=30) | st.lists(st.sampled_from(ATOMS), max_size=6).map("".join)


MARKUP: Final = frozenset("<>&*_[]`@~#:.\\/!")
"""What no value brings into Markdown."""


def hostile(test: Callable[..., None], values: Sequence[str] = ()) -> Callable[..., None]:
    """Try everything at once, and then in other orders."""
    for value in ("".join(ATOMS), "".join(reversed(ATOMS)), *values):
        test = example(value)(test)
    return unhurried(given(HOSTILE)(test))


def each_hostile(test: Callable[..., None]) -> Callable[..., None]:
    """Try each of them at the beginning, too."""
    return hostile(test, ATOMS)


FIELDS: Final = [one.name for one in fields(Finding) if one.name not in {"code", "kind", "graded"}]


def report_with(value: str) -> Report:
    """A finding with the value in each field in turn; of a kind that fails, and of another."""
    plain = make_finding("column-type", Kind.DRIFT, "q.t.c", "a", "b")
    texts: dict[str, Any] = {
        **dict.fromkeys(FIELDS, value),
        "path": ObjectPath.parse(value),
        "location": Location(value, 7),
    }
    drift = [replace(plain, **{name: text}) for name, text in texts.items()]
    return Report((*drift, *(replace(one, kind=Kind.PENDING) for one in drift)), 1, 1)


WRITERS: Final = [github, gitlab, html, json_format, junit, markdown, sarif, text]


@pytest.mark.parametrize("writer", WRITERS, ids=lambda one: one.__name__.rpartition(".")[2])
@hostile
def test_no_format_of_a_report_passes_on_what_it_should_not(writer: ModuleType, value: str) -> None:
    document = writer.render(report_with(value))
    assert isinstance(document, Document)
    document.encode("utf-8")
    if writer is not github:
        assert is_harmless(document)
        return
    *commands, headline = document.split("\n")
    assert len(commands) == 2 * len(FIELDS)
    for command in commands:
        properties = r"(file=[^:,]*,line=7,)?title=(drift|pending)%3A column-type"
        assert re.fullmatch(rf"::error {properties}::.*", command)
    assert document.replace("\n", "").isprintable()
    assert is_harmless(headline)


@hostile
def test_a_terminal_gets_no_sequence_and_no_markup(value: str) -> None:
    for width in (60, 300):
        out = io.StringIO()
        terminal.render(report_with(value), Console(file=out, width=width, force_terminal=False))
        assert out.getvalue().replace("\n", "").isprintable()
    assert cell(value).plain == line(value)
    assert cell(value).spans == []


@each_hostile
def test_json_keeps_every_value(value: str) -> None:
    document = as_json({value: [value]})
    assert json.loads(document) == {value: [value]}
    assert is_harmless(document)


@hostile
def test_junit_and_html_are_well_formed_with_what_was_there_before(value: str) -> None:
    report = report_with(value)
    cases = ET.fromstring(junit.render(report).encode()).iter("testcase")  # noqa: S314
    assert [len(list(case)) for case in cases] == [1] * (2 * len(FIELDS))
    seen = Tags()
    seen.feed(html.render(report))
    assert seen.tags == tags_of_a_harmless_report(report)


class Tags(HTMLParser):
    """Collects the tags, with the names of their attributes; there is an option for each schema."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "option":
            self.tags.append((tag, tuple(name for name, _ in attrs)))


def tags_of_a_harmless_report(report: Report) -> list[tuple[str, tuple[str, ...]]]:
    plain = tuple(
        replace(
            make_finding(finding.code, finding.kind, "q.t.c", "a", "b"),
            location=finding.location and Location("a.py"),
            changed_by=None if finding.changed_by is None else "somebody",
        )
        for finding in report.findings
    )
    seen = Tags()
    seen.feed(html.render(replace(report, findings=plain)))
    return seen.tags


@hostile
def test_markdown_has_no_markup_in_a_row(value: str) -> None:
    written = markdown.render(report_with(value))
    rows = [one for one in written.split("\n") if one.startswith("| breaking")]
    assert [row.count("|") for row in rows] == [8] * (2 * len(FIELDS))
    for row in rows:
        bare = re.sub(r"</?code>|&#\d+;|`column-type`", "", row)
        assert not set(bare) & MARKUP


@hostile
def test_sarif_makes_no_link(value: str) -> None:
    for result in json.loads(sarif.render(report_with(value)))["runs"][0]["results"]:
        assert not re.search(r"(?<!\\)\]\(", result["message"]["text"])


@each_hostile
def test_a_table_runs_no_formula_and_loses_nothing(value: str) -> None:
    document = as_csv([["by", "mean"], [value, -1.5], [value, None]])
    assert is_harmless(document)
    _, *rows = csv.reader(io.StringIO(document))
    assert [row[1] for row in rows] == ["-1.5", ""]
    for first, _ in rows:
        assert not re.match(r"\s*[=+\-@]", first) or re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", first)
        assert first in {block(value), block(f"'{value}"), value}
    columns = as_columns([[value, value]])
    assert columns.count("\t") == 1
    assert is_harmless(columns.replace("\t", " "))


@pytest.mark.parametrize("number", ["-1.5", "+2", "1e-7", "0"])
def test_numbers_stay_numbers(number: str) -> None:
    assert as_csv([[number, float(number)]]) == f"{number},{float(number)}"


@each_hostile
def test_lines_stay_lines(value: str) -> None:
    assert lines([value, "last"]).split("\n") == [line(value), "last"]
    assert is_harmless(line(value))
    assert is_harmless(block(value))
    assert block(value).count("\n") == value.count("\n")


LEDGER: Final[Mapping[str, Any]] = {
    "id": 1,
    "started_at": datetime(2026, 11, 1, tzinfo=UTC),
    "duration": timedelta(seconds=1),
    "outcome": "failed",
    "role": "monps",
    "os_user": "me",
    "host": "here",
    "direction": "upgrade",
    "revision": "abc",
    "error": "no",
    "findings": [],
    "allowed": ["drift"],
    "reason": "because",
    "objects_created": [],
}


@hostile
def test_rows_of_the_ledger_in_every_column(value: str) -> None:
    for name, harmless in LEDGER.items():
        if isinstance(harmless, str):
            rows = [{**LEDGER, name: value}]
            assert is_harmless(ledger_rows.as_text(rows))
            assert json.loads(ledger_rows.as_json(rows))[0][name] == value
    assert is_harmless(ledger_rows.as_text([{**LEDGER, "allowed": [value]}]))


@hostile
def test_findings_of_the_linter_in_every_field(value: str) -> None:
    root = Path("/project")
    path = root / os.fsdecode(value.encode("utf-8", "replace").replace(b"\0", b"?"))
    found = [LintFinding("rule", Level.ERROR, value, path, 1, value, value)]
    assert is_harmless(lint_report.as_text(found, root, looked_at=1))
    for write in (lint_report.as_json, lint_report.as_sarif, lint_report.as_gitlab):
        assert is_harmless(write(found, root))
    *_, row = lint_report.as_markdown(found, root).split("\n")
    assert row.count("|") == 5
    assert not set(re.sub(r"</?code>|&#\d+;|`rule`", "", row)) & MARKUP
    [command] = lint_report.as_github(found, root).split("\n")
    assert re.fullmatch(r"::error file=[^:,]*,line=1,title=rule::.*", command)
    assert command.isprintable()


@hostile
def test_what_an_upgrade_will_do_in_every_field(value: str) -> None:
    planned = PlannedRevision(
        id=value,
        title=value,
        phase="contract",
        phase_reason=value,
        unprintable=value,
        statements=(),
        changes=(make_difference("table-missing", value, value, value),),
        loses=(value,),
        undo_loses=(value,),
        checks=(),
    )
    for whole in (True, False):
        text = plan_report.as_text([planned, planned], looked_at=2, whole_sql=whole)
        assert is_harmless(text)
    assert is_harmless(plan_report.as_json([planned]))
    shown = plan_report.as_markdown([planned], looked_at=2, whole_sql=True)
    inside = shown.partition("<pre>")[2].partition("</pre>")[0]
    assert not set(re.sub(r"&#\d+;", "", inside)) & MARKUP


@hostile
def test_reports_about_an_existing_database_in_every_field(value: str) -> None:
    relation = Relation(value, value, value, value, 3)
    adoption = Adoption(
        revision=value,
        ours=(relation,),
        untouched=(relation,),
        blocking=(relation,),
        foreign=(relation,),
        elsewhere=((value, 2),),
        accepted=(),
    )
    project = Project(Path("/p"), Path("/p/migrations"))
    for write in (adoption_report.as_text, adoption_report.as_json):
        assert is_harmless(write(adoption, project, None))


@hostile
def test_an_import_in_every_field(value: str) -> None:
    table = TableAccount(
        source=value,
        target=value,
        rows=1,
        refused=(RefusedRow(1, value),),
        columns=(ColumnAccount(value, value),),
        notes=(value,),
    )
    done = ImportReport((table, replace(table, target=None)), absent=(value,), dry_run=True)
    for write in (legacy_report.as_text, legacy_report.as_json):
        assert is_harmless(write(done))


@each_hostile
def test_the_log_shows_values_as_text(value: str) -> None:
    event = logs._escaped(None, "warning", {"event": value, "count": 3})
    assert event["count"] == 3
    assert event["event"] == visible(value)


@pytest.mark.parametrize(
    "statement", ['SELECT 1 AS "{}"', "COMMENT ON TABLE t IS '{}'", "DO $x${}$x$", "SELECT E'{}'"]
)
@each_hostile
def test_sql_is_printed_without_a_control_character(statement: str, value: str) -> None:
    value = value.replace("\\", "\\\\") if " E'" in statement else value
    quoted = value.replace('"', '""').replace("'", "''").replace("$x$", "")
    printed = script.script(statement.format(quoted))
    assert printed.replace("\n", "").replace("\t", "").isprintable() or has_bytes(value)
    assert not COMMAND.search(printed)
    comment = script.commented(statement.format(quoted))
    assert all(one.startswith("--") for one in re.split(r"[\r\n]", comment))


def has_bytes(value: str) -> bool:
    return any("\ud800" <= one <= "\udfff" for one in value)
