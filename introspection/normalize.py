"""Catalog rows → snapshot values: the one place where both sides of a comparison are made alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from collections.abc import Sequence as Rows
from typing import Any, Protocol, TypeVar

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


class Row(Protocol):
    """A catalog row, by column name."""

    def __getitem__(self, name: str, /) -> Any: ...


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def snapshot(
    *,
    schemas: Rows[Row],
    relations: Rows[Row],
    columns: Rows[Row],
    constraints: Rows[Row],
    indexes: Rows[Row],
    sequences: Rows[Row],
) -> Snapshot:
    """Put the rows of the catalog queries together."""
    columns_of = _grouped(columns, "relation", _column)
    constraints_of = _grouped(constraints, "relation", _constraint)
    indexes_of = _grouped(indexes, "relation", _index)

    def relation(row: Row) -> Relation:
        return Relation(
            name=row["name"],
            kind=row["kind"],
            comment=row["comment"],
            columns=columns_of[row["oid"]],
            constraints=constraints_of[row["oid"]],
            indexes=indexes_of[row["oid"]],
        )

    relations_of = _grouped(relations, "schema", relation)
    sequences_of = _grouped(sequences, "schema", _sequence)
    return Snapshot(
        tuple(
            Schema(
                name=row["name"],
                comment=row["comment"],
                relations=relations_of[row["name"]],
                sequences=sequences_of[row["name"]],
            )
            for row in schemas
        )
    )


def _column(row: Row) -> Column:
    return Column(
        name=row["name"],
        position=row["position"],
        type=row["type"],
        type_modifier=_type_modifier(row["type"], row["full_type"]),
        nullable=row["nullable"],
        default=_text(row["default"]),
        identity=row["identity"],
        generated=_text(row["generated"]),
        collation=row["collation"],
        comment=row["comment"],
    )


def _constraint(row: Row) -> Constraint:
    return Constraint(
        name=row["name"],
        kind=row["kind"],
        definition=SqlText((row["definition"],)),
        comment=row["comment"],
    )


def _index(row: Row) -> Index:
    return Index(
        name=row["name"],
        definition=SqlText((row["definition"],)),
        valid=row["valid"],
        constraint=row["constraint"],
        comment=row["comment"],
    )


def _sequence(row: Row) -> Sequence:
    owner = (row["owner_schema"], row["owner_relation"], row["owner_column"])
    return Sequence(
        name=row["name"],
        type=row["type"],
        start=row["start"],
        increment=row["increment"],
        minimum=row["minimum"],
        maximum=row["maximum"],
        cache=row["cache"],
        cycle=row["cycle"],
        owned_by=None if row["owner"] is None else path(*owner),
    )


def _type_modifier(base: str, full: str | None) -> str | None:
    """What the modifier adds to the base type.

    >>> _type_modifier("character varying", "character varying(100)")
    '(100)'
    >>> _type_modifier("timestamp with time zone", "timestamp(3) with time zone")
    '(3)'
    >>> _type_modifier("interval", "interval day to second(3)")
    'day to second(3)'
    >>> _type_modifier("interval[]", "interval day to second(3)[]")
    'day to second(3)'
    """
    if full is None or full == base:
        return None
    base, full = base.removesuffix("[]"), full.removesuffix("[]")
    if full.startswith(base):
        return full.removeprefix(base).strip()
    in_the_middle = re.search(r"\([\d,\s-]+\)", full)
    return in_the_middle.group() if in_the_middle else full


def _text(printed: str | None) -> SqlText | None:
    return None if printed is None else SqlText((printed,))


def _grouped(
    rows: Iterable[Row], key: str, make: Callable[[Row], _T]
) -> defaultdict[Any, tuple[_T, ...]]:
    groups: defaultdict[Any, list[_T]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(make(row))
    ordered = {group: tuple(sorted(items, key=_name)) for group, items in groups.items()}
    return defaultdict(tuple, ordered)


def _name(item: _Named) -> str:
    return item.name
