"""Determine from the catalogs which changes a new revision makes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Final

from schemaproof.compare import Difference
from schemaproof.history.enum_labels import is_enum_type
from schemaproof.schema.codes import MISSING, RENAMED, UNEXPECTED, Code
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.kinds import CONSTRAINTS
from schemaproof.schema.paths import ObjectPath, path

_TABLES: Final = frozenset({"table", "partitioned-table", "foreign-table"})
_IN_PLACE: Final = frozenset({*CONSTRAINTS, "index", "unique-index"})


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one object, for autogenerate.

    Attributes:
        kind: The kind of the object.
        aspect: ``creates``, ``drops``, ``renames``, or the attribute that differs.
        where: The path of the object.
        before: The object before; None when it does not exist.
        after: The object after; None when it is dropped.
    """

    kind: str
    aspect: str
    where: ObjectPath
    before: str | None
    after: str | None


def matching(found: Iterable[Difference], only: Sequence[str]) -> tuple[Difference, ...]:
    """Return the differences of objects that match patterns, and of their parts.

    >>> [one.path for one in matching([Difference(Code("column", "missing"),
    ...     path("shop", "customer", "email"), "text", None)], ["shop.customer"])]
    ['shop.customer.email']
    """
    return tuple(
        one
        for one in found
        if any(
            fnmatchcase(name, pattern)
            for place in one.places
            for name in place.enclosing()
            for pattern in only
        )
    )


def with_types(
    asked: Sequence[Difference], found: Iterable[Difference], *states: Snapshot
) -> tuple[Difference, ...]:
    """Add the enum types that the changes need or no longer need."""
    touched = {place.object for one in asked for place in one.places}
    used = {
        column.type
        for state in states
        for where, column in state.all_columns()
        if where.object in touched
    }
    more = [
        one
        for one in found
        if one.code.kind == "enum" and any(is_enum_type(type_, one.path) for type_ in used)
    ]
    return tuple(dict.fromkeys((*asked, *more)))


def for_autogenerate(
    asked: Iterable[Difference], before: Snapshot, after: Snapshot
) -> list[Change]:
    """Return every change by object; a new or dropped table also with its parts.

    Args:
        asked: The differences that the revision removes.
        before: The schema before the change.
        after: The schema after the change.
    """
    inherited = {*_inherited(before)} & {*_inherited(after)}
    return [
        change
        for one in asked
        if one.code.kind not in CONSTRAINTS or one.path not in inherited
        for change in _changes(one, before, after)
    ]


def _inherited(state: Snapshot) -> Iterator[ObjectPath]:
    """Yield the constraints of partitions and children that change with those of the parent."""
    for table, relation in state.all_relations():
        for constraint in relation.constraints:
            if constraint.inherited:
                yield path(*table.names, constraint.name)


def _changes(one: Difference, before: Snapshot, after: Snapshot) -> Iterator[Change]:
    kind, aspect = one.code.kind, one.code.aspect
    where = one.path
    if aspect == RENAMED and kind in _IN_PLACE:
        yield Change(kind, "renames", where, where.names[-1], one.actual)
    elif aspect == RENAMED:
        old, new = one.places
        yield from _changes(_as(one, MISSING, old), before, after)
        yield from _changes(_as(one, UNEXPECTED, new), before, after)
    else:
        verb = {UNEXPECTED: "creates", MISSING: "drops"}.get(aspect, aspect)
        if kind == "enum":
            yield Change(kind, verb, where, _type(before, where), _type(after, where))
        else:
            yield Change(kind, verb, where, one.expected, one.actual)
        if kind in _TABLES and verb in ("creates", "drops"):
            yield from _parts(verb, where, after if verb == "creates" else before)


def _as(one: Difference, aspect: str, where: ObjectPath) -> Difference:
    return replace(one, code=Code(one.code.kind, aspect), path=where)


def _parts(verb: str, table: ObjectPath, state: Snapshot) -> Iterator[Change]:
    relation = dict(state.all_relations())[table]
    for kind, parts in (
        ("column", relation.columns),
        ("constraint", relation.constraints),
        ("index", relation.indexes),
    ):
        for part in parts:
            yield Change(kind, verb, path(*table.names, part.name), None, None)


def _type(state: Snapshot, where: ObjectPath) -> str | None:
    for schema in state.schemas:
        for thing in schema.objects:
            if thing.kind == "enum" and (schema.name, thing.name) == where.names:
                return str(thing.definition)
    return None


def described(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return changes as JSON values for the project's Python."""
    return [
        {
            "kind": one.kind,
            "aspect": one.aspect,
            "names": list(one.where.names),
            "where": one.where,
            "table": path(*one.where.names[:2]),
            "schema": path(one.where.names[0]),
            "name": path(one.where.names[-1]),
            "new_name": path(one.after) if one.aspect == "renames" and one.after else None,
            "before": one.before,
            "after": one.after,
        }
        for one in changes
    ]
