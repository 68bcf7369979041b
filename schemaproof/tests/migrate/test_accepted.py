"""Differences that a baseline accepts, at the head and at earlier revisions."""

from datetime import date

from schemaproof.findings.baseline import Entry
from schemaproof.findings.findings import Kind
from schemaproof.migrate.accepted import Accepted
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.states import schema, state, table

TODAY = date(2026, 11, 23)
THEIRS = schema(table("b", "theirs"))
HEAD = schema(table("b", "x"))
BEFORE = schema(table("b", "old"))
"""The table as a revision before the head has it."""


def entries(expires: date | None = None) -> list[Entry]:
    found = state(HEAD, THEIRS).report.findings
    return [Entry(one.code, one.path, "why", one.expected, one.actual, expires) for one in found]


def left(expected: Snapshot, actual: Snapshot, accepted: Accepted) -> list[str]:
    findings = accepted.applied_to(state(expected, actual)).report.findings
    return [one.path for one in findings if one.kind is not Kind.ACCEPTED]


def accepting(some: list[Entry], head: Snapshot | None = HEAD) -> Accepted:
    return Accepted(entries=some, head=head, managed=["ours"], today=TODAY)


def test_at_the_head_what_it_lists_is_accepted() -> None:
    assert left(HEAD, THEIRS, accepting(entries())) == []


def test_before_the_head_an_object_that_is_as_accepted_there_is_accepted() -> None:
    assert left(BEFORE, THEIRS, accepting(entries())) == []


def test_before_the_head_anything_more_leaves_its_differences() -> None:
    more = schema(table("b", "theirs", "more"))
    assert "ours.b.more" in left(BEFORE, more, accepting(entries()))
    assert "ours.b.old" in left(BEFORE, more, accepting(entries()))


def test_an_object_that_is_as_the_head_has_it_is_not_accepted_before_it() -> None:
    assert left(BEFORE, HEAD, accepting(entries())) != []


def test_another_object_is_not_accepted() -> None:
    both = schema(*THEIRS.schemas[0].relations, table("c"))
    assert left(BEFORE, both, accepting(entries())) == ["ours.c"]


def test_what_is_expired_accepts_nothing() -> None:
    assert left(HEAD, THEIRS, accepting(entries(TODAY))) == ["ours.b.x"]


def test_without_a_head_only_what_is_listed_is_accepted() -> None:
    assert left(HEAD, THEIRS, accepting(entries(), None)) == []
    assert left(BEFORE, THEIRS, accepting(entries(), None)) == ["ours.b.old"]
