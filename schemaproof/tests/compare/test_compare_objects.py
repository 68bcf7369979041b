"""Objects that are missing, unexpected or renamed, each said once; and how much was compared."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemaproof.compare import compare
from schemaproof.schema.database_objects import DatabaseObject, Relation, Schema, Snapshot
from schemaproof.schema.kinds import COLUMN, OBJECTS, RELATIONS, SCHEMA, SEQUENCE
from schemaproof.schema.kinds.objects import OBJECT_ATTRIBUTES
from schemaproof.schema.kinds.parts import CONSTRAINT_ATTRIBUTES, INDEX_ATTRIBUTES
from schemaproof.schema.paths import path
from schemaproof_testing import snapshots
from schemaproof_testing.snapshots import (
    EXAMPLE,
    IN_SCHEMAS,
    OBJECT_OF,
    Address,
    Q,
    T,
    address_path,
    at,
    changed,
    sql,
    without,
)

PK = (*T, ("constraints", "primary-key"))
PK_INDEX = (*T, ("indexes", "primary-key"))
ID = (*T, ("columns", "id"))
C, CHECK, INDEX = OBJECT_OF["column"], OBJECT_OF["check"], OBJECT_OF["index"]
ID_SEQUENCE = (*Q, ("sequences", "t_id_seq"))
ATTRIBUTES = {
    "schemas": SCHEMA.compared,
    "columns": COLUMN.compared,
    "constraints": CONSTRAINT_ATTRIBUTES,
    "indexes": INDEX_ATTRIBUTES,
    "sequences": SEQUENCE.compared,
    "objects": OBJECT_ATTRIBUTES,
}


def codes(expected: Snapshot, actual: Snapshot) -> list[tuple[str, str]]:
    return [(found.code, found.path) for found in compare(expected, actual).differences]


@pytest.mark.parametrize(("kind", "address"), OBJECT_OF.items())
def test_object_that_is_not_there_is_missing(kind: str, address: Address) -> None:
    assert codes(EXAMPLE, without(EXAMPLE, address)) == [(f"{kind}-missing", address_path(address))]


@pytest.mark.parametrize(("kind", "address"), OBJECT_OF.items())
def test_object_that_nobody_expects_is_unexpected(kind: str, address: Address) -> None:
    assert codes(without(EXAMPLE, address), EXAMPLE) == [
        (f"{kind}-unexpected", address_path(address))
    ]


def test_object_that_each_environment_decides_on_surprises_nobody() -> None:
    address = OBJECT_OF["default-privileges"]
    here = changed(EXAMPLE, address, optional=True)
    assert codes(without(EXAMPLE, address), here) == []
    assert codes(here, without(EXAMPLE, address)) == [
        ("default-privileges-missing", address_path(address))
    ]


@pytest.mark.parametrize("address", OBJECT_OF.values(), ids=OBJECT_OF)
def test_missing_object_is_described_as_expected_and_nothing_actual(address: Address) -> None:
    (found,) = compare(EXAMPLE, without(EXAMPLE, address)).differences
    assert (found.expected is None, found.actual) == (False, None)


@pytest.mark.parametrize("address", OBJECT_OF.values(), ids=OBJECT_OF)
def test_unexpected_object_is_described_as_actual_and_nothing_expected(address: Address) -> None:
    (found,) = compare(without(EXAMPLE, address), EXAMPLE).differences
    assert (found.expected, found.actual is None) == (None, False)


IN_Q = [
    ("foreign-table", "q.ft"),
    ("materialized-view", "q.mv"),
    ("table", "q.t"),
    ("view", "q.v"),
    ("sequence", "q.free_seq"),
    *((kind, address_path(OBJECT_OF[kind])) for kind in IN_SCHEMAS),
]


def test_missing_schema_is_said_with_what_was_in_it() -> None:
    assert codes(EXAMPLE, replace(EXAMPLE, schemas=())) == [
        ("schema-missing", "q"),
        *((f"{kind}-missing", path) for kind, path in IN_Q),
    ]


def test_schema_that_nobody_expects_shows_in_what_is_in_it() -> None:
    assert codes(replace(EXAMPLE, schemas=()), EXAMPLE) == [
        (f"{kind}-unexpected", path) for kind, path in IN_Q
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
    # A serial column keeps its sequence: nothing but the sequence says that it went.
    serial = changed(EXAMPLE, ID, identity=None)
    assert codes(serial, without(serial, ID_SEQUENCE)) == [("sequence-missing", "q.t_id_seq")]


def test_sequence_of_a_dropped_identity_is_said_by_the_column() -> None:
    actual = changed(without(EXAMPLE, ID_SEQUENCE), ID, identity=None)
    assert codes(EXAMPLE, actual) == [("column-identity", "q.t.id")]


def test_sequence_of_an_identity_that_nobody_expects_is_said_by_the_column() -> None:
    plain = changed(without(EXAMPLE, ID_SEQUENCE), ID, identity=None)
    assert codes(plain, EXAMPLE) == [("column-identity", "q.t.id")]


@pytest.mark.parametrize("code", ["missing", "unexpected"])
def test_sequence_that_goes_with_its_table_is_said_by_the_table(code: str) -> None:
    poorer = without(without(EXAMPLE, T), ID_SEQUENCE)
    sides = (EXAMPLE, poorer) if code == "missing" else (poorer, EXAMPLE)
    assert codes(*sides) == [(f"table-{code}", "q.t")]


def test_sequence_that_lost_its_column_alone_is_owned_by_nobody() -> None:
    assert codes(EXAMPLE, changed(EXAMPLE, ID_SEQUENCE, owned_by=None)) == [
        ("sequence-owned-by", "q.t_id_seq")
    ]


def test_sequence_that_outlived_its_column_is_said_by_the_column() -> None:
    actual = changed(without(EXAMPLE, ID), ID_SEQUENCE, owned_by=None)
    assert codes(EXAMPLE, actual) == [("column-missing", "q.t.id")]


def test_index_of_a_changed_constraint_is_said_by_the_constraint() -> None:
    actual = changed(EXAMPLE, PK, definition=sql("PRIMARY KEY (c)"))
    actual = changed(actual, PK_INDEX, definition=sql("CREATE UNIQUE INDEX other"))
    assert codes(EXAMPLE, actual) == [("primary-key-changed", 'q.t."primary-key"')]


def test_index_of_a_changed_constraint_says_what_else_became_of_it() -> None:
    actual = changed(EXAMPLE, PK, definition=sql("PRIMARY KEY (c)"))
    actual = changed(actual, PK_INDEX, definition=sql("other"), tablespace="fast")
    assert codes(EXAMPLE, actual) == [
        ("primary-key-changed", 'q.t."primary-key"'),
        ("unique-index-tablespace", 'q.t."primary-key"'),
    ]


def test_index_of_a_constraint_that_is_as_expected_is_said() -> None:
    actual = changed(EXAMPLE, PK_INDEX, definition=sql("CREATE UNIQUE INDEX other"))
    assert codes(EXAMPLE, actual) == [("unique-index-changed", 'q.t."primary-key"')]


def test_what_is_in_a_relation_of_another_kind_is_compared_all_the_same() -> None:
    actual = changed(without(EXAMPLE, ID), T, kind="partitioned table", owner="another role")
    assert codes(EXAMPLE, actual) == [("table-kind", "q.t"), ("column-missing", "q.t.id")]


def test_objects_of_one_name_are_paired_by_kind() -> None:
    def named_x(kind: str) -> DatabaseObject:
        return DatabaseObject(kind=kind, name="x", definition=sql("CREATE x"))

    one, other = Snapshot(objects=(named_x("cast"),)), Snapshot(objects=(named_x("language"),))
    assert codes(one, other) == [("cast-missing", "cast x"), ("language-unexpected", "language x")]


def test_objects_are_told_apart_by_schema() -> None:
    other = Schema(name="r", relations=(Relation(name="t"),))
    assert codes(EXAMPLE, replace(EXAMPLE, schemas=(*EXAMPLE.schemas, other))) == [
        ("table-unexpected", "r.t")
    ]


def test_names_differ_by_case() -> None:
    actual = changed(EXAMPLE, (*T, ("columns", "c")), name="C")
    assert renames(EXAMPLE, actual) == {"q.t.c": "C"}


HINTED = {"column": C, "check": CHECK, "index": INDEX, "table": T}
INDEX_SQL = "CREATE INDEX {} ON q.t (c)"


def renames(expected: Snapshot, actual: Snapshot) -> dict[str, str | None]:
    """The name that each object has instead, by where it should be; nothing else is found."""
    found = compare(expected, actual).differences
    assert {difference.code.aspect for difference in found} <= {"renamed"}
    return {difference.path: difference.actual for difference in found}


def none_renamed(expected: Snapshot, actual: Snapshot) -> bool:
    aspects = {difference.code.aspect for difference in compare(expected, actual).differences}
    return {"missing", "unexpected"} & aspects != set() and "renamed" not in aspects


def renamed(address: Address, name: str, **changes: Any) -> Snapshot:
    """The example, one of its objects under another name."""
    if address == INDEX:
        changes = {"definition": sql(INDEX_SQL.format(name)), **changes}
    return changed(EXAMPLE, address, name=name, **changes)


def twins(address: Address, *names: str) -> Snapshot:
    """The example with one object there more than once, under these names instead of its own."""
    (group, _), parent = address[-1], address[:-1]
    original = at(EXAMPLE, address)
    others = [one for one in getattr(at(EXAMPLE, parent), group) if one != original]
    copies = [
        replace(original, name=name, definition=sql(INDEX_SQL.format(name)))
        if address == INDEX
        else replace(original, name=name)
        for name in names
    ]
    return changed(EXAMPLE, parent, **{group: (*others, *copies)})


def path_in_q(address: Address, name: str) -> str:
    return path("q", name) if address == T else path("q", "t", name)


@pytest.mark.parametrize("address", HINTED.values(), ids=HINTED)
def test_one_that_went_and_one_equal_that_came_were_renamed(address: Address) -> None:
    old = address[-1][1]
    assert renames(EXAMPLE, renamed(address, "zz")) == {path_in_q(address, old): "zz"}


@pytest.mark.parametrize("address", HINTED.values(), ids=HINTED)
def test_of_two_equal_that_came_neither_is_guessed(address: Address) -> None:
    assert none_renamed(EXAMPLE, twins(address, "y", "z"))


@pytest.mark.parametrize("address", HINTED.values(), ids=HINTED)
def test_of_two_equal_that_went_neither_is_guessed(address: Address) -> None:
    assert none_renamed(twins(address, "y", "z"), EXAMPLE)


@pytest.mark.parametrize(
    ("address", "changes"),
    [
        (C, {"type": "text"}),
        (C, {"nullable": False}),
        (C, {"comment": "else"}),
        (C, {"position": 9}),
        (CHECK, {"definition": sql("other")}),
        (INDEX, {"definition": sql("CREATE INDEX zz ON q.t (g)")}),
        (INDEX, {"definition": sql("CREATE UNIQUE INDEX zz ON q.t (c)")}),
        (T, {"kind": "view"}),
        (T, {"columns": ()}),
        (T, {"constraints": ()}),
        (T, {"indexes": ()}),
    ],
)
def test_one_that_came_and_is_otherwise_is_another_one(
    address: Address, changes: dict[str, Any]
) -> None:
    assert none_renamed(EXAMPLE, renamed(address, "zz", **changes))


def test_one_that_only_went_has_no_hint() -> None:
    assert codes(EXAMPLE, twins(C)) == [("column-missing", "q.t.c")]


def test_print_that_two_constraints_share_is_enough() -> None:
    expected = changed(EXAMPLE, CHECK, definition=sql("print", "reprint"))
    actual = changed(EXAMPLE, CHECK, name="zz", definition=sql("reprint"))
    assert renames(expected, actual) == {path("q", "t", "check"): "zz"}


def test_column_whose_default_prints_otherwise_is_recognised() -> None:
    expected = changed(EXAMPLE, C, default=sql("print", "reprint"))
    actual = changed(EXAMPLE, C, name="zz", default=sql("reprint"))
    assert renames(expected, actual) == {"q.t.c": "zz"}


@pytest.mark.parametrize("name", ["zz", "z z", 'z"z', "größe"])
def test_index_is_recognised_by_its_definition_without_the_name(name: str) -> None:
    actual = changed(EXAMPLE, INDEX, name=name, definition=sql(INDEX_SQL.format(path(name))))
    assert renames(EXAMPLE, actual) == {"q.t.ix": name}


def test_unique_index_is_recognised_too() -> None:
    definition = sql("CREATE UNIQUE INDEX zz ON q.t (c)")
    actual = changed(EXAMPLE, OBJECT_OF["unique-index"], name="zz", definition=definition)
    assert renames(EXAMPLE, actual) == {"q.t.uq": "zz"}


def test_index_of_a_constraint_is_no_candidate() -> None:
    wanted = changed(EXAMPLE, INDEX, name="i", definition=sql("CREATE UNIQUE INDEX i ON q.t (id)"))
    definition = sql('CREATE UNIQUE INDEX "primary-key" ON q.t (id)')
    actual = changed(EXAMPLE, PK_INDEX, name="other", definition=definition)
    assert none_renamed(wanted, actual)


def test_table_is_recognised_by_what_keeps_its_names() -> None:
    actual = changed(EXAMPLE, T, name="zz", comment="else", owner="another role")
    assert codes(EXAMPLE, actual) == [
        ("table-renamed", "q.t"),
        ("table-owner", "q.t"),
        ("table-comment", "q.t"),
    ]


def test_two_columns_renamed_at_once_are_told_by_their_positions() -> None:
    columns = tuple(replace(at(EXAMPLE, C), name=f"c{n}", position=n) for n in (1, 2))
    turned = tuple(replace(one, name=f"d{one.position}") for one in columns)
    found = renames(changed(EXAMPLE, T, columns=columns), changed(EXAMPLE, T, columns=turned))
    assert found == {"q.t.c1": "d1", "q.t.c2": "d2"}


def test_columns_of_a_table_of_another_origin_are_not_told_by_their_positions() -> None:
    wanted = tuple(
        replace(at(EXAMPLE, C), name=name, position=n) for n, name in enumerate("abc", 1)
    )
    # "b" stands elsewhere: that "z" stands where "a" should is chance.
    found = tuple(replace(at(EXAMPLE, C), name=name, position=n) for n, name in enumerate("zxb", 1))
    assert none_renamed(changed(EXAMPLE, T, columns=wanted), changed(EXAMPLE, T, columns=found))


def test_move_to_another_schema_is_no_renaming() -> None:
    other = replace(at(EXAMPLE, Q), name="r", sequences=(), objects=())
    emptied = changed(EXAMPLE, Q, relations=())
    assert none_renamed(EXAMPLE, replace(emptied, schemas=(*emptied.schemas, other)))


@snapshots.unhurried
@given(snapshots.snapshots)
def test_equal_snapshots_have_no_differences(snapshot: Snapshot) -> None:
    assert compare(snapshot, snapshot).differences == ()


@snapshots.unhurried
@given(snapshots.snapshots)
def test_order_of_objects_means_nothing(snapshot: Snapshot) -> None:
    turned = Snapshot(snapshot.schemas[::-1], snapshot.objects[::-1])
    assert compare(snapshot, turned).differences == ()


@pytest.mark.slow
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


def type_attributes(snapshot: Snapshot, address: Address) -> Mapping[str, str]:
    """The attributes of the value type of an object, with the ends of their codes."""
    item = at(snapshot, address)
    if isinstance(item, Relation):
        return RELATIONS[item.kind].compared
    return ATTRIBUTES[address[-1][0]]


def kind_attributes(snapshot: Snapshot, address: Address) -> Mapping[str, str]:
    """The attributes that an object of its kind can have, with the ends of their codes."""
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


# That a sequence lost its column is said by a column that is missing too; the others are compared
# for some roles, or for some kinds of constraints.
WITH_A_RULE = {"owned_by", "privileges", "validated", "disabled_on"}


@snapshots.unhurried
@given(snapshots.snapshots.filter(lambda found: found.schemas), st.data())
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
@given(snapshots.snapshots)
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
