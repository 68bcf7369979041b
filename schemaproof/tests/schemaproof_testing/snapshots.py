"""Snapshots to compare: an example with one of everything, and strategies for any other."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, settings
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
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.values import Grant, SqlText

Address = tuple[tuple[str, str], ...]
"""Where an object is: ``(("schemas", "q"), ("relations", "t"), ("columns", "c"))``.

A database object is called by kind and name: ``("objects", "trigger audit")``.
"""

_T = TypeVar("_T")

unhurried: Final = settings(
    deadline=None,
    max_examples=15,
    # A counter-example of a whole schema takes minutes to make smaller.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
"""For properties: a slow machine is no counter-example."""
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
CHILDREN: Final = (
    *("schemas", "relations", "columns", "constraints", "indexes", "sequences", "objects"),
)
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


def sequence(name: str, owned_by: ObjectPath | None = None) -> Sequence:
    return Sequence(
        name=name,
        type="integer",
        start=1,
        increment=1,
        minimum=1,
        maximum=2147483647,
        cache=1,
        owned_by=owned_by,
    )


def database_objects(*kinds: str) -> tuple[DatabaseObject, ...]:
    """One object of each kind."""
    return tuple(
        DatabaseObject(kind=kind, name=kind[0], definition=sql(f"CREATE {kind}")) for kind in kinds
    )


EXAMPLE: Final = Snapshot(
    (
        Schema(
            name="q",
            comment="ours",
            relations=(
                Relation(name="ft", kind="foreign table", definition=sql("SERVER s")),
                Relation(name="mv", kind="materialized view", definition=sql("SELECT 1")),
                Relation(
                    name="t",
                    comment="a table",
                    columns=(
                        Column(
                            name="c",
                            position=2,
                            type="character varying",
                            type_modifier="(10)",
                            default=sql("'x'::character varying"),
                            collation='pg_catalog."C"',
                            comment="a column",
                        ),
                        Column(
                            name="g", position=3, type="integer", generated=sql("(id + 1) STORED")
                        ),
                        Column(
                            name="id", position=1, type="integer", nullable=False, identity="ALWAYS"
                        ),
                    ),
                    constraints=tuple(
                        Constraint(name=kind, kind=kind, definition=sql(f"{kind} of c"))
                        for kind in sorted(KINDS)
                    ),
                    indexes=(
                        Index(name="ix", definition=sql("CREATE INDEX ix ON q.t (c)")),
                        Index(
                            name="primary-key",
                            definition=sql('CREATE UNIQUE INDEX "primary-key" ON q.t (id)'),
                            constraint="primary-key",
                        ),
                        Index(name="uq", definition=sql("CREATE UNIQUE INDEX uq ON q.t (c)")),
                    ),
                    objects=database_objects(*IN_TABLES),
                ),
                Relation(name="v", kind="view", definition=sql("SELECT 1")),
            ),
            sequences=(sequence("free_seq"), sequence("t_id_seq", path("q", "t", "id"))),
            objects=database_objects(*IN_SCHEMAS),
        ),
    ),
    database_objects(*IN_DATABASES),
)

Q: Final[Address] = (("schemas", "q"),)
T: Final[Address] = (*Q, ("relations", "t"))
OBJECT_OF: Final = {
    "table": T,
    "view": (*Q, ("relations", "v")),
    "materialized-view": (*Q, ("relations", "mv")),
    "foreign-table": (*Q, ("relations", "ft")),
    "column": (*T, ("columns", "c")),
    "index": (*T, ("indexes", "ix")),
    "unique-index": (*T, ("indexes", "uq")),
    "sequence": (*Q, ("sequences", "free_seq")),
    **{kind: (*T, ("constraints", kind)) for kind in KINDS},
    **{kind: (*T, ("objects", f"{kind} {kind[0]}")) for kind in IN_TABLES},
    **{kind: (("objects", f"{kind} {kind[0]}"),) for kind in IN_DATABASES},
    **{kind: (*Q, ("objects", f"{kind} {kind[0]}")) for kind in IN_SCHEMAS},
}
"""One object of each kind that can be missing or unexpected."""


def label(item: Any) -> str:
    """What an object is called among its siblings."""
    return f"{item.kind} {item.name}" if isinstance(item, DatabaseObject) else str(item.name)


def changed(item: _T, address: Address, **changes: Any) -> _T:
    """Return a copy in which the object at an address has other attributes."""
    if not address:
        return replace(item, **changes)  # type: ignore[type-var]
    (group, name), rest = address[0], address[1:]
    children = tuple(
        changed(child, rest, **changes) if label(child) == name else child
        for child in getattr(item, group)
    )
    return replace(item, **{group: children})  # type: ignore[type-var]


def renamed(item: Snapshot, address: Address, name: str = "zz") -> Snapshot:
    """Return a copy in which the object at an address has another name, in its definition too."""
    found = at(item, address)
    definition = getattr(found, "definition", None)
    if definition is None or isinstance(found, Relation | Constraint):
        return changed(item, address, name=name)
    prints = (f" {text} ".replace(f" {found.name} ", f" {name} ", 1) for text in definition.prints)
    return changed(item, address, name=name, definition=sql(*(text.strip() for text in prints)))


def without(item: _T, address: Address) -> _T:
    """Return a copy in which there is no object at an address."""
    (group, name), parent = address[-1], address[:-1]
    siblings = getattr(at(item, parent), group)
    return changed(item, parent, **{group: tuple(one for one in siblings if label(one) != name)})


def at(item: Any, address: Address) -> Any:
    for group, name in address:
        item = next(child for child in getattr(item, group) if label(child) == name)
    return item


def addresses(item: Any, above: Address = ()) -> Iterator[Address]:
    """Yield the address of every object."""
    for group in CHILDREN:
        for child in getattr(item, group, ()):
            here = (*above, (group, label(child)))
            yield here
            yield from addresses(child, here)


def address_path(address: Address) -> str:
    (group, name), above = address[-1], address[:-1]
    if group != "objects":
        return path(*(name for _, name in address))
    return f"{address_path(above)}.{name.partition(' ')[2]}" if above else name


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
