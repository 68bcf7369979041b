"""Snapshots to compare: an example with one of everything, and strategies for any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from introspection.paths import path
from introspection.shapes import (
    Column,
    Constraint,
    Index,
    Relation,
    Schema,
    Sequence,
    Snapshot,
    SqlText,
)

Address = tuple[tuple[str, str], ...]
"""Where an object is: ``(("schemas", "q"), ("relations", "t"), ("columns", "c"))``."""

_T = TypeVar("_T")

unhurried: Final = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
"""For properties: a slow machine is no counter-example."""
KINDS: Final = ("primary-key", "unique", "foreign-key", "check", "exclusion")
CHILDREN: Final = ("schemas", "relations", "columns", "constraints", "indexes", "sequences")
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


def sequence(name: str, owned_by: str | None = None) -> Sequence:
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


EXAMPLE: Final = Snapshot(
    (
        Schema(
            name="q",
            comment="ours",
            relations=(
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
                ),
            ),
            sequences=(sequence("free_seq"), sequence("t_id_seq", "q.t.id")),
        ),
    )
)

Q: Final[Address] = (("schemas", "q"),)
T: Final[Address] = (*Q, ("relations", "t"))
OBJECT_OF: Final = {
    "table": T,
    "column": (*T, ("columns", "c")),
    "index": (*T, ("indexes", "ix")),
    "unique-index": (*T, ("indexes", "uq")),
    "sequence": (*Q, ("sequences", "free_seq")),
    **{kind: (*T, ("constraints", kind)) for kind in KINDS},
}
"""One object of each kind that can be missing or unexpected."""


def changed(item: _T, address: Address, **changes: Any) -> _T:
    """Return a copy in which the object at an address has other attributes."""
    if not address:
        return replace(item, **changes)  # type: ignore[type-var]
    (group, name), rest = address[0], address[1:]
    children = tuple(
        changed(child, rest, **changes) if child.name == name else child
        for child in getattr(item, group)
    )
    return replace(item, **{group: children})  # type: ignore[type-var]


def without(item: _T, address: Address) -> _T:
    """Return a copy in which there is no object at an address."""
    (group, name), parent = address[-1], address[:-1]
    siblings = getattr(at(item, parent), group)
    return changed(item, parent, **{group: tuple(one for one in siblings if one.name != name)})


def at(item: Any, address: Address) -> Any:
    for group, name in address:
        item = next(child for child in getattr(item, group) if child.name == name)
    return item


def addresses(item: Any, above: Address = ()) -> Iterator[Address]:
    """Yield the address of every object."""
    for group in CHILDREN:
        for child in getattr(item, group, ()):
            here = (*above, (group, child.name))
            yield here
            yield from addresses(child, here)


def path_of(address: Address) -> str:
    return path(*(name for _, name in address))


characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
names = st.sampled_from(HOSTILE_NAMES) | st.text(characters, min_size=1, max_size=15)
texts = st.text(characters, max_size=20)
sql_texts = st.lists(texts, min_size=1, max_size=2, unique=True).map(lambda all_: sql(*all_))
comments = st.none() | texts


def _sorted_by_name(items: st.SearchStrategy[_T]) -> st.SearchStrategy[tuple[_T, ...]]:
    def name(item: Any) -> str:
        return str(item.name)

    return st.lists(items, max_size=3, unique_by=name).map(
        lambda found: tuple(sorted(found, key=name))
    )


columns = st.builds(
    Column,
    name=names,
    position=st.integers(1, 1600),
    type=texts,
    type_modifier=st.none() | texts,
    nullable=st.booleans(),
    default=st.none() | sql_texts,
    identity=st.sampled_from([None, "ALWAYS", "BY DEFAULT"]),
    generated=st.none() | sql_texts,
    collation=st.none() | texts,
    comment=comments,
)
constraints = st.builds(
    Constraint, name=names, kind=st.sampled_from(KINDS), definition=sql_texts, comment=comments
)
index_definitions = st.tuples(st.sampled_from(["CREATE INDEX ", "CREATE UNIQUE INDEX "]), texts)
indexes = st.builds(
    Index,
    name=names,
    definition=index_definitions.map(lambda parts: sql("".join(parts))),
    valid=st.booleans(),
    constraint=st.none() | names,
    comment=comments,
)
relations = st.builds(
    Relation,
    name=names,
    kind=st.sampled_from(["table", "view", "partitioned table"]),
    comment=comments,
    columns=_sorted_by_name(columns),
    constraints=_sorted_by_name(constraints),
    indexes=_sorted_by_name(indexes),
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
    owned_by=st.none() | names,
)
schemas = st.builds(
    Schema,
    name=names,
    comment=comments,
    relations=_sorted_by_name(relations),
    sequences=_sorted_by_name(sequences),
)
snapshots = _sorted_by_name(schemas).map(Snapshot)
