"""Reports in a pipe: JSON, and text with one fact per line."""

import json as stdlib_json

import pytest

from schemaproof.findings.findings import Kind, Report
from schemaproof.report import json, text
from schemaproof.schema.paths import path
from schemaproof_testing.findings import make_finding
from schemaproof_testing.snapshot_strategies import HOSTILE_NAMES

MISSING = make_finding("column-missing", Kind.DRIFT, "q.t.c", "integer NOT NULL", None)
PENDING = make_finding("revision-pending", Kind.PENDING, "0123456789ab", "Creates q.t.", None)
REPORT = Report((MISSING, MISSING, PENDING), objects=3, attributes=14)
IN_SYNC = Report((), objects=3, attributes=14)
LINE_ENDS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x1b[2J", "\0"]


def hostile(value: str) -> Report:
    finding = make_finding("column-default", Kind.DRIFT, path("q", value), value, value)
    return Report((finding,), 1, 1)


def test_json_summary_counts_by_kind_and_by_code() -> None:
    assert stdlib_json.loads(json.render(REPORT))["summary"] == {
        "in_sync": False,
        "objects": 3,
        "attributes": 14,
        "by_kind": {"drift": 2, "pending": 1},
        "by_code": {"column-missing": 2, "revision-pending": 1},
    }


def test_json_finding_has_the_documented_keys() -> None:
    assert stdlib_json.loads(json.render(REPORT))["findings"][0] == {
        "code": "column-missing",
        "kind": "drift",
        "severity": "breaking",
        "path": "q.t.c",
        "expected": "integer NOT NULL",
        "actual": None,
        "recommendation": MISSING.recommendation,
    }


def test_json_has_two_keys_at_the_top() -> None:
    assert set(stdlib_json.loads(json.render(REPORT))) == {"summary", "findings"}


def test_json_of_nothing_is_in_sync() -> None:
    content = stdlib_json.loads(json.render(IN_SYNC))
    assert (content["summary"]["in_sync"], content["findings"]) == (True, [])


@pytest.mark.parametrize("value", [*HOSTILE_NAMES, *LINE_ENDS])
def test_json_keeps_every_value_as_it_is(value: str) -> None:
    (found,) = stdlib_json.loads(json.render(hostile(value)))["findings"]
    assert (found["path"], found["expected"]) == (path("q", value), value)


def test_text_names_the_object_what_differs_and_what_to_do() -> None:
    assert text.render(Report((MISSING,), 1, 1)).splitlines() == [
        "drift [breaking] column-missing q.t.c",
        "    expected: integer NOT NULL",
        f"    {MISSING.recommendation}",
        "drift: 1",
    ]


def test_text_of_nothing_is_one_line() -> None:
    assert text.render(IN_SYNC) == "in sync: 3 objects, 14 attributes"


@pytest.mark.parametrize("value", [*HOSTILE_NAMES, *LINE_ENDS])
def test_text_keeps_a_fact_on_its_line(value: str) -> None:
    lines = text.render(hostile(f"a{value}b")).splitlines()
    assert [line.split()[0] for line in lines] == ["drift", "expected:", "actual:", "Set", "drift:"]


@pytest.mark.parametrize("value", LINE_ENDS)
def test_text_sends_no_control_character_to_the_reader(value: str) -> None:
    rendered = text.render(hostile(f"a{value}b"))
    assert rendered.replace("\n", "").isprintable()


def test_text_does_not_shorten_long_values() -> None:
    assert "x" * 5000 in text.render(hostile("x" * 5000))
