"""The machine-readable formats are valid for any name in a database."""

import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Final

import jsonschema
import pytest
from rich.console import Console

from schemaproof.findings.codes import CODES
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.findings.location import Location, located
from schemaproof.report import github, gitlab, html, junit, markdown, sarif, terminal, text
from schemaproof.report import json as json_format
from schemaproof_testing.findings import make_finding
from schemaproof_testing.project import ROOT
from schemaproof_testing.report_examples import hostile, report_on

IN_SYNC: Final = Report((), objects=3, attributes=7)


@hostile
@pytest.mark.parametrize("render", [sarif.render, json_format.render])
def test_json_is_valid_and_holds_the_name_as_it_is(
    render: Callable[[Report], str], name: str
) -> None:
    text = render(report_on(name))
    assert json.dumps(name, ensure_ascii=False)[1:-1] in text
    json.loads(text)


SCHEMA: Final = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("kind", Kind)
@hostile
def test_json_is_as_its_schema_says(name: str, kind: Kind) -> None:
    report = report_on(name, kind=kind)
    jsonschema.validate(json.loads(json_format.render(report)), SCHEMA)


@pytest.mark.parametrize("code", CODES)
def test_schema_of_json_allows_every_code(code: str) -> None:
    expected = make_finding(
        code, Kind.ACCEPTED, "q.t", reason="known", hint="probably renamed to x"
    )
    jsonschema.validate(json.loads(json_format.render(Report((expected,), 1, 1))), SCHEMA)


def test_schema_of_json_refuses_what_it_does_not_describe() -> None:
    report = json.loads(json_format.render(IN_SYNC))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**report, "other": 1}, SCHEMA)


@hostile
def test_junit_is_valid_xml_with_one_case(name: str) -> None:
    suite = ET.fromstring(junit.render(report_on(name)))  # noqa: S314 - our own text
    assert suite.attrib["failures"] == "1"
    assert len(suite.findall("testcase/failure")) == 1


@pytest.mark.parametrize("kind", [Kind.PENDING, Kind.UNVERIFIED])
def test_junit_skips_what_does_not_fail_the_check(kind: Kind) -> None:
    suite = ET.fromstring(junit.render(report_on("x", kind=kind)))  # noqa: S314
    assert (suite.attrib["failures"], suite.attrib["skipped"]) == ("0", "1")


def test_junit_has_a_passed_case_when_there_is_nothing_to_report() -> None:
    suite = ET.fromstring(junit.render(IN_SYNC))  # noqa: S314
    assert suite.attrib["tests"] == "1"
    assert [list(case) for case in suite.findall("testcase")] == [[]]


@hostile
def test_github_gets_one_command_a_line(name: str) -> None:
    command, headline = github.render(report_on(name)).splitlines()
    assert command.startswith("::error title=drift%3A column-type::public.")
    assert headline == "drift: 1"


LOCATED: Final = replace(
    make_finding("revision-unknown", Kind.TAMPERED, "a1"), location=Location("versions/a 1.py", 7)
)


@pytest.mark.parametrize(
    ("writer", "expected"),
    [
        (text, "file:     versions/a 1.py:7\n"),
        (json_format, '"file": "versions/a 1.py",'),
        (json_format, '"line": 7'),
        (github, "::error file=versions/a 1.py,line=7,title=tampered%3A revision-unknown::a1"),
        (sarif, '"uri": "versions/a%201.py"'),
        (sarif, '"startLine": 7'),
        (junit, 'file="versions/a 1.py" line="7"'),
        (gitlab, '"path": "versions/a 1.py",'),
        (gitlab, '"begin": 7'),
        (markdown, ", <code>versions&#47;a 1&#46;py&#58;7</code>"),
        (html, "<code>versions/a 1.py:7</code>"),
    ],
    ids=lambda one: one.__name__.rpartition(".")[2] if isinstance(one, ModuleType) else "",
)
def test_every_format_names_the_line_that_a_finding_is_about(
    writer: ModuleType, expected: str
) -> None:
    assert expected in writer.render(Report((LOCATED,), 1, 1))


