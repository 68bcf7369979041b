"""The baseline: which differences it accepts, and which it must not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from schemaproof.errors import ConfigurationError
from schemaproof.findings import baseline, baseline_file
from schemaproof.findings.baseline import Extent
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.schema.paths import path
from schemaproof_testing.findings import make_entry, make_finding
from schemaproof_testing.snapshot_strategies import HOSTILE_NAMES

TODAY: Final = date(2026, 11, 22)
FINDING: Final = make_finding("column-type", Kind.DRIFT, "q.t.c", "integer", "text")
ENTRY: Final = make_entry("column-type", "q.t.c", "old code reads it", "integer", "text")


def report(*findings: Finding) -> Report:
    return Report(findings, objects=5, attributes=9)


def kinds(found: Report) -> list[str]:
    return [finding.kind.value for finding in found.findings]


def test_what_an_entry_describes_is_accepted_and_stays_visible() -> None:
    [accepted] = baseline.accept(report(FINDING), [ENTRY], today=TODAY).findings
    assert accepted.kind is Kind.ACCEPTED
    assert accepted.recommendation == "Accepted: old code reads it"


def test_a_report_of_accepted_differences_alone_is_in_sync() -> None:
    accepted = baseline.accept(report(FINDING), [ENTRY], today=TODAY)
    assert accepted.headline() == "in sync: 5 objects, 9 attributes, accepted: 1"


@pytest.mark.parametrize(
    "changed",
    [
        make_finding("column-type", Kind.DRIFT, "q.t.c", "integer", "jsonb"),
        make_finding("column-type", Kind.DRIFT, "q.t.c", "bigint", "text"),
        make_finding("column-type", Kind.DRIFT, "q.t.d", "integer", "text"),
        make_finding("column-default", Kind.DRIFT, "q.t.c", "integer", "text"),
    ],
    ids=["another actual value", "another expected value", "another object", "another code"],
)
def test_anything_else_than_what_was_accepted_is_found_again(changed: Finding) -> None:
    found = baseline.accept(report(changed), [ENTRY], today=TODAY)
    assert kinds(found) == ["drift", "unverified"]


@pytest.mark.parametrize(
    ("code", "former", "today"),
    [
        ("column-type", "numeric", "numeric(6,2)"),
        ("column-type-modifier", "(6,2)", "numeric(6,2)"),
        ("column-type-modifier", None, "numeric"),
        ("column-unexpected", "numeric (6,2) NULL", "numeric(6,2) NULL DEFAULT round(1.5, 1)"),
        ("column-unexpected", "bigint NOT NULL", "bigint NOT NULL GENERATED ALWAYS AS IDENTITY"),
        (
            "column-missing",
            "timestamp with time zone (3) NOT NULL",
            "timestamp(3) with time zone NOT NULL",
        ),
    ],
)
def test_a_type_is_the_one_that_earlier_versions_wrote(
    code: str, former: str | None, today: str
) -> None:
    entry = make_entry(code, "q.t.c", "old code reads it", "text", former)
    finding = make_finding(code, Kind.DRIFT, "q.t.c", "text", today)
    [accepted] = baseline.accept(report(finding), [entry], today=TODAY).findings
    assert accepted.kind is Kind.ACCEPTED


@pytest.mark.parametrize("kind", [Kind.TAMPERED, Kind.PENDING, Kind.UNVERIFIED])
def test_tampering_and_what_is_no_difference_cannot_be_accepted(kind: Kind) -> None:
    finding = make_finding(ENTRY.code, kind, ENTRY.path, ENTRY.expected, ENTRY.actual)
    assert baseline.accept(report(finding), [ENTRY], today=TODAY).findings[0].kind is kind


def test_an_entry_that_matches_nothing_is_reported() -> None:
    [unused] = baseline.accept(report(), [ENTRY], today=TODAY).findings
    assert (unused.code, unused.kind, unused.path) == (
        "baseline-entry-unused",
        Kind.UNVERIFIED,
        "q.t.c",
    )


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        (date(2026, 11, 23), ["accepted"]),
        (date(2026, 11, 22), ["drift", "unverified"]),
    ],
    ids=["tomorrow", "today"],
)
def test_an_entry_holds_until_it_expires(expires: date, expected: list[str]) -> None:
    entry = make_entry(ENTRY.code, ENTRY.path, ENTRY.reason, ENTRY.expected, ENTRY.actual, expires)
    assert kinds(baseline.accept(report(FINDING), [entry], today=TODAY)) == expected


def test_updating_keeps_the_reasons_of_what_still_holds() -> None:
    new = make_finding("index-missing", Kind.DRIFT, "q.t.i", "CREATE INDEX i", None)
    entries = baseline.updated(report(FINDING, new), [ENTRY], reason="for now", today=TODAY)
    assert [(entry.path, entry.reason) for entry in entries] == [
        ("q.t.c", "old code reads it"),
        ("q.t.i", "for now"),
    ]


def test_updating_drops_what_is_not_there_any_more() -> None:
    assert baseline.updated(report(), [ENTRY], reason="for now", today=TODAY) == ()


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_what_is_written_is_read_as_it_was(name: str) -> None:
    entry = make_entry("column-type", name, f"because {name}", name, name, date(2027, 1, 31))
    assert baseline_file.parse(baseline_file.dumps([entry]), name="b.toml") == (entry,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[accepted]", "b.toml is not valid TOML"),
        ("other = 1", "b.toml contains something other"),
        ("accepted = 1", "b.toml contains something other"),
        ('[[accepted]]\ncode = "column-type"', "entry 1 needs code, path and reason"),
        ('[[accepted]]\ncode = "column-type"\npath = "x"\nreason = " "', "none of them empty"),
        ('[[accepted]]\ncode = "nonsense"\npath = "x"\nreason = "y"', "unknown code 'nonsense'"),
        ('[[accepted]]\ncode = "column-type"\npath = 1\nreason = "y"', "are texts"),
        (
            '[[accepted]]\ncode = "column-type"\npath = "x"\nreason = "y"\nexpires = "soon"',
            "expires is a date",
        ),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=r"b\.toml") as refusal:
        baseline_file.parse(text, name="b.toml")
    assert words in str(refusal.value)


LIVE_ENTRIES: Final = (
    ENTRY,
    make_entry("foreign-key-violated", "q.t.t_c_fkey", "known rows", "no row", "3 rows"),
    make_entry("role-deviation", "roles", "not ours", "as written", "other"),
    make_entry("column-type", "public.t.c", "old", "integer", "text"),
)


@pytest.mark.parametrize(
    ("extent", "judged"),
    [
        (Extent(), ["q.t.c", "q.t.t_c_fkey", "roles", "public.t.c"]),
        (Extent(live=False), []),
        (Extent(data=False), ["q.t.c", "roles", "public.t.c"]),
        (Extent(roles=False), ["q.t.c", "q.t.t_c_fkey", "public.t.c"]),
        (Extent(schemas=("q",)), ["q.t.c", "q.t.t_c_fkey"]),
    ],
    ids=["everything", "offline", "without rows", "without roles", "one schema"],
)
def test_what_a_check_did_not_look_at_is_neither_unused_nor_removed(
    extent: Extent, judged: list[str]
) -> None:
    found = baseline.accept(report(), LIVE_ENTRIES, today=TODAY, extent=extent)
    assert [finding.path for finding in found.findings] == judged
    kept = baseline.updated(report(), LIVE_ENTRIES, reason="now", today=TODAY, extent=extent)
    assert kept == tuple(entry for entry in LIVE_ENTRIES if entry.path not in judged)


@pytest.mark.parametrize("code", ["models-unverified", "branches-unverified", "version-missing"])
def test_a_check_that_could_not_compare_everything_judges_no_entry(code: str) -> None:
    incomplete = report(make_finding(code, Kind.UNVERIFIED, "x"))
    assert len(baseline.accept(incomplete, [ENTRY], today=TODAY).findings) == 1
    assert baseline.updated(incomplete, [ENTRY], reason="now", today=TODAY) == (ENTRY,)


def test_what_could_not_be_read_is_gone_through_once_and_not_for_each_entry() -> None:
    readings = []

    class Findings(tuple[Finding, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[Finding]:
            readings.append(len(self))
            return super().__iter__()

    unread = (make_finding("sequence-unverified", Kind.UNVERIFIED, f"q.t{n}") for n in range(20))
    gone = [replace(ENTRY, path=path("q", f"t{n}", "c")) for n in range(40)]
    found = replace(report(), findings=Findings(unread))
    kept = baseline.updated(found, gone, reason="now", today=TODAY)
    assert kept == tuple(gone[:20])
    assert len(readings) < len(gone)


def test_what_may_not_be_read_is_not_judged() -> None:
    unread = report(make_finding("sequence-unverified", Kind.UNVERIFIED, "q.t"))
    assert baseline.updated(unread, [ENTRY], reason="now", today=TODAY) == (ENTRY,)
