"""Properties of every comparison, for generated snapshots."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemaproof.compare import compare
from schemaproof.schema.database_objects import DatabaseObject, Relation, Snapshot
from schemaproof.schema.kinds import COLUMN, OBJECTS, RELATIONS, SCHEMA, SEQUENCE
from schemaproof.schema.kinds.objects import OBJECT_ATTRIBUTES
from schemaproof.schema.kinds.parts import CONSTRAINT_ATTRIBUTES, INDEX_ATTRIBUTES
from schemaproof_testing import snapshot_strategies, snapshots
from schemaproof_testing.compared import codes
from schemaproof_testing.snapshot_strategies import sql
from schemaproof_testing.snapshots import EXAMPLE, Address, address_path, at, changed

ATTRIBUTES = {
    "schemas": SCHEMA.compared,
    "columns": COLUMN.compared,
    "constraints": CONSTRAINT_ATTRIBUTES,
    "indexes": INDEX_ATTRIBUTES,
    "sequences": SEQUENCE.compared,
    "objects": OBJECT_ATTRIBUTES,
}


@snapshots.unhurried
@given(snapshot_strategies.snapshots)
def test_equal_snapshots_have_no_differences(snapshot: Snapshot) -> None:
    assert compare(snapshot, snapshot).differences == ()


@snapshots.unhurried
@given(snapshot_strategies.snapshots)
def test_order_of_objects_means_nothing(snapshot: Snapshot) -> None:
    turned = Snapshot(snapshot.schemas[::-1], snapshot.objects[::-1])
    assert compare(snapshot, turned).differences == ()


@pytest.mark.slow
@snapshots.unhurried
@given(snapshot_strategies.snapshots, snapshot_strategies.snapshots)
def test_what_is_missing_one_way_is_unexpected_the_other_way(one: Snapshot, two: Snapshot) -> None:
    missing = {found for found in codes(one, two) if found[0].endswith("-missing")}
    unexpected = {found for found in codes(two, one) if found[0].endswith("-unexpected")}
    assert {
        (code.replace("-missing", "-unexpected"), path)
        for code, path in missing
        if code != "schema-missing"
    } == unexpected


def type_attributes(snapshot: Snapshot, address: Address) -> Mapping[str, str]:
    """Return the attributes of an object's value type, with the suffixes of their codes."""
    item = at(snapshot, address)
    if isinstance(item, Relation):
        return RELATIONS[item.kind].compared
    return ATTRIBUTES[address[-1][0]]


def kind_attributes(snapshot: Snapshot, address: Address) -> Mapping[str, str]:
    """Return the attributes of a kind of object, with the suffixes of their codes."""
    item = at(snapshot, address)
    if isinstance(item, DatabaseObject):
        return OBJECTS[item.kind].compared
    return type_attributes(snapshot, address)


def other_than(shape: Any, field: str) -> Any:
    value = getattr(shape, field)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    text = f"other than {value}"
    return sql(text) if "SqlText" in type(shape).__annotations__[field] else text


# A lost owner of a sequence is only reported with the missing column. The others are only compared
# for some roles, or for some kinds of constraints.
WITH_A_RULE = {"owned_by", "privileges", "validated", "disabled_on"}


@snapshots.unhurried
@given(snapshot_strategies.snapshots.filter(lambda found: found.schemas), st.data())
def test_one_changed_attribute_is_found_in_any_snapshot(
    snapshot: Snapshot, data: st.DataObject
) -> None:
    address = data.draw(st.sampled_from(list(snapshots.addresses(snapshot))))
    compared = kind_attributes(snapshot, address)
    attribute = data.draw(st.sampled_from(sorted(compared.keys() - WITH_A_RULE)))
    field = "nullable" if attribute == "nullability" else attribute
    new = other_than(at(snapshot, address), field)
    ((code, path),) = codes(snapshot, changed(snapshot, address, **{field: new}))
    assert code.endswith(compared[attribute])
    assert path == address_path(address)


@snapshots.unhurried
@given(snapshot_strategies.snapshots)
def test_every_object_and_every_compared_attribute_is_counted(snapshot: Snapshot) -> None:
    found = list(snapshots.addresses(snapshot))
    kinds = [address for address in found if address[-1][0] == "relations"]
    result = compare(snapshot, Snapshot())
    assert result.objects == len(found)
    compared = sum(len(type_attributes(snapshot, address)) for address in found)
    assert result.attributes == compared + len(kinds)


def test_what_was_compared_is_what_was_expected() -> None:
    result = compare(Snapshot(), EXAMPLE)
    assert (result.objects, result.attributes) == (0, 0)
