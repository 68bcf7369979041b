"""Enum types that lose labels: whether the columns can be replaced while others read and write."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemaproof.compare import Difference
from schemaproof.history.enum_labels import guards, is_enum_type
from schemaproof.schema.database_objects import Relation, Snapshot
from schemaproof.schema.dependencies import State
from schemaproof.schema.paths import ObjectPath, path


@dataclass(frozen=True, slots=True)
class EnumReplacement:
    """An enum type that is replaced by another one.

    Attributes:
        type: The schema and the name of the type.
        table: The schema and the name of a table that uses the type; empty where none does.
        columns: The columns of that table that have the type.
        labels: The labels that the type has, and the labels that it will have.
        guards: The statements that fail where rows use a label that is removed.
        reason: The reason why the type cannot be replaced while others read and write; None where
            it can.
    """

    type: tuple[str, ...]
    table: tuple[str, ...]
    columns: tuple[str, ...]
    labels: tuple[tuple[str, ...], tuple[str, ...]]
    guards: tuple[str, ...]
    reason: str | None


def found(
    where: ObjectPath,
    states: tuple[State, Snapshot, Snapshot],
    labels: tuple[tuple[str, ...], tuple[str, ...]],
    asked: Iterable[Difference],
) -> EnumReplacement:
    """Return how a type is replaced.

    Args:
        where: The type.
        states: The schema before the change, the schema when only the replacement is left, and the
            schema after it.
        labels: The labels just before the replacement, and the labels after it.
        asked: The other differences of the change.
    """
    before, end, after = states
    using = dict(_using(before.snapshot, where))
    table, columns = next(iter(using.items()), (path(""), ()))
    return EnumReplacement(
        where.names,
        table.names,
        columns,
        labels,
        tuple(guards(where, end, after)),
        _reason(where, before, after, using, asked),
    )


def _reason(
    where: ObjectPath,
    before: State,
    after: Snapshot,
    using: dict[ObjectPath, tuple[str, ...]],
    asked: Iterable[Difference],
) -> str | None:
    if len(using) != 1:
        return f"{len(using)} tables use it"
    [table] = using
    if using != dict(_using(after, where)):
        return "columns of it come or go, too"
    others = sorted({one.path for one in asked if one.path.object == table.names})
    if others:
        return f"other parts of the table change, too ({', '.join(others)})"
    for one in before.dependencies:
        is_own = one.dependent is not None and one.dependent.path.object == table.names
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
