"""Missing, unexpected and renamed objects are reported once each; compared objects are counted."""

from dataclasses import replace
from typing import Any

import pytest

from schemaproof.compare import compare
from schemaproof.schema.database_objects import Column, DatabaseObject, Relation, Schema, Snapshot
from schemaproof.schema.values import SqlText
from schemaproof_testing.compared import codes
from schemaproof_testing.renamed_objects import (
    PK_INDEX,
    renames,
)
from schemaproof_testing.snapshot_strategies import IN_SCHEMAS, sql
from schemaproof_testing.snapshots import (
    EXAMPLE,
    OBJECT_OF,
    Address,
    Q,
    T,
    address_path,
    changed,
    without,
)

PK = (*T, ("constraints", "primary-key"))
ID = (*T, ("columns", "id"))
ID_SEQUENCE = (*Q, ("sequences", "t_id_seq"))


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
    # A serial column itself stays the same, so only the sequence is reported.
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


@pytest.mark.parametrize(
    ("attributes", "described"),
    [
        ({}, "bigint NULL"),
        ({"default": SqlText(("now()",))}, "bigint NULL DEFAULT now()"),
        ({"nullable": False, "identity": "ALWAYS"}, "bigint NOT NULL GENERATED ALWAYS AS IDENTITY"),
        (
            {"generated": SqlText(("(a + 1) STORED",))},
            "bigint NULL GENERATED ALWAYS AS (a + 1) STORED",
        ),
    ],
)
def test_a_column_is_described_with_the_source_of_its_values(
    attributes: dict[str, Any], described: str
) -> None:
    column = Column(name="c", position=1, type="bigint", **attributes)
    one, other = (
        Snapshot(
            schemas=(
                Schema(name="s", relations=(Relation(name="t", kind="table", columns=columns),)),
            )
        )
        for columns in ((), (column,))
    )
    assert [found.actual for found in compare(one, other).differences] == [described]
