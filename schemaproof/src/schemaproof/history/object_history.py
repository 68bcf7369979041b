"""The changes that revisions made to one object, from the snapshots, newest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Final

from schemaproof.compare import Difference, compare
from schemaproof.compare.attributes import shown
from schemaproof.compare.named_objects import NamedObject
from schemaproof.history.history import History
from schemaproof.history.revision import Revision
from schemaproof.schema.codes import MISSING, RENAMED, UNEXPECTED
from schemaproof.schema.database_objects import Relation, Schema, Snapshot
from schemaproof.schema.kinds import COLUMN, KINDS, RELATIONS, SCHEMA
from schemaproof.schema.paths import ObjectPath, path

_SCHEMA: Final = 1  # The path of a schema has one name.
# The aspect kind means that another kind of relation now has the name.
_MADE: Final = frozenset({UNEXPECTED, "kind"})


@dataclass(frozen=True, slots=True)
class RevisionChanges:
    """The changes that a revision makes.

    Attributes:
        revision: The revision.
        differences: The differences between the schemas before and after the revision, with the
            parts of created and dropped tables; None where a schema was not recorded.
    """

    revision: Revision
    differences: tuple[Difference, ...] | None


@dataclass(frozen=True, slots=True)
class Blame:
    """The revision that gave an attribute or part its current value.

    Attributes:
        what: The attribute, or the part of the object.
        value: The current value of the attribute or part.
        revision: The revision; None when the snapshots do not show it.
    """

    what: str
    value: str
    revision: Revision | None


def all_changes(history: History) -> tuple[RevisionChanges, ...]:
    """Return the changes of every revision, newest first."""
    newest_first = reversed([*history.revisions.values()])
    return tuple(RevisionChanges(one, _with_parts(history, one)) for one in newest_first)


def _with_parts(history: History, revision: Revision) -> tuple[Difference, ...] | None:
    differences = history.own_changes(revision)
    whole = [one for one in differences or () if one.code.aspect in {UNEXPECTED, MISSING}]
    if differences is None or not whole:
        return differences
    sides = (*(history.before(revision) or ()), history.snapshot_at(revision.id) or Snapshot())
    relations = dict(chain.from_iterable(side.all_relations() for side in sides))
    parts = (_parts_like(one, relations.get(one.path)) for one in whole)
    return (*differences, *chain.from_iterable(parts))


def _parts_like(one: Difference, relation: Relation | None) -> Iterator[Difference]:
    """Yield differences for the parts of a created or dropped table."""
    if relation is None:
        return
    for part in parts_in(NamedObject(one.path, RELATIONS[relation.kind], relation)):
        if one.code.aspect == UNEXPECTED:
            yield part
        else:
            yield Difference(KINDS[part.code.kind].missing, part.path, part.actual, None)


def changes_to(changes: Iterable[RevisionChanges], where: ObjectPath) -> Iterator[RevisionChanges]:
    """Yield the changes to an object and its parts, the newest first.

    Args:
        changes: The changes of all revisions, the newest first.
        where: The path of the object today. Former names follow from the changes.
    """
    for one in changes:
        differences = one.differences or ()
        former = _former_path(differences, where)
        about = tuple(each for each in differences if _is_within(each, {where, former}))
        if about:
            yield replace(one, differences=about)
        where = former


def blame(changes: Sequence[RevisionChanges], thing: NamedObject) -> Iterator[Blame]:
    """Yield the revision for each attribute and part of an object.

    Args:
        changes: The changes of all revisions, the newest first.
        thing: The object, as it is at the head.
    """
    found = [*changes_to(changes, thing.path)]
    is_column = thing.kind is COLUMN

    def made_by(aspect: str) -> Revision | None:
        return _newest(found, lambda one: _makes(one, thing.path, aspect, is_column=is_column))

    if thing.kind is not SCHEMA:
        # A comparison does not report that a schema was created.
        yield Blame("name", thing.path.names[-1], made_by(RENAMED))
    for attribute, code in thing.kind.compared.items():
        value = shown(getattr(thing.value, attribute))
        if value is not None:
            yield Blame(attribute.replace("_", " "), value, made_by(code.aspect))
    for part in parts_in(thing):
        about_part = changes_to(changes, part.path)
        made = _newest(about_part, partial(_changes_part, part))
        yield Blame(f"{part.code.kind} {part.path.names[-1]}", part.actual or "", made)


def parts_in(thing: NamedObject) -> tuple[Difference, ...]:
    """Return the differences that create the parts of a schema or a relation."""
    value = thing.value
    if isinstance(value, Schema):
        bare, whole = replace(value, relations=(), sequences=(), objects=()), value
    elif isinstance(value, Relation):
        empty = replace(value, columns=(), constraints=(), indexes=(), objects=())
        bare = Schema(name=thing.path.names[0], relations=(empty,))
        whole = Schema(name=thing.path.names[0], relations=(value,))
    else:
        return ()
    found = compare(Snapshot((bare,)), Snapshot((whole,))).differences
    if not isinstance(value, Relation):
        return found
    places = {path(*thing.path.names, one.name): one.position for one in value.columns}
    last = len(places) + 1
    return tuple(sorted(found, key=lambda one: places[one.path] if _is_column(one) else last))


def _newest(
    changes: Iterable[RevisionChanges], fits: Callable[[Difference], bool]
) -> Revision | None:
    fitting = (one.revision for one in changes if any(map(fits, one.differences or ())))
    return next(fitting, None)


def _makes(one: Difference, where: ObjectPath, aspect: str, *, is_column: bool) -> bool:
    """Whether a difference set an attribute of an object, alone or by creating the object."""
    is_itself = len(one.path.names) == len(where.names) and _is_column(one) == is_column
    return is_itself and one.code.aspect in {aspect, *_MADE}


def _changes_part(part: Difference, one: Difference) -> bool:
    """Whether a change is about a part; a column and an index may have the same path."""
    same_depth = len(one.path.names) == len(part.path.names)
    return not same_depth or _is_column(one) == _is_column(part)


def _is_column(one: Difference) -> bool:
    return one.code.kind == COLUMN.name


def _is_within(one: Difference, names: Collection[ObjectPath]) -> bool:
    """Whether a change is about an object, under one of its names, or about a part of it."""
    return any(not {*place.enclosing()}.isdisjoint(names) for place in one.places)


def _former_path(differences: Iterable[Difference], where: ObjectPath) -> ObjectPath:
    """Return the former path of an object; a table's name is part of a column's."""
    renamed = (one for one in differences if one.code.aspect == RENAMED)
    for one in sorted(renamed, key=lambda one: len(one.path.names)):
        *_, new = one.places
        if new in where.enclosing():
            inside = where.names[len(new.names) :]
            where = path(*one.path.names, *inside) if inside else one.path
    return where
