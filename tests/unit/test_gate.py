"""The gate: which differences a migration may build on, and which a revision may leave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import ConfigurationError, MigrationRefusedError
from schemaproof.check.live_diff import State
from schemaproof.compare import compare
from schemaproof.findings.findings import Finding, Kind, Report, drift
from schemaproof.history.gate_overrides import make_overrides
from schemaproof.migrate import gate
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.scope import Scope
from schemaproof.schema.shapes import Column, Relation, Schema, Snapshot
from tests.findings import make_finding

SCOPE = Scope(managed=("ours",), shared=())


def table(name: str, *columns: str) -> Relation:
    return Relation(
        name=name,
        columns=tuple(
            Column(name=column, position=position, type="integer")
            for position, column in enumerate(columns, start=1)
        ),
    )


def schema(*tables: Relation) -> Snapshot:
    return Snapshot((Schema(name="ours", relations=tables),))


def state(expected: Snapshot, actual: Snapshot) -> State:
    comparison = compare(expected, actual)
    findings = tuple(drift(comparison.differences, managed=["ours"]))
    report = Report(findings, comparison.objects, comparison.attributes)
    return State(expected, SCOPE, actual, report)


def paths(findings: list[Finding]) -> list[str]:
    return [finding.path for finding in findings]


DRIFTED = state(schema(table("a", "x")), schema(table("a", "x", "y")))


@pytest.mark.parametrize("mode", ["new", "strict"])
def test_drift_that_nobody_knows_of_is_held(mode: str) -> None:
    assert paths(gate.held_before(DRIFTED, None, None, mode)) == ["ours.a.y"]


@pytest.mark.parametrize(("mode", "held"), [("new", []), ("strict", ["ours.a.y"])])
def test_drift_that_the_ledger_knows_is_held_only_in_mode_strict(
    mode: str, held: list[str]
) -> None:
    assert paths(gate.held_before(DRIFTED, None, DRIFTED.report.findings, mode)) == held


def test_mode_off_holds_nothing() -> None:
    assert gate.held_before(DRIFTED, None, None, "off") == []


@pytest.mark.parametrize("mode", ["new", "strict"])
def test_what_the_next_revision_is_going_to_make_is_not_held(mode: str) -> None:
    ahead = state(schema(table("a", "x", "y")), schema(table("a", "x", "y")))
    assert gate.held_before(DRIFTED, ahead, None, mode) == []


def test_what_the_next_step_is_going_to_drop_is_held() -> None:
    ahead = state(schema(), schema())
    assert paths(gate.held_before(DRIFTED, ahead, None, "new")) == ["ours.a.y"]


@pytest.mark.parametrize(("mode", "held"), [("new", []), ("strict", ["ours.b"])])
def test_an_unmodelled_object_is_held_only_in_mode_strict(mode: str, held: list[str]) -> None:
    now = state(schema(table("a")), schema(table("a"), table("b")))
    assert paths(gate.held_before(now, None, None, mode)) == held


@pytest.mark.parametrize("mode", ["new", "strict"])
@pytest.mark.parametrize("code", ["table-privileges", "table-owner", "default-privileges-missing"])
def test_who_may_do_what_is_never_held(code: str, mode: str) -> None:
    finding = make_finding(code, Kind.DRIFT, "ours.a", "app: SELECT", "another role: SELECT")
    now = replace(DRIFTED, report=Report((finding,), objects=1, attributes=1))
    assert gate.held_before(now, None, None, mode) == []


def after(
    before: Snapshot, expected_before: Snapshot, now: Snapshot, expected: Snapshot, mode: str
) -> list[str]:
    known = state(expected_before, before).report.findings
    at_home = list(expected_before.object_names())
    return paths(
        gate.held_after(state(expected, before), known, at_home, state(expected, now), mode)
    )


def test_a_revision_that_does_what_its_snapshot_says_passes() -> None:
    one, two = schema(table("a", "x")), schema(table("a", "x", "y"))
    assert after(one, one, two, two, "strict") == []


@pytest.mark.parametrize("mode", ["new", "strict"])
def test_a_revision_that_does_not_do_what_its_snapshot_says_is_held(mode: str) -> None:
    one, two = schema(table("a", "x")), schema(table("a", "x", "y"))
    assert after(one, one, one, two, mode) == ["ours.a.y"]


@pytest.mark.parametrize("mode", ["new", "strict"])
def test_a_revision_that_does_more_than_its_snapshot_says_is_held(mode: str) -> None:
    one, two = schema(table("a", "x")), schema(table("a", "x", "y"))
    assert after(one, one, schema(table("a", "x", "y", "z")), two, mode) == ["ours.a.z"]


@pytest.mark.parametrize("mode", ["new", "strict"])
def test_a_table_that_was_not_created_is_held(mode: str) -> None:
    one, two = schema(table("a")), schema(table("a"), table("b"))
    assert after(one, one, one, two, mode) == ["ours.b"]


@pytest.mark.parametrize(("mode", "held"), [("new", []), ("strict", ["ours.b.x", "ours.b.theirs"])])
def test_a_table_that_was_there_in_another_shape_and_is_left_alone_is_held_only_in_mode_strict(
    mode: str, held: list[str]
) -> None:
    before = schema(table("a"), table("b", "theirs"))
    expected = schema(table("a"), table("b", "x"))
    found = after(before, schema(table("a")), before, expected, mode)
    assert sorted(found) == sorted(held)


def test_a_table_that_was_there_in_another_shape_and_is_changed_is_held() -> None:
    before = schema(table("b", "theirs"))
    now = schema(table("b", "theirs", "more"))
    assert after(before, schema(), now, schema(table("b", "x")), "new") != []


@pytest.mark.parametrize(("mode", "held"), [("new", []), ("strict", ["ours.a.y"])])
def test_drift_that_was_there_before_is_held_after_a_revision_only_in_mode_strict(
    mode: str, held: list[str]
) -> None:
    drifted = schema(table("a", "x", "y"))
    one, two = schema(table("a", "x")), schema(table("a", "x"), table("b"))
    assert after(drifted, one, schema(*drifted.schemas[0].relations, table("b")), two, mode) == held


def test_known_drift_is_not_held_against_a_revision_that_changes_the_same_table_elsewhere() -> None:
    one, two = schema(table("a", "x")), schema(table("a", "x", "z"))
    drifted, now = schema(table("a", "x", "y")), schema(table("a", "x", "y", "z"))
    assert after(drifted, one, now, two, "new") == []


def test_a_table_that_nobody_looked_at_before_is_not_held_against_a_revision_that_leaves_it() -> (
    None
):
    theirs = schema(table("b", "theirs"))
    expected = schema(table("b", "x"))
    held = gate.held_after(state(expected, theirs), (), [], state(expected, theirs), "new")
    assert held == []


def test_a_refusal_names_the_worst_first_and_says_how_to_go_on() -> None:
    now = state(schema(table("a", "x"), table("b")), schema(table("a", "y")))
    with pytest.raises(MigrationRefusedError) as refusal:
        gate.refuse("drift", "out of step", now.report.findings)
    assert refusal.value.message == (
        "out of step: column-missing ours.a.x (probably renamed to y), table-missing ours.b,"
        " column-unexpected ours.a.y (probably renamed from x)"
    )
    assert "--allow drift --reason" in refusal.value.remedy
    assert "-x allow=drift -x reason=" in refusal.value.remedy


def test_a_refusal_counts_what_it_does_not_name() -> None:
    many = schema(*(table(f"t{number:02}") for number in range(12)))
    with pytest.raises(MigrationRefusedError, match=r"ours\.t09 and 2 more"):
        gate.refuse("drift", "x", state(many, schema()).report.findings)


def test_nothing_found_is_no_refusal() -> None:
    gate.refuse("drift", "x", [])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ours", ("ours",)),
        ("ours.a", ("ours", "a")),
        ("ours.a.x", ("ours", "a")),
        ('"Our ""own"".".a', ('Our "own".', "a")),
    ],
)
def test_the_object_of_a_path(path: str, expected: tuple[str, ...]) -> None:
    assert ObjectPath.parse(path).object == expected


def test_what_is_allowed_may_be_listed_or_repeated() -> None:
    request = make_overrides(["drift, heads", "lint"], " because ")
    assert (sorted(request.allowed), request.reason) == (["drift", "heads", "lint"], "because")


@pytest.mark.parametrize(
    ("allowed", "reason", "message"),
    [
        (["everything"], "x", "'everything' cannot be allowed"),
        (["drift"], None, "allowing drift needs a reason"),
        (["drift"], "  ", "allowing drift needs a reason"),
    ],
)
def test_a_request_that_cannot_be_granted(
    allowed: list[str], reason: str | None, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make_overrides(allowed, reason)
