"""Malicious text in every field of every format is shown as text, and has no effect."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import fields, replace
from html.parser import HTMLParser
from types import ModuleType
from typing import Any, Final

import pytest
from rich.console import Console

from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.findings.location import Location
from schemaproof.output.documents import (
    Document,
    as_columns,
    as_csv,
    as_json,
    block,
    line,
    lines,
)
from schemaproof.report import github, gitlab, html, junit, markdown, sarif, terminal, text
from schemaproof.report import json as json_format
from schemaproof.report.cells import cell
from schemaproof.schema.paths import ObjectPath
from schemaproof_testing.findings import make_finding
from schemaproof_testing.hostile import is_harmless
from tests.support.hostile_values import MARKUP, each_hostile, hostile

FIELDS: Final = [one.name for one in fields(Finding) if one.name not in {"code", "kind", "graded"}]


def report_with(value: str) -> Report:
    """Return a report with the value in each field, in a failing and a harmless finding."""
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
    """Collects the tags with the names of their attributes, except the options for schemas."""

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
