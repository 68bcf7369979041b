"""Cases with one changed attribute each, and the only difference that results."""

from collections.abc import Iterable
from typing import Final

from schemaproof.schema.values import Grant
from schemaproof_testing.comparison_case import Case, Unset, definition_case, set_cases
from schemaproof_testing.snapshot_strategies import IN_DATABASES, IN_SCHEMAS, IN_TABLES, KINDS, sql
from schemaproof_testing.snapshots import OBJECT_OF, Q, T, address_path

C, ID, GENERATED = (*T, ("columns", "c")), (*T, ("columns", "id")), (*T, ("columns", "g"))
IX, UQ, FREE = OBJECT_OF["index"], OBJECT_OF["unique-index"], OBJECT_OF["sequence"]
MV = OBJECT_OF["materialized-view"]
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
    where = address_path(address)
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
                address_path(OBJECT_OF[kind]),
                kind.replace("-", " "),
                "table",
            ),
            definition_case(kind, "definition"),
            *set_cases(OBJECT_OF[kind], kind, {**OF_RELATIONS, **COMMENT, **unset}),
        )
    ),
    Case(MV, {"populated": False}, "materialized-view-not-populated", "q.mv", "yes", "no"),
    Case(ID, {"type": "bigint"}, "column-type", "q.t.id", "integer", "bigint"),
    Case(
        *(C, {"type_modifier": "(9)"}, "column-type-modifier", "q.t.c"),
        *("character varying(10)", "character varying(9)"),
    ),
    Case(
        *(C, {"type_modifier": None}, "column-type-modifier", "q.t.c"),
        *("character varying(10)", "character varying"),
    ),
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
    Case(
        FREE,
        {"type": "bigint", "maximum": 2**63 - 1},
        "sequence-type",
        "q.free_seq",
        "integer",
        "bigint",
    ),
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
