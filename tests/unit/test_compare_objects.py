"""Objects that are missing or unexpected, each said once; and how much was compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introspection import compare as comparison
from introspection.compare import columns, compare, constraints, indexes, relations, sequences
from introspection.shapes import Relation, Schema, Snapshot
from tests.unit import snapshots
from tests.unit.snapshots import EXAMPLE, OBJECT_OF, Address, Q, T, at, changed, path_of, without

PK = (*T, ("constraints", "primary-key"))
PK_INDEX = (*T, ("indexes", "primary-key"))
ID = (*T, ("columns", "id"))
ID_SEQUENCE = (*Q, ("sequences", "t_id_seq"))
ATTRIBUTES = {
    "schemas": comparison._SCHEMA_ATTRIBUTES,
    "relations": relations.ATTRIBUTES,
    "columns": columns.ATTRIBUTES,
    "constraints": constraints.ATTRIBUTES,
    "indexes": indexes.ATTRIBUTES,
    "sequences": sequences.ATTRIBUTES,
}


def codes(expected: Snapshot, actual: Snapshot) -> list[tuple[str, str]]:
    return [(found.code, found.path) for found in compare(expected, actual).differences]


@pytest.mark.parametrize(("kind", "address"), OBJECT_OF.items())
def test_object_that_is_not_there_is_missing(kind: str, address: Address) -> None:
    assert codes(EXAMPLE, without(EXAMPLE, address)) == [(f"{kind}-missing", path_of(address))]


@pytest.mark.parametrize(("kind", "address"), OBJECT_OF.items())
def test_object_that_nobody_expects_is_unexpected(kind: str, address: Address) -> None:
    assert codes(without(EXAMPLE, address), EXAMPLE) == [(f"{kind}-unexpected", path_of(address))]


@pytest.mark.parametrize("address", OBJECT_OF.values(), ids=OBJECT_OF)
def test_missing_object_is_described_as_expected_and_nothing_actual(address: Address) -> None:
    (found,) = compare(EXAMPLE, without(EXAMPLE, address)).differences
    assert (found.expected is None, found.actual) == (False, None)


@pytest.mark.parametrize("address", OBJECT_OF.values(), ids=OBJECT_OF)
def test_unexpected_object_is_described_as_actual_and_nothing_expected(address: Address) -> None:
    (found,) = compare(without(EXAMPLE, address), EXAMPLE).differences
    assert (found.expected, found.actual is None) == (None, False)


def test_missing_schema_is_said_with_what_was_in_it() -> None:
    assert codes(EXAMPLE, Snapshot()) == [
        ("schema-missing", "q"),
        ("table-missing", "q.t"),
        ("sequence-missing", "q.free_seq"),
    ]


def test_schema_that_nobody_expects_shows_in_what_is_in_it() -> None:
    assert codes(Snapshot(), EXAMPLE) == [
        ("table-unexpected", "q.t"),
        ("sequence-unexpected", "q.free_seq"),
    ]


@pytest.mark.parametrize("code", ["missing", "unexpected"])
def test_index_that_goes_with_its_constraint_is_said_by_the_constraint(code: str) -> None:
    poorer = without(without(EXAMPLE, PK), PK_INDEX)
    sides = (EXAMPLE, poorer) if code == "missing" else (poorer, EXAMPLE)
    assert codes(*sides) == [(f"primary-key-{code}", 'q.t."primary-key"')]


@pytest.mark.parametrize("code", ["missing", "unexpected"])
def test_sequence_that_goes_with_its_column_is_said_by_the_column(code: str) -> None:
    poorer = without(without(EXAMPLE, ID), ID_SEQUENCE)
    sides = (EXAMPLE, poorer) if code == "missing" else (poorer, EXAMPLE)
    assert codes(*sides) == [(f"column-{code}", "q.t.id")]


def test_sequence_that_goes_without_its_column_is_said() -> None:
    assert codes(EXAMPLE, without(EXAMPLE, ID_SEQUENCE)) == [("sequence-missing", "q.t_id_seq")]


def test_objects_are_told_apart_by_schema() -> None:
    other = Schema(name="r", relations=(Relation(name="t"),))
    assert codes(EXAMPLE, Snapshot((*EXAMPLE.schemas, other))) == [("table-unexpected", "r.t")]


def test_names_differ_by_case() -> None:
    actual = changed(EXAMPLE, (*T, ("columns", "c")), name="C")
    assert codes(EXAMPLE, actual) == [("column-unexpected", 'q.t."C"'), ("column-missing", "q.t.c")]


@snapshots.unhurried
@given(snapshots.snapshots)
def test_equal_snapshots_have_no_differences(snapshot: Snapshot) -> None:
    assert compare(snapshot, snapshot).differences == ()


@snapshots.unhurried
@given(snapshots.snapshots)
def test_order_of_objects_means_nothing(snapshot: Snapshot) -> None:
    assert compare(snapshot, Snapshot(snapshot.schemas[::-1])).differences == ()


@snapshots.unhurried
@given(snapshots.snapshots, snapshots.snapshots)
def test_what_is_missing_one_way_is_unexpected_the_other_way(one: Snapshot, two: Snapshot) -> None:
    missing = {found for found in codes(one, two) if found[0].endswith("-missing")}
    unexpected = {found for found in codes(two, one) if found[0].endswith("-unexpected")}
    assert {
        (code.replace("-missing", "-unexpected"), path)
        for code, path in missing
        if code != "schema-missing"
    } == unexpected


@snapshots.unhurried
@given(snapshots.snapshots.filter(lambda found: found.schemas), st.data())
def test_one_changed_attribute_is_found_in_any_snapshot(
    snapshot: Snapshot, data: st.DataObject
) -> None:
    address = data.draw(st.sampled_from(list(snapshots.addresses(snapshot))))
    attribute = data.draw(st.sampled_from(sorted(ATTRIBUTES[address[-1][0]])))
    field = "nullable" if attribute == "nullability" else attribute
    old = getattr(at(snapshot, address), field)
    new = not old if isinstance(old, bool) else snapshots.sql(f"other than {old}")
    actual = changed(snapshot, address, **{field: new})
    ((code, path),) = codes(snapshot, actual)
    assert code.endswith(ATTRIBUTES[address[-1][0]][attribute])
    assert path == path_of(address)


@snapshots.unhurried
@given(snapshots.snapshots)
def test_every_object_and_every_compared_attribute_is_counted(snapshot: Snapshot) -> None:
    groups = [address[-1][0] for address in snapshots.addresses(snapshot)]
    result = compare(snapshot, Snapshot())
    assert result.objects == len(groups)
    assert result.attributes == sum(len(ATTRIBUTES[group]) for group in groups)


def test_what_was_compared_is_what_was_expected() -> None:
    nothing = replace(EXAMPLE, schemas=())
    result = compare(nothing, EXAMPLE)
    assert (result.objects, result.attributes) == (0, 0)
