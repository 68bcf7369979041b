"""Catalog rows become values: modifiers without their type, sorted, free of database ids."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from introspection import normalize, paths
from introspection.render import text
from introspection.shapes import Snapshot, SqlText

COLUMN = {
    "relation": 1,
    "name": "c",
    "position": 1,
    "type": "integer",
    "full_type": None,
    "nullable": True,
    "default": None,
    "identity": None,
    "generated": None,
    "collation": None,
    "comment": None,
}
RELATION = {"oid": 1, "schema": "q", "name": "t", "kind": "table", "comment": None}
SCHEMA = {"oid": 9, "name": "q", "comment": None}
SEQUENCE = {
    "schema": "q",
    "name": "s",
    "type": "integer",
    "start": 1,
    "increment": 1,
    "minimum": 1,
    "maximum": 9,
    "cache": 1,
    "cycle": False,
    "owner": None,
    "owner_schema": None,
    "owner_relation": None,
    "owner_column": None,
}


def snapshot(**rows: list[dict[str, Any]]) -> Snapshot:
    names = ("schemas", "relations", "columns", "constraints", "indexes", "sequences")
    return normalize.snapshot(**{name: rows.get(name, []) for name in names})


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
    row = {**COLUMN, "type": base, "full_type": full}
    (schema,) = snapshot(schemas=[SCHEMA], relations=[RELATION], columns=[row]).schemas
    (column,) = schema.relations[0].columns
    assert (column.type, column.type_modifier) == (base, modifier)


def test_objects_are_sorted_by_name_whatever_the_order_of_the_rows() -> None:
    names = ["b", "a", "B", "é", "Z"]
    columns = [{**COLUMN, "name": name} for name in names]
    (schema,) = snapshot(schemas=[SCHEMA], relations=[RELATION], columns=columns).schemas
    assert [column.name for column in schema.relations[0].columns] == sorted(names)


def test_rows_go_to_the_table_that_they_belong_to() -> None:
    relations = [{**RELATION, "oid": oid, "name": f"t{oid}"} for oid in (1, 2)]
    columns = [{**COLUMN, "relation": oid, "name": f"c{oid}"} for oid in (2, 1)]
    (schema,) = snapshot(schemas=[SCHEMA], relations=relations, columns=columns).schemas
    found = {
        relation.name: [column.name for column in relation.columns] for relation in schema.relations
    }
    assert found == {"t1": ["c1"], "t2": ["c2"]}


def test_schema_without_objects_is_a_schema() -> None:
    (schema,) = snapshot(schemas=[SCHEMA]).schemas
    assert (schema.name, schema.relations, schema.sequences) == ("q", (), ())


def test_default_and_generated_expression_are_texts_with_one_print() -> None:
    row = {**COLUMN, "default": "now()", "generated": "(1) STORED"}
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
    row = {**SEQUENCE, **dict(zip(columns, owner, strict=True))}
    (schema,) = snapshot(schemas=[SCHEMA], sequences=[row]).schemas
    assert schema.sequences[0].owned_by == owned_by


@pytest.mark.parametrize(
    ("names", "path"),
    [
        (("q", "t", "c"), "q.t.c"),
        (("q", "a.b"), 'q."a.b"'),
        (("q", "T"), 'q."T"'),
        (("q", "1st"), 'q."1st"'),
        (("q", "t\n"), 'q."t\n"'),
        (("q", 'a"b'), 'q."a""b"'),
        (("q", ""), 'q.""'),
        (("q", "_x$1"), "q._x$1"),
    ],
)
def test_path_quotes_what_would_be_read_otherwise(names: tuple[str, ...], path: str) -> None:
    assert paths.path(*names) == path


@pytest.mark.parametrize("module", [normalize, paths, text])
def test_examples_in_the_docstrings_hold(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
