"""Enum types that lose labels: whether the columns can be replaced while others read and write."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemaproof.compare import Difference
from schemaproof.history.enum_labels import guards, is_enum_type
from schemaproof.schema.database_objects import Relation, Snapshot
from schemaproof.schema.dependencies import State
from schemaproof.schema.paths import ObjectPath, path


@dataclass(frozen=True, slots=True)
class EnumTable:
    """A table whose columns have the type.

    Attributes:
        table: The schema and the name of the table.
        columns: The columns that have the type.
        guards: The statements that fail where rows use a label that is removed.
    """

    table: tuple[str, ...]
    columns: tuple[str, ...]
    guards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnumReplacement:
    """An enum type that is replaced by another one.

    Attributes:
        type: The schema and the name of the type.
        tables: The tables that use the type.
        labels: The labels that the type has, and the labels that it will have.
        reason: The reason why the type cannot be replaced while others read and write; None where
            it can.
    """

    type: tuple[str, ...]
    tables: tuple[EnumTable, ...]
    labels: tuple[tuple[str, ...], tuple[str, ...]]
    reason: str | None


def found(
    where: ObjectPath,
    states: tuple[State, Snapshot, Snapshot],
    labels: tuple[tuple[str, ...], tuple[str, ...]],
    asked: Iterable[Difference],
) -> EnumReplacement:
    """Return the facts from which an enum type is replaced.

    Args:
        where: The type.
        states: The schema before the change, the schema when only the replacement is left, and the
            schema after it.
        labels: The labels just before the replacement, and the labels after it.
        asked: The other differences of the change.
    """
    before, end, after = states
    using = dict(_using(before.snapshot, where))
    counted = guards(where, end, after)
    tables = tuple(
        EnumTable(table.names, columns, counted.get(table, ())) for table, columns in using.items()
    )
    return EnumReplacement(where.names, tables, labels, _reason(where, before, after, using, asked))


def _reason(
    where: ObjectPath,
    before: State,
    after: Snapshot,
    using: dict[ObjectPath, tuple[str, ...]],
    asked: Iterable[Difference],
) -> str | None:
    if using != dict(_using(after, where)):
        return "columns of the type are added or dropped, too"
    tables = {one.names for one in using}
    others = sorted({one.path for one in asked if one.path.object in tables})
    if others:
        return f"other parts of its tables change, too ({', '.join(others)})"
    for one in before.dependencies:
        is_own = one.dependent is not None and one.dependent.path.object in tables
        if one.on.path == where and not is_own:
            return f"{one.described} depends on it"
    return None


def _using(snapshot: Snapshot, where: ObjectPath) -> Iterator[tuple[ObjectPath, tuple[str, ...]]]:
    for schema in snapshot.schemas:
        for relation in schema.relations:
            if "table" in relation.kind and (names := _columns(relation, where)):
                yield path(schema.name, relation.name), names


def _columns(relation: Relation, where: ObjectPath) -> tuple[str, ...]:
    return tuple(one.name for one in relation.columns if is_enum_type(one.type, where))
