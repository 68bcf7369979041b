"""For every attribute of every object: changing it is exactly one difference with one code."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import pytest

from schemaproof.compare import compare
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Index,
    Relation,
    Schema,
    Sequence,
)
from schemaproof.schema.kinds import COLUMN, RELATIONS, SCHEMA, SEQUENCE
from schemaproof.schema.kinds.objects import OBJECT_ATTRIBUTES
from schemaproof.schema.kinds.parts import CONSTRAINT_ATTRIBUTES, INDEX_ATTRIBUTES
from schemaproof.schema.values import Grant
from schemaproof_testing.comparison_case import Case
from schemaproof_testing.comparison_cases import CASES, OF_CHILDREN, OF_TABLES, STORED, C
from schemaproof_testing.findings import make_difference
from schemaproof_testing.snapshot_strategies import sql
from schemaproof_testing.snapshots import EXAMPLE, OBJECT_OF, Address, Q, T, at, changed

FINDS: Final = "finds the other side"
OWN: Final = "objects of their own"
ONE_KIND: Final = "only other kinds of relations have it"
NOT_FOREIGN: Final = (*STORED, *(OF_TABLES.keys() - OF_CHILDREN.keys()))
IN_RELATIONS: Final = {
    "name": FINDS,
    "kind": "compared before anything else: <kind>-kind",
    **dict.fromkeys(("columns", "constraints", "indexes", "objects"), OWN),
}
NOT_COMPARED: dict[str, dict[str, str]] = {
    "schema": {
        "name": FINDS,
        "owner_role": "roles differ between environments; it serves a repair",
        **dict.fromkeys(("relations", "sequences", "objects"), OWN),
    },
    "table": {**IN_RELATIONS, **dict.fromkeys(("definition", "populated"), ONE_KIND)},
    "view": {**IN_RELATIONS, **dict.fromkeys((*OF_TABLES, *STORED, "populated"), ONE_KIND)},
    "materialized-view": {**IN_RELATIONS, **dict.fromkeys(OF_TABLES, ONE_KIND)},
    "foreign-table": {**IN_RELATIONS, **dict.fromkeys((*NOT_FOREIGN, "populated"), ONE_KIND)},
    "column": {
        "name": FINDS,
        "position": "no query that names its columns depends on it",
        "nullable": "compared as its property nullability",
        "no_inherit": "compared as its property nullability",
    },
    "constraint": {
        "name": FINDS,
        "kind": "the definition begins with it",
        "inherited": "a repair needs it; the parent table says the rest",
    },
    "index": {"name": FINDS},
    "sequence": {"name": FINDS},
    "object": {
        "name": FINDS,
        "kind": FINDS,
        "inherited": "a repair needs it; the parent table says the rest",
        "holder": "a repair needs it",
        "optional": "says only whether to be surprised",
    },
}
COMPARED: dict[str, tuple[type, Mapping[str, str]]] = {
    "schema": (Schema, SCHEMA.compared),
    **{kind.name: (Relation, kind.compared) for kind in RELATIONS.values()},
    "column": (Column, COLUMN.compared),
    "constraint": (Constraint, CONSTRAINT_ATTRIBUTES),
    "index": (Index, INDEX_ATTRIBUTES),
    "sequence": (Sequence, SEQUENCE.compared),
    "object": (DatabaseObject, OBJECT_ATTRIBUTES),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.actual}")
def test_one_changed_attribute_is_one_difference(case: Case) -> None:
    actual = changed(EXAMPLE, case.address, **case.change)
    assert compare(EXAMPLE, actual).differences == (
        make_difference(case.code, case.path, case.expected, case.actual, textual=case.textual),
    )


@pytest.mark.parametrize("shape", COMPARED)
def test_every_attribute_of_a_shape_is_compared_or_there_is_a_reason(shape: str) -> None:
    kind, compared = COMPARED[shape]
    named = {field.name for field in fields(kind)}
    assert named - set(compared) == set(NOT_COMPARED[shape])


@pytest.mark.parametrize("shape", COMPARED)
def test_every_compared_attribute_has_a_case(shape: str) -> None:
    tried = {
        "nullability" if attribute in {"nullable", "no_inherit"} else attribute
        for case in CASES
        if shape_at(case.address) == shape
        for attribute in case.change
    }
    assert tried - {"kind"} == set(COMPARED[shape][1])


@pytest.mark.parametrize("kind", ["table", "view", "materialized-view", "foreign-table"])
def test_another_kind_of_relation_has_a_case(kind: str) -> None:
    assert any(case.code == f"{kind}-kind" for case in CASES)


def shape_at(address: Address) -> str:
    item = at(EXAMPLE, address)
    if isinstance(item, Relation):
        return RELATIONS[item.kind].name
    return next(name for name, (shape, _) in COMPARED.items() if isinstance(item, shape))


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


def test_role_that_holds_a_grant_is_no_difference() -> None:
    def granted_to(role: str | None) -> Any:
        return changed(EXAMPLE, T, privileges=(Grant("another role", "SELECT", role),))

    assert compare(granted_to("anna"), granted_to("berta")).differences == ()


def test_role_that_owns_a_schema_is_no_difference() -> None:
    assert compare(EXAMPLE, changed(EXAMPLE, Q, owner_role="anna")).differences == ()


def test_objects_of_one_name_are_told_apart_by_kind() -> None:
    actual = changed(EXAMPLE, OBJECT_OF["conversion"], definition=sql("other"))
    assert {found.code for found in compare(EXAMPLE, actual).differences} == {
        "conversion-definition"
    }


@pytest.mark.parametrize("inherited", [True, False])
def test_what_comes_from_a_parent_is_no_difference(*, inherited: bool) -> None:
    actual = changed(EXAMPLE, OBJECT_OF["trigger"], inherited=inherited)
    actual = changed(actual, OBJECT_OF["check"], inherited=inherited)
    assert compare(EXAMPLE, actual).differences == ()


@pytest.mark.parametrize("gone", ["type_modifier", "collation", "storage"])
def test_another_type_is_the_one_cause_of_what_depends_on_it(gone: str) -> None:
    actual = changed(EXAMPLE, C, type="text", **{gone: "else"})
    assert [found.code for found in compare(EXAMPLE, actual).differences] == ["column-type"]


def test_only_two_texts_may_be_prints_of_the_same_thing() -> None:
    textual = {case.code for case in CASES if case.textual}
    one_sided = {case.code for case in CASES if None in {case.expected, case.actual}}
    assert textual.isdisjoint(one_sided - {"column-default"})
