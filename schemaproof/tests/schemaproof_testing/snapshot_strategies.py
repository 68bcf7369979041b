"""Generate snapshots, for properties that hold for all of them."""

from dataclasses import fields
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    DatabaseObject,
    Index,
    Relation,
    Schema,
    Sequence,
    Snapshot,
)
from schemaproof.schema.paths import path
from schemaproof.schema.values import Grant, SqlText

_T = TypeVar("_T")
KINDS: Final = ("primary-key", "unique", "foreign-key", "check", "exclusion")
IN_TABLES: Final = ("policy", "rule", "statistics", "trigger")
IN_SCHEMAS: Final = (
    *("base-type", "collation", "composite-type", "conversion", "default-privileges", "domain"),
    *("enum", "function", "operator", "operator-class", "operator-family", "range-type"),
    *("text-search-configuration", "text-search-dictionary"),
    *("text-search-parser", "text-search-template"),
)
IN_DATABASES: Final = (
    *("cast", "default-privileges", "event-trigger", "extension", "foreign-data-wrapper"),
    *("foreign-server", "language", "publication", "transform"),
)
"""The kinds of database objects by the place where they are."""
HOSTILE_NAMES: Final = (
    "Team DNA",
    'say "no"',
    "it's",
    "select",
    "100%",
    "%s",
    "a.b",
    "two\nlines",
    "tab\tbed",
    "[red]",
    "back\\slash",
    "größe",
    "数据",
    "é" * 31 + "x",  # This has 63 bytes, the longest name of PostgreSQL.
    " ",
)


def sql(*prints: str) -> SqlText:
    return SqlText(prints)


def label(item: Any) -> str:
    """Draw the name of an object."""
    return f"{item.kind} {item.name}" if isinstance(item, DatabaseObject) else str(item.name)


characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
names = st.sampled_from(HOSTILE_NAMES) | st.text(characters, min_size=1, max_size=15)
texts = st.text(characters, max_size=20)
sql_texts = st.lists(texts, min_size=1, max_size=2, unique=True).map(lambda all_: sql(*all_))


def _sorted(items: st.SearchStrategy[_T]) -> st.SearchStrategy[tuple[_T, ...]]:
    return st.lists(items, max_size=3, unique_by=label).map(
        lambda found: tuple(sorted(found, key=label))
    )


grants = st.builds(
    Grant,
    part=st.sampled_from(["owner", "PUBLIC", "another role"]) | names,
    privileges=st.sampled_from(["ALL", "ALL*", "SELECT", "INSERT, SELECT*", ""]),
    role=st.none() | names,
)
privileges = st.none() | st.lists(grants, max_size=2).map(tuple)
words = st.none() | texts
numbers = st.integers(-(2**63), 2**63 - 1)
persistences = st.sampled_from([None, "unlogged"])
BY_TYPE: Final[dict[str, st.SearchStrategy[Any]]] = {
    "str": names,
    "str | None": words,
    "bool": st.booleans(),
    "int": numbers,
    "int | None": st.none() | st.integers(0, 10000),
    "SqlText": sql_texts,
    "SqlText | None": st.none() | sql_texts,
    "ObjectPath | None": st.none() | names.map(path),
    "tuple[Grant, ...] | None": privileges,
}


def built(cls: type[_T], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[_T]:
    """Draw a value of a class: a compared attribute that is not given has any value of its type."""
    described: Any = fields(cls)  # type: ignore[arg-type]
    others = {
        one.name: BY_TYPE[one.type] for one in described if one.compare and one.name not in given
    }
    return st.builds(cls, **others, **given)


def object_tuples(kinds: tuple[str, ...]) -> st.SearchStrategy[tuple[DatabaseObject, ...]]:
    enabled = st.sampled_from([None, "disabled", "replica", "always"])
    return _sorted(built(DatabaseObject, kind=st.sampled_from(kinds), enabled=enabled))


columns = built(
    Column,
    position=st.integers(1, 1600),
    identity=st.sampled_from([None, "ALWAYS", "BY DEFAULT"]),
)
index_definitions = st.tuples(st.sampled_from(["CREATE INDEX ", "CREATE UNIQUE INDEX "]), texts)
indexes = built(
    Index,
    definition=index_definitions.map(lambda parts: sql("".join(parts))),
    constraint=st.none() | names,
)
relations = built(
    Relation,
    kind=st.sampled_from(
        ["table", "partitioned table", "view", "materialized view", "foreign table"]
    ),
    persistence=persistences,
    columns=_sorted(columns),
    constraints=_sorted(built(Constraint, kind=st.sampled_from(KINDS))),
    indexes=_sorted(indexes),
    objects=object_tuples(IN_TABLES),
)
integer_types = st.sampled_from(["smallint", "integer", "bigint"])
schemas = built(
    Schema,
    owner_role=words,
    relations=_sorted(relations),
    sequences=_sorted(built(Sequence, type=integer_types, persistence=persistences)),
    objects=object_tuples(IN_SCHEMAS),
)
snapshots = st.builds(
    Snapshot, _sorted(schemas), object_tuples(IN_DATABASES), st.none() | st.integers(15, 18)
)
