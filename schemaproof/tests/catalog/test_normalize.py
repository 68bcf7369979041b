"""Catalog rows become values: sorted, without oids, with type modifiers apart from types."""

from typing import Any

import pytest

from schemaproof.schema.values import Grant, SqlText
from schemaproof_testing.catalog_rows import Row, access, snapshot
from schemaproof_testing.snapshot_strategies import sql

COLUMN = Row(relation=1, number=1, name="c", position=1, type="integer", nullable=True)
RELATION = Row(oid=1, schema="q", name="t", kind="table", populated=True)
SCHEMA = Row(oid=9, name="q", managed=True)
SEQUENCE = Row(
    oid=3, schema="q", name="s", type="integer", start=1, increment=1, minimum=1, maximum=9, cache=1
)
OBJECT = Row(
    oid=5, schema="q", kind="function", name="f()", definition="CREATE f", catalog="pg_proc"
)
GRANTS = [["PUBLIC", "SELECT", None], ["another role", "ALL*", "anna"]]


def changed_row(row: Row, **values: Any) -> Row:
    return Row({**row, **values})


@pytest.mark.parametrize(
    ("base", "full", "modifier"),
    [
        ("integer", None, None),
        ("text", "text", None),
        ("character varying", "character varying(100)", "(100)"),
        ("character varying[]", "character varying(100)[]", "(100)"),
        ("character", "character(3)", "(3)"),
        ("bit", "bit(3)", "(3)"),
        ("bit varying", "bit varying(3)", "(3)"),
        ("numeric", "numeric(10,2)", "(10,2)"),
        ("numeric", "numeric(3,-2)", "(3,-2)"),
        ("numeric[]", "numeric(10,2)[]", "(10,2)"),
        ("timestamp with time zone", "timestamp(3) with time zone", "(3)"),
        ("timestamp without time zone[]", "timestamp(0) without time zone[]", "(0)"),
        ("time with time zone", "time(3) with time zone", "(3)"),
        ("interval", "interval(3)", "(3)"),
        ("interval", "interval year to month", "year to month"),
        ("interval", "interval day to second(3)", "day to second(3)"),
        ("interval[]", "interval day to second(3)[]", "day to second(3)"),
        ("interval[]", "interval year[]", "year"),
        ("gis.geometry", "gis.geometry(Point,4326)", "(Point,4326)"),
        ("gis.geometry[]", "gis.geometry(Point,4326)[]", "(Point,4326)"),
    ],
)
def test_modifier_is_what_the_full_type_adds(
    base: str, full: str | None, modifier: str | None
) -> None:
    row = changed_row(COLUMN, type=base, full_type=full)
    (schema,) = snapshot(schemas=[SCHEMA], relations=[RELATION], columns=[row]).schemas
    (column,) = schema.relations[0].columns
    assert (column.type, column.type_modifier) == (base, modifier)


def test_objects_are_sorted_by_name_whatever_the_order_of_the_rows() -> None:
    names = ["b", "a", "B", "é", "Z"]
    columns = [changed_row(COLUMN, name=name) for name in names]
    (schema,) = snapshot(schemas=[SCHEMA], relations=[RELATION], columns=columns).schemas
    assert [column.name for column in schema.relations[0].columns] == sorted(names)


def test_rows_go_to_the_table_that_they_belong_to() -> None:
    relations = [changed_row(RELATION, oid=oid, name=f"t{oid}") for oid in (1, 2)]
    columns = [changed_row(COLUMN, relation=oid, name=f"c{oid}") for oid in (2, 1)]
    (schema,) = snapshot(schemas=[SCHEMA], relations=relations, columns=columns).schemas
    found = {
        relation.name: [column.name for column in relation.columns] for relation in schema.relations
    }
    assert found == {"t1": ["c1"], "t2": ["c2"]}


def test_schema_without_objects_is_a_schema() -> None:
    (schema,) = snapshot(schemas=[SCHEMA]).schemas
    assert (schema.name, schema.relations, schema.sequences, schema.objects) == ("q", (), (), ())


def test_default_and_generated_expression_are_texts_with_one_print() -> None:
    row = changed_row(COLUMN, default="now()", generated="(1) STORED")
    (schema,) = snapshot(schemas=[SCHEMA], relations=[RELATION], columns=[row]).schemas
    (column,) = schema.relations[0].columns
    assert (column.default, column.generated) == (SqlText(("now()",)), SqlText(("(1) STORED",)))


@pytest.mark.parametrize(
    ("owner", "owned_by"),
    [
        ((None, None, None, None), None),
        ((1, "q", "t", "c"), "q.t.c"),
        ((1, "q", "Team DNA", 'say "no"'), 'q."Team DNA"."say ""no"""'),
    ],
)
def test_owner_of_a_sequence_is_a_path(
    owner: tuple[int | None, str | None, str | None, str | None], owned_by: str | None
) -> None:
    columns = ("owner", "owner_schema", "owner_relation", "owner_column")
    row = changed_row(SEQUENCE, **dict(zip(columns, owner, strict=True)))
    (schema,) = snapshot(schemas=[SCHEMA], sequences=[row]).schemas
    assert schema.sequences[0].owned_by == owned_by


