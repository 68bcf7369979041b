"""Any snapshot, for properties that hold of all of them."""

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
    "é" * 31 + "x",  # 63 bytes
    " ",
)


def sql(*prints: str) -> SqlText:
    return SqlText(prints)


def label(item: Any) -> str:
    """What an object is called among its siblings."""
    return f"{item.kind} {item.name}" if isinstance(item, DatabaseObject) else str(item.name)


characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
names = st.sampled_from(HOSTILE_NAMES) | st.text(characters, min_size=1, max_size=15)
texts = st.text(characters, max_size=20)
sql_texts = st.lists(texts, min_size=1, max_size=2, unique=True).map(lambda all_: sql(*all_))
comments = st.none() | texts


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
columns = st.builds(
    Column,
    name=names,
    position=st.integers(1, 1600),
    type=texts,
    type_modifier=words,
    nullable=st.booleans(),
    no_inherit=st.booleans(),
    default=st.none() | sql_texts,
    identity=st.sampled_from([None, "ALWAYS", "BY DEFAULT"]),
    generated=st.none() | sql_texts,
    collation=words,
    storage=words,
    compression=words,
    statistics=st.none() | st.integers(0, 10000),
    options=words,
    privileges=privileges,
    comment=comments,
)
constraints = st.builds(
    Constraint,
    name=names,
    kind=st.sampled_from(KINDS),
    definition=sql_texts,
    validated=st.booleans(),
    disabled_on=words,
    inherited=st.booleans(),
    comment=comments,
)
index_definitions = st.tuples(st.sampled_from(["CREATE INDEX ", "CREATE UNIQUE INDEX "]), texts)
indexes = st.builds(
    Index,
    name=names,
    definition=index_definitions.map(lambda parts: sql("".join(parts))),
    valid=st.booleans(),
    constraint=st.none() | names,
    parent=words,
    clustered=st.booleans(),
    tablespace=words,
    statistics=words,
    comment=comments,
)


def object_tuples(kinds: tuple[str, ...]) -> st.SearchStrategy[tuple[DatabaseObject, ...]]:
    return _sorted(
        st.builds(
            DatabaseObject,
            kind=st.sampled_from(kinds),
            name=names,
            definition=sql_texts,
            enabled=st.sampled_from([None, "disabled", "replica", "always"]),
            inherited=st.booleans(),
            owner=words,
            privileges=privileges,
            comment=comments,
        )
    )


relations = st.builds(
    Relation,
    name=names,
    kind=st.sampled_from(
        ["table", "partitioned table", "view", "materialized view", "foreign table"]
    ),
    definition=st.none() | sql_texts,
    persistence=st.sampled_from([None, "unlogged"]),
    partition_key=st.none() | sql_texts,
    partition_of=st.none() | sql_texts,
    inherits=words,
    of_type=words,
    access_method=words,
    tablespace=words,
    options=words,
    row_security=words,
    replica_identity=words,
    populated=st.booleans(),
    owner=words,
    privileges=privileges,
    comment=comments,
    columns=_sorted(columns),
    constraints=_sorted(constraints),
    indexes=_sorted(indexes),
    objects=object_tuples(IN_TABLES),
)
numbers = st.integers(-(2**63), 2**63 - 1)
sequences = st.builds(
    Sequence,
    name=names,
    type=st.sampled_from(["smallint", "integer", "bigint"]),
    start=numbers,
    increment=numbers,
    minimum=numbers,
    maximum=numbers,
    cache=numbers,
    cycle=st.booleans(),
    owned_by=st.none() | names.map(path),
    persistence=st.sampled_from([None, "unlogged"]),
    owner=words,
    privileges=privileges,
    comment=comments,
)
schemas = st.builds(
    Schema,
    name=names,
    owner=words,
    owner_role=words,
    privileges=privileges,
    comment=comments,
    relations=_sorted(relations),
    sequences=_sorted(sequences),
    objects=object_tuples(IN_SCHEMAS),
)
snapshots = st.builds(
    Snapshot, _sorted(schemas), object_tuples(IN_DATABASES), st.none() | st.integers(15, 18)
)
