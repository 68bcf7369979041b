"""Enum types whose labels change: new labels are added first, and old ones removed last.

PostgreSQL can add a label to a type. To remove or reorder labels, a new type replaces the old one:
the objects that depend on the old type are dropped before, and created again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from schemaproof.compare import Difference
from schemaproof.compare.objects import identity
from schemaproof.compare.pairs import pairs
from schemaproof.history import enum_replacement
from schemaproof.history.enum_labels import enum_labels, guards, is_enum_type
from schemaproof.history.enum_replacement import EnumReplacement
from schemaproof.repair.plan import repair
from schemaproof.schema.database_objects import DatabaseObject, Relation, Schema, Snapshot
from schemaproof.schema.dependencies import State
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.values import SqlText
from schemaproof.sql import quoting

_REPLACED: Final = (
    "{}: a new type replaces it; objects that depend on it (views, policies, indexes) are dropped"
    " and created again, and lose privileges that were granted outside of the revisions; every row"
    " of these tables is rewritten while they can be neither read nor written: {}; the revision"
    " fails if rows use a label that is removed"
)
REFUSED: Final = (
    "{}: {} is in the key of a partitioned table, and PostgreSQL cannot change its type: so no"
    " label can be removed, and an added one could not be removed again; nothing is written (to"
    " add a label for good, write ALTER TYPE ... ADD VALUE in a revision by hand)"
)


@dataclass(frozen=True, slots=True)
class LabelChange:
    """Statements that change the labels of a type.

    Attributes:
        up: The statements that make the change.
        down: The statements that undo the change.
        enum: The replacement of the type while others read and write; None for new labels.
    """

    up: tuple[str, ...]
    down: tuple[str, ...]
    enum: EnumReplacement | None = None


def partition_key(where: ObjectPath, state: State) -> ObjectPath | None:
    """Return a column of a type that a table is partitioned by; None where none is.

    PostgreSQL cannot change the type of such a column, so no label can be removed, and an added
    label could not be removed again.
    """
    # Only the columns of a partition key depend on their own table (pg_depend).
    keys = {
        one.dependent.path
        for one in state.dependencies
        if one.dependent is not None
        and one.dependent.kind == "column"
        and one.on.kind == "relation"
        and one.dependent.path.object == one.on.path.names
    }
    columns = state.snapshot.all_columns()
    return next((at for at, one in columns if at in keys and is_enum_type(one.type, where)), None)


def added(where: ObjectPath, before: State, after: State) -> LabelChange | None:
    """Return the statements that add new labels; None without any."""
    old, new = (enum_labels(one.snapshot)[where] for one in (before, after))
    return _between(where, before, old, _all(old, new))


def removed(
    where: ObjectPath, before: State, after: State, asked: Iterable[Difference]
) -> LabelChange | None:
    """Return the statements that remove or reorder labels, to run last; None without any.

    Args:
        where: The type.
        before: The schema before the change.
        after: The schema that the models ask for.
        asked: The differences that the change removes.
    """
    old, new = (enum_labels(one.snapshot)[where] for one in (before, after))
    end = State(
        _at_the_end(
            before.snapshot, after.snapshot, {place for one in asked for place in one.places}
        ),
        (*after.dependencies, *before.dependencies),
    )
    union = _all(old, new)
    made = _between(where, end, union, new)
    if made is None:
        return None
    then, last = (_with_labels(end.snapshot, where, one) for one in (union, new))
    states = before, then, last
    enum = enum_replacement.found(where, states, (union, tuple(new)), _others(asked, where))
    return replace(made, enum=enum)


def _others(asked: Iterable[Difference], where: ObjectPath) -> Iterator[Difference]:
    return (one for one in asked if one.path != where)


def replacement_note(where: ObjectPath, snapshot: Snapshot) -> str:
    """Return the note for the reader about a type that is replaced by another one."""
    tables = {
        path(schema.name, relation.name)
        for schema in snapshot.schemas
        for relation in schema.relations
        if "table" in relation.kind
        and any(is_enum_type(column.type, where) for column in relation.columns)
    }
    return _REPLACED.format(where, ", ".join(sorted(tables)) or "none")


def _all(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """Return the old labels in their order, and the new ones each after the one before it."""
    found, place = [*old], 0
    for label in new:
        if label not in found:
            found.insert(place, label)
        place = found.index(label) + 1
    return tuple(found)


def _between(
    where: ObjectPath, state: State, old: Sequence[str], new: Sequence[str]
) -> LabelChange | None:
    if tuple(old) == tuple(new):
        return None
    before, after = (_with_labels(state.snapshot, where, one) for one in (old, new))
    up, down = (
        (
            *(sql for some in guards(where, found, wanted).values() for sql in some),
            *(step.sql for step in repair(wanted, found, dependencies=state.dependencies)),
        )
        for found, wanted in ((before, after), (after, before))
    )
    return LabelChange(up, down)


def _with_labels(snapshot: Snapshot, where: ObjectPath, labels: Iterable[str]) -> Snapshot:
    made = "CREATE TYPE {} AS ENUM ({})".format(where, ", ".join(map(quoting.literal, labels)))

    def changed(schema: Schema, item: DatabaseObject) -> DatabaseObject:
        is_it = item.kind == "enum" and path(schema.name).within(item.name) == where
        return replace(item, definition=SqlText((made,))) if is_it else item

    return replace(
        snapshot,
        schemas=tuple(
            replace(one, objects=tuple(changed(one, item) for item in one.objects))
            for one in snapshot.schemas
        ),
    )


def _at_the_end(before: Snapshot, after: Snapshot, asked: set[ObjectPath]) -> Snapshot:
    """Return the final schema: the requested tables, and the objects that no model knows."""
    touched = {place.object for place in asked}
    schemas = []
    for old, new in pairs(before.schemas, after.schemas):
        name = new.name if new else old.name if old else ""
        was, becomes = old or Schema(name=name), new or Schema(name=name)
        tables = [
            table
            for one in pairs(was.relations, becomes.relations)
            for table in _table(*one, is_asked={(name, it.name) for it in one if it} <= touched)
        ]
        objects = _both(was.objects, becomes.objects)
        schemas.append(replace(becomes, relations=tuple(tables), objects=objects))
    return replace(after, schemas=tuple(schemas))


def _table(old: Relation | None, new: Relation | None, *, is_asked: bool) -> Iterator[Relation]:
    if not is_asked:
        yield from (old,) if old is not None else ()
    elif new is not None:
        yield replace(new, objects=_both(old.objects, new.objects)) if old is not None else new
    elif old is not None and "table" not in old.kind:
        yield old


def _both(
    old: Iterable[DatabaseObject], new: Iterable[DatabaseObject]
) -> tuple[DatabaseObject, ...]:
    """Return the new objects, and the old ones that no model knows and nothing drops."""
    return tuple({identity(one): one for one in (*old, *new)}.values())