def test_objects_go_to_the_place_that_they_are_in() -> None:
    found = snapshot(
        schemas=[SCHEMA],
        relations=[RELATION],
        relation_objects=[changed_row(OBJECT, relation=1, kind="trigger")],
        schema_objects=[OBJECT, changed_row(OBJECT, schema="elsewhere")],
        database_objects=[changed_row(OBJECT, kind="cast")],
    )
    (schema,) = found.schemas
    kinds = [
        [item.kind for item in objects]
        for objects in (schema.relations[0].objects, schema.objects, found.objects)
    ]
    assert kinds == [["trigger"], ["function"], ["cast"]]


def test_objects_are_sorted_by_kind_and_name() -> None:
    pairs = [("function", "b"), ("enum", "z"), ("function", "a"), ("operator", "a")]
    rows = [changed_row(OBJECT, kind=kind, name=name) for kind, name in pairs]
    found = snapshot(schemas=[SCHEMA], schema_objects=rows, database_objects=rows)
    for objects in (found.schemas[0].objects, found.objects):
        assert [(item.kind, item.name) for item in objects] == sorted(pairs)


def test_default_privileges_are_an_object_of_their_schema_or_of_the_database() -> None:
    rows = [
        Row(
            schema=schema,
            name="for the owner on tables",
            definition="ALTER DEFAULT PRIVILEGES",
            grants=[["PUBLIC", "SELECT", None]],
            holder="anna",
            optional=False,
        )
        for schema in ("q", None)
    ]
    found = snapshot(schemas=[SCHEMA], default_privileges=rows)
    for objects in (found.schemas[0].objects, found.objects):
        ((kind, grants, holder),) = [(one.kind, one.privileges, one.holder) for one in objects]
        assert (kind, grants, holder) == (
            "default-privileges",
            (Grant("PUBLIC", "SELECT"),),
            "anna",
        )


def test_last_line_ending_of_a_definition_means_nothing() -> None:
    found = snapshot(
        schemas=[SCHEMA], schema_objects=[changed_row(OBJECT, definition="CREATE f\n\n")]
    )
    assert found.schemas[0].objects[0].definition == sql("CREATE f")


def test_owner_and_privileges_go_to_the_object_that_has_them() -> None:
    roles: dict[str, Any] = {"owner": "another role", "grants": GRANTS}
    found = snapshot(
        schemas=[SCHEMA],
        relations=[RELATION, changed_row(RELATION, oid=2, name="u")],
        sequences=[SEQUENCE],
        schema_objects=[OBJECT],
        access=[
            access("pg_class", 1, **roles),
            access("pg_class", 3, **roles),
            access("pg_namespace", 9, **roles),
            access("pg_proc", 5, **roles),
            # This is an object of another catalog with the same oid.
            access("pg_type", 2, **roles),
        ],
    )
    (schema,) = found.schemas
    table, other = schema.relations
    expected = ("another role", (Grant("PUBLIC", "SELECT"), Grant("another role", "ALL*")))
    for item in (table, schema.sequences[0], schema, schema.objects[0]):
        assert (item.owner, item.privileges) == expected
    assert (other.owner, other.privileges) == (None, None)


def test_privileges_on_a_column_are_those_of_its_number() -> None:
    found = snapshot(
        schemas=[SCHEMA],
        relations=[RELATION],
        columns=[COLUMN, changed_row(COLUMN, name="d", number=4, position=2)],
        access=[access("pg_class", 1, 4, grants=[["PUBLIC", "SELECT", None]])],
    )
    privileges = [column.privileges for column in found.schemas[0].relations[0].columns]
    assert privileges == [None, (Grant("PUBLIC", "SELECT"),)]


def test_role_that_holds_a_grant_is_kept_for_a_repair() -> None:
    found = snapshot(
        schemas=[SCHEMA], relations=[RELATION], access=[access("pg_class", 1, grants=GRANTS)]
    )
    privileges = found.schemas[0].relations[0].privileges or ()
    assert [grant.role for grant in privileges] == [None, "anna"]


def test_nothing_granted_is_not_the_default() -> None:
    found = snapshot(
        schemas=[SCHEMA], relations=[RELATION], access=[access("pg_class", 1, grants=[])]
    )
    assert found.schemas[0].relations[0].privileges == ()


@pytest.mark.parametrize(("managed", "owner"), [(True, "another role"), (False, None)])
def test_owner_of_a_shared_schema_is_somebody_elses_business(
    *, managed: bool, owner: str | None
) -> None:
    row = changed_row(SCHEMA, managed=managed)
    roles = access("pg_namespace", 9, owner="another role", grants=GRANTS)
    (schema,) = snapshot(schemas=[row], access=[roles]).schemas
    assert schema.owner == owner
    assert (schema.privileges is None) is not managed
