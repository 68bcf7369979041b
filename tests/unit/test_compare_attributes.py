"""Every attribute of every object: a change of it alone is one difference of one code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final, NamedTuple

import pytest

from schemaproof.compare import compare
from schemaproof.schema.kinds import COLUMN, RELATIONS, SCHEMA, SEQUENCE
from schemaproof.schema.kinds.objects import OBJECT_ATTRIBUTES
from schemaproof.schema.kinds.parts import CONSTRAINT_ATTRIBUTES, INDEX_ATTRIBUTES
from schemaproof.schema.shapes import (
    Column,
    Constraint,
    DatabaseObject,
    Index,
    Relation,
    Schema,
    Sequence,
)
from schemaproof.schema.values import Grant
from tests.findings import make_difference
from tests.unit.snapshots import (
    EXAMPLE,
    IN_DATABASES,
    IN_SCHEMAS,
    IN_TABLES,
    KINDS,
    OBJECT_OF,
    Address,
    Q,
    T,
    at,
    changed,
    path_of,
    sql,
)


class Case(NamedTuple):
    """What is changed, and the one difference that it makes."""

    address: Address
    change: dict[str, Any]
    code: str
    path: str
    expected: str | None
    actual: str | None
    textual: bool = False


class Unset(NamedTuple):
    """The value of an attribute that the example leaves as usual."""

    code: str
    """What its code ends with."""
    value: Any
    shown: str


C, ID, GENERATED = (*T, ("columns", "c")), (*T, ("columns", "id")), (*T, ("columns", "g"))
IX, UQ, FREE = OBJECT_OF["index"], OBJECT_OF["unique-index"], OBJECT_OF["sequence"]
MV = OBJECT_OF["materialized-view"]
IX_SQL = "CREATE INDEX ix ON q.t (c)"
UQ_SQL = "CREATE UNIQUE INDEX uq ON q.t (c)"

OWNER: Final = {"owner": Unset("owner", "another role", "another role")}
GRANTS: Final = {
    "privileges": Unset(
        "privileges",
        (Grant("PUBLIC", "SELECT"), Grant("another role", "ALL*", "anna")),
        "PUBLIC: SELECT; another role: ALL*",
    )
}
COMMENT: Final = {"comment": Unset("comment", "x", "x")}
OF_RELATIONS: Final = {
    **OWNER,
    **GRANTS,
    "options": Unset("options", "fillfactor=50", "fillfactor=50"),
}
STORED: Final = {
    "access_method": Unset("access-method", "columnar", "columnar"),
    "tablespace": Unset("tablespace", "fast", "fast"),
    "replica_identity": Unset("replica-identity", "full", "full"),
}
OF_CHILDREN: Final = {
    "partition_of": Unset("partition", sql("q.p DEFAULT"), "q.p DEFAULT"),
    "inherits": Unset("inherits", "q.p", "q.p"),
}
OF_TABLES: Final = {
    **OF_CHILDREN,
    "persistence": Unset("persistence", "unlogged", "unlogged"),
    "partition_key": Unset("partition-key", sql("LIST (c)"), "LIST (c)"),
    "of_type": Unset("of-type", "q.row", "q.row"),
    "row_security": Unset("row-security", "enabled", "enabled"),
}
OF_INDEXES: Final = {
    "constraint": Unset("constraint", "x", "x"),
    "parent": Unset("parent", "q.ix", "q.ix"),
    "tablespace": Unset("tablespace", "fast", "fast"),
    "statistics": Unset("statistics", "1: 500", "1: 500"),
    **COMMENT,
}
FIRING: Final = {"trigger", "rule", "event-trigger"}
WITHOUT_OWNER: Final = {
    *("trigger", "policy", "rule", "cast", "transform", "extension", "default-privileges"),
    *("text-search-parser", "text-search-template"),
}
WITH_PRIVILEGES: Final = {
    *("function", "enum", "composite-type", "domain", "range-type", "base-type"),
    *("language", "foreign-data-wrapper", "foreign-server"),
}
"""As the documentation of PostgreSQL says: ALTER TRIGGER, ALTER ... OWNER TO, GRANT."""


def set_cases(address: Address, prefix: str, unset: Mapping[str, Unset]) -> Iterable[Case]:
    for attribute, (code, value, shown) in unset.items():
        yield Case(address, {attribute: value}, f"{prefix}-{code}", path_of(address), None, shown)


def definition_case(kind: str, code: str) -> Case:
    address = OBJECT_OF[kind]
    before = str(at(EXAMPLE, address).definition)
    change = {"definition": sql("other")}
    return Case(address, change, f"{kind}-{code}", path_of(address), before, "other", textual=True)


def object_cases(kind: str) -> Iterable[Case]:
    unset = {
        **({"enabled": Unset("enabled", "disabled", "disabled")} if kind in FIRING else {}),
        **(OWNER if kind not in WITHOUT_OWNER else {}),
        **(GRANTS if kind in WITH_PRIVILEGES else {}),
        **(COMMENT if kind != "default-privileges" else {}),
    }
    yield definition_case(kind, "definition")
    yield from set_cases(OBJECT_OF[kind], kind, unset)


def constraint_cases(kind: str) -> Iterable[Case]:
    address = OBJECT_OF[kind]
    where = path_of(address)
    yield definition_case(kind, "changed")
    if kind in {"foreign-key", "check"}:
        yield Case(address, {"validated": False}, f"{kind}-not-validated", where, "yes", "no")
    if kind != "check":
        yield from set_cases(address, kind, {"disabled_on": Unset("disabled", "q.t", "q.t")})
    yield from set_cases(address, kind, COMMENT)


CASES = [
    Case(Q, {"comment": None}, "schema-comment", "q", "ours", None),
    *set_cases(Q, "schema", {**OWNER, **GRANTS}),
    Case(T, {"kind": "view"}, "table-kind", "q.t", "table", "view"),
    Case(T, {"kind": "partitioned table"}, "table-kind", "q.t", "table", "partitioned table"),
    Case(T, {"comment": "else"}, "table-comment", "q.t", "a table", "else"),
    *set_cases(T, "table", {**OF_RELATIONS, **STORED, **OF_TABLES}),
    *(
        case
        for kind, unset in {
            "view": {},
            "materialized-view": STORED,
            "foreign-table": OF_CHILDREN,
        }.items()
        for case in (
            Case(
                OBJECT_OF[kind],
                {"kind": "table"},
                f"{kind}-kind",
                path_of(OBJECT_OF[kind]),
                kind.replace("-", " "),
                "table",
            ),
            definition_case(kind, "definition"),
            *set_cases(OBJECT_OF[kind], kind, {**OF_RELATIONS, **COMMENT, **unset}),
        )
    ),
    Case(MV, {"populated": False}, "materialized-view-not-populated", "q.mv", "yes", "no"),
    Case(ID, {"type": "bigint"}, "column-type", "q.t.id", "integer", "bigint"),
    Case(C, {"type_modifier": "(9)"}, "column-type-modifier", "q.t.c", "(10)", "(9)"),
    Case(C, {"type_modifier": None}, "column-type-modifier", "q.t.c", "(10)", None),
    Case(C, {"nullable": False}, "column-nullability", "q.t.c", "NULL", "NOT NULL"),
    Case(ID, {"nullable": True}, "column-nullability", "q.t.id", "NOT NULL", "NULL"),
    Case(
        ID,
        {"no_inherit": True},
        "column-nullability",
        "q.t.id",
        "NOT NULL",
        "NOT NULL NO INHERIT",
    ),
    Case(
        C,
        {"default": sql("'y'")},
        "column-default",
        "q.t.c",
        "'x'::character varying",
        "'y'",
        textual=True,
    ),
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
        textual=True,
    ),
    Case(C, {"collation": None}, "column-collation", "q.t.c", 'pg_catalog."C"', None),
    Case(C, {"comment": ""}, "column-comment", "q.t.c", "a column", ""),
    *set_cases(
        C,
        "column",
        {
            "storage": Unset("storage", "plain", "plain"),
            "compression": Unset("compression", "lz4", "lz4"),
            "statistics": Unset("statistics", 0, "0"),
            "options": Unset("options", "n_distinct=5", "n_distinct=5"),
            **GRANTS,
        },
    ),
    Case(C, {"privileges": ()}, "column-privileges", "q.t.c", None, "none"),
    definition_case("index", "changed"),
    Case(IX, {"valid": False}, "index-invalid", "q.t.ix", "yes", "no"),
    Case(IX, {"clustered": True}, "index-clustered", "q.t.ix", "no", "yes"),
    *set_cases(IX, "index", OF_INDEXES),
    definition_case("unique-index", "changed"),
    Case(UQ, {"valid": False}, "unique-index-invalid", "q.t.uq", "yes", "no"),
    Case(UQ, {"clustered": True}, "unique-index-clustered", "q.t.uq", "no", "yes"),
    *set_cases(UQ, "unique-index", OF_INDEXES),
    Case(FREE, {"type": "bigint"}, "sequence-type", "q.free_seq", "integer", "bigint"),
    Case(FREE, {"start": 5}, "sequence-start", "q.free_seq", "1", "5"),
    Case(FREE, {"increment": -1}, "sequence-increment", "q.free_seq", "1", "-1"),
    Case(FREE, {"minimum": 0}, "sequence-minimum", "q.free_seq", "1", "0"),
    Case(FREE, {"maximum": 9}, "sequence-maximum", "q.free_seq", "2147483647", "9"),
    Case(FREE, {"cache": 20}, "sequence-cache", "q.free_seq", "1", "20"),
    Case(FREE, {"cycle": True}, "sequence-cycle", "q.free_seq", "no", "yes"),
    *set_cases(
        FREE,
        "sequence",
        {
            "owned_by": Unset("owned-by", "q.t.c", "q.t.c"),
            "persistence": Unset("persistence", "unlogged", "unlogged"),
            **OWNER,
            **GRANTS,
            **COMMENT,
        },
    ),
    *(case for kind in KINDS for case in constraint_cases(kind)),
    *(
        case
        for kind in dict.fromkeys((*IN_TABLES, *IN_SCHEMAS, *IN_DATABASES))
        for case in object_cases(kind)
    ),
]
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
