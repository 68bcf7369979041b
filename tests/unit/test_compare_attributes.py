"""Every attribute of every object: a change of it alone is one difference of one code."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, NamedTuple

import pytest

from introspection import compare as comparison
from introspection.compare import Difference, columns, compare, constraints, indexes
from introspection.compare import relations as relation_comparison
from introspection.compare import sequences as sequence_comparison
from introspection.shapes import Column, Constraint, Index, Relation, Schema, Sequence
from tests.unit.snapshots import EXAMPLE, KINDS, OBJECT_OF, Address, Q, T, changed, sql


class Case(NamedTuple):
    """What is changed, and the one difference that it makes."""

    address: Address
    change: dict[str, Any]
    code: str
    path: str
    expected: str | None
    actual: str | None


C, ID, GENERATED = (*T, ("columns", "c")), (*T, ("columns", "id")), (*T, ("columns", "g"))
IX, UQ, FREE = OBJECT_OF["index"], OBJECT_OF["unique-index"], OBJECT_OF["sequence"]
IX_SQL = "CREATE INDEX ix ON q.t (c)"
UQ_SQL = "CREATE UNIQUE INDEX uq ON q.t (c)"

CASES = [
    Case(Q, {"comment": None}, "schema-comment", "q", "ours", None),
    Case(T, {"kind": "view"}, "table-kind", "q.t", "table", "view"),
    Case(T, {"comment": "else"}, "table-comment", "q.t", "a table", "else"),
    Case(ID, {"type": "bigint"}, "column-type", "q.t.id", "integer", "bigint"),
    Case(C, {"type_modifier": "(9)"}, "column-type-modifier", "q.t.c", "(10)", "(9)"),
    Case(C, {"type_modifier": None}, "column-type-modifier", "q.t.c", "(10)", None),
    Case(C, {"nullable": False}, "column-nullability", "q.t.c", "NULL", "NOT NULL"),
    Case(ID, {"nullable": True}, "column-nullability", "q.t.id", "NOT NULL", "NULL"),
    Case(C, {"default": sql("'y'")}, "column-default", "q.t.c", "'x'::character varying", "'y'"),
    Case(C, {"default": None}, "column-default", "q.t.c", "'x'::character varying", None),
    Case(ID, {"default": sql("1")}, "column-default", "q.t.id", None, "1"),
    Case(ID, {"identity": "BY DEFAULT"}, "column-identity", "q.t.id", "ALWAYS", "BY DEFAULT"),
    Case(ID, {"identity": None}, "column-identity", "q.t.id", "ALWAYS", None),
    Case(
        GENERATED,
        {"generated": sql("(id + 1) VIRTUAL")},
        "column-generated",
        "q.t.g",
        "(id + 1) STORED",
        "(id + 1) VIRTUAL",
    ),
    Case(C, {"collation": None}, "column-collation", "q.t.c", 'pg_catalog."C"', None),
    Case(C, {"comment": ""}, "column-comment", "q.t.c", "a column", ""),
    Case(IX, {"definition": sql("other")}, "index-changed", "q.t.ix", IX_SQL, "other"),
    Case(IX, {"valid": False}, "index-invalid", "q.t.ix", "yes", "no"),
    Case(IX, {"constraint": "x"}, "index-constraint", "q.t.ix", None, "x"),
    Case(IX, {"comment": "x"}, "index-comment", "q.t.ix", None, "x"),
    Case(UQ, {"definition": sql("other")}, "unique-index-changed", "q.t.uq", UQ_SQL, "other"),
    Case(UQ, {"valid": False}, "unique-index-invalid", "q.t.uq", "yes", "no"),
    Case(UQ, {"constraint": "x"}, "unique-index-constraint", "q.t.uq", None, "x"),
    Case(UQ, {"comment": "x"}, "unique-index-comment", "q.t.uq", None, "x"),
    Case(FREE, {"type": "bigint"}, "sequence-type", "q.free_seq", "integer", "bigint"),
    Case(FREE, {"start": 5}, "sequence-start", "q.free_seq", "1", "5"),
    Case(FREE, {"increment": -1}, "sequence-increment", "q.free_seq", "1", "-1"),
    Case(FREE, {"minimum": 0}, "sequence-minimum", "q.free_seq", "1", "0"),
    Case(FREE, {"maximum": 9}, "sequence-maximum", "q.free_seq", "2147483647", "9"),
    Case(FREE, {"cache": 20}, "sequence-cache", "q.free_seq", "1", "20"),
    Case(FREE, {"cycle": True}, "sequence-cycle", "q.free_seq", "no", "yes"),
    Case(FREE, {"owned_by": "q.t.c"}, "sequence-owner", "q.free_seq", None, "q.t.c"),
    *(
        Case(
            OBJECT_OF[kind],
            {"definition": sql("other")},
            f"{kind}-changed",
            f'q.t."{kind}"' if "-" in kind else f"q.t.{kind}",
            f"{kind} of c",
            "other",
        )
        for kind in KINDS
    ),
    *(
        Case(
            OBJECT_OF[kind],
            {"comment": "x"},
            f"{kind}-comment",
            f'q.t."{kind}"' if "-" in kind else f"q.t.{kind}",
            None,
            "x",
        )
        for kind in KINDS
    ),
]
NOT_COMPARED: dict[type, dict[str, str]] = {
    Schema: {
        "name": "finds the other side",
        "relations": "objects of their own",
        "sequences": "objects of their own",
    },
    Relation: {
        "name": "finds the other side",
        "columns": "objects of their own",
        "constraints": "objects of their own",
        "indexes": "objects of their own",
    },
    Column: {
        "name": "finds the other side",
        "position": "no query that names its columns depends on it",
        "nullable": "compared as its property nullability",
    },
    Constraint: {"name": "finds the other side", "kind": "the definition begins with it"},
    Index: {"name": "finds the other side"},
    Sequence: {"name": "finds the other side"},
}
COMPARED = {
    Schema: comparison._SCHEMA_ATTRIBUTES,
    Relation: relation_comparison.ATTRIBUTES,
    Column: columns.ATTRIBUTES,
    Constraint: constraints.ATTRIBUTES,
    Index: indexes.ATTRIBUTES,
    Sequence: sequence_comparison.ATTRIBUTES,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.actual}")
def test_one_changed_attribute_is_one_difference(case: Case) -> None:
    actual = changed(EXAMPLE, case.address, **case.change)
    assert compare(EXAMPLE, actual).differences == (
        Difference(case.code, case.path, case.expected, case.actual),
    )


@pytest.mark.parametrize("shape", COMPARED)
def test_every_attribute_of_a_shape_is_compared_or_there_is_a_reason(shape: type) -> None:
    named = {field.name for field in fields(shape)}
    assert named - set(COMPARED[shape]) == set(NOT_COMPARED[shape])


@pytest.mark.parametrize("shape", COMPARED)
def test_every_compared_attribute_has_a_case(shape: type) -> None:
    tried = {
        "nullability" if attribute == "nullable" else attribute
        for case in CASES
        if _shape_at(case.address) is shape
        for attribute in case.change
    }
    assert tried == set(COMPARED[shape])


def _shape_at(address: Address) -> type:
    shapes: dict[str, type] = {
        "schemas": Schema,
        "relations": Relation,
        "columns": Column,
        "constraints": Constraint,
        "indexes": Index,
        "sequences": Sequence,
    }
    return shapes[address[-1][0]]


def test_another_position_is_no_difference() -> None:
    assert compare(EXAMPLE, changed(EXAMPLE, C, position=9)).differences == ()


def test_another_type_makes_its_modifier_meaningless() -> None:
    actual = changed(EXAMPLE, C, type="text", type_modifier=None)
    assert [found.code for found in compare(EXAMPLE, actual).differences] == ["column-type"]


def test_another_type_hides_no_other_attribute() -> None:
    actual = changed(EXAMPLE, C, type="text", type_modifier=None, nullable=False, comment=None)
    assert [found.code for found in compare(EXAMPLE, actual).differences] == [
        "column-type",
        "column-nullability",
        "column-comment",
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("a",), ("a",), True),
        (("a", "b"), ("b",), True),
        (("a", "b"), ("b", "c"), True),
        (("a",), ("b",), False),
        (("a", "b"), ("c", "d"), False),
    ],
)
def test_texts_are_the_same_when_they_share_a_print(
    one: tuple[str, ...], other: tuple[str, ...], *, same: bool
) -> None:
    expected = changed(EXAMPLE, OBJECT_OF["check"], definition=sql(*one))
    actual = changed(EXAMPLE, OBJECT_OF["check"], definition=sql(*other))
    assert (compare(expected, actual).differences == ()) is same