@pytest.mark.parametrize("width", [60, 200])
def test_a_terminal_names_the_line_that_a_finding_is_about(width: int) -> None:
    out = io.StringIO()
    terminal.render(Report((LOCATED,), 1, 1), Console(file=out, width=width))
    assert "versions/a 1.py:7" in out.getvalue()


# The schema is that of https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
GITLAB: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "pattern": "^[a-z-]+$"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "additionalProperties": False,
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


@pytest.mark.parametrize("kind", Kind)
@hostile
def test_gitlab_gets_what_it_documents(name: str, kind: Kind) -> None:
    text = gitlab.render(report_on(name, kind=kind))
    assert not text.startswith("\ufeff")
    [issue] = json.loads(text)
    jsonschema.validate([issue], GITLAB)
    assert issue["location"] == {"path": "pyproject.toml", "lines": {"begin": 1}}
    assert issue["severity"] == ("info" if kind is Kind.ACCEPTED else "critical")


def test_gitlab_knows_a_finding_again_and_tells_two_apart() -> None:
    def fingerprints(*findings: Finding) -> list[str]:
        return [one["fingerprint"] for one in json.loads(gitlab.render(Report(findings, 1, 1)))]

    moved = replace(LOCATED, location=Location("versions/b.py", 99))
    assert fingerprints(LOCATED) == fingerprints(moved)
    assert len(set(fingerprints(LOCATED, moved, replace(LOCATED, kind=Kind.DRIFT)))) == 3


def test_what_is_accepted_is_a_notice_on_github() -> None:
    expected = github.render(report_on("x", kind=Kind.ACCEPTED))
    assert expected.startswith("::notice ")


@pytest.mark.parametrize(
    ("path", "shown", "in_repository"),
    [
        ("repository/shop/models.py", "models.py", "shop/models.py"),
        ("repository/shop/a/b.py", "a/b.py", "shop/a/b.py"),
        ("repository/other/models.py", "../other/models.py", "other/models.py"),
        ("elsewhere/secret/models.py", "models.py", "shop/models.py"),
    ],
)
def test_a_file_is_named_from_the_project_or_the_repository_on(
    tmp_path: Path, path: str, shown: str, in_repository: str
) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    root = tmp_path / "repository" / "shop"
    found = located(tmp_path / path, root, 7)
    assert found == Location(shown, 7)
    assert found.in_repository(root) == Location(in_repository, 7)


def test_json_with_a_line_is_as_its_schema_says() -> None:
    jsonschema.validate(json.loads(json_format.render(Report((LOCATED,), 1, 1))), SCHEMA)


@hostile
def test_markdown_keeps_a_finding_in_its_row(name: str) -> None:
    [row] = [line for line in markdown.render(report_on(name)).splitlines() if "breaking" in line]
    assert row.count("|") == 7
    assert not any(mark in row.replace("`column-type`", "") for mark in "*_[]`@~")


class Page(HTMLParser):
    """Collects the visible text of a page, and its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        assert not any(name in {"src", "href"} for name, _ in attrs), "loads something"

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


@hostile
def test_html_shows_a_name_and_never_runs_it(name: str) -> None:
    page = Page()
    page.feed(html.render(report_on(name)))
    assert page.scripts == 1
    if name.isprintable():
        assert f"public.{name}" in page.seen


def test_html_of_a_database_in_sync_says_so() -> None:
    page = Page()
    page.feed(html.render(IN_SYNC))
    assert page.scripts == 0
    assert "in sync: 3 objects, 7 attributes" in page.seen


def test_sarif_gives_the_same_finding_the_same_identity() -> None:
    first, second = (json.loads(sarif.render(report_on("x"))) for _ in range(2))
    assert (
        first["runs"][0]["results"][0]["partialFingerprints"]
        == second["runs"][0]["results"][0]["partialFingerprints"]
        == {"object/v1": "drift/column-type/public.x"}
    )
