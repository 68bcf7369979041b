"""Snapshots to compare: an example with an object of each kind, and changed copies of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from hypothesis import HealthCheck, Phase, settings

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
from schemaproof_testing.snapshot_strategies import (
    _T,
    IN_DATABASES,
    IN_SCHEMAS,
    IN_TABLES,
    KINDS,
    label,
    sql,
)

Address = tuple[tuple[str, str], ...]
"""Where an object is: ``(("schemas", "q"), ("relations", "t"), ("columns", "c"))``.

A database object is called by kind and name: ``("objects", "trigger audit")``.
"""
unhurried: Final = settings(
    deadline=None,
    max_examples=15,
    # Shrinking a counter-example of a whole schema would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
"""For properties: a slow machine is no counter-example."""
CHILDREN: Final = (
    *("schemas", "relations", "columns", "constraints", "indexes", "sequences", "objects"),
)


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
    """Return one object of each kind."""
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
    """Return a copy in which the object at an address has another name, also in its definition."""
    found = at(item, address)
    definition = getattr(found, "definition", None)
    if definition is None or isinstance(found, Relation | Constraint):
        return changed(item, address, name=name)
    prints = (f" {text} ".replace(f" {found.name} ", f" {name} ", 1) for text in definition.prints)
    return changed(item, address, name=name, definition=sql(*(text.strip() for text in prints)))


def without(item: _T, address: Address) -> _T:
    """Return a copy without the object at an address."""
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
