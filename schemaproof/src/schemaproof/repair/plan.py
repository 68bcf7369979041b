"""The whole repair: expected and actual snapshot in, statements out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from schemaproof.compare.objects import identity
from schemaproof.compare.pairs import pairs, pairs_by
from schemaproof.compare.renames import with_right_names
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import access, ddl
from schemaproof.repair.access import Roles, Target
from schemaproof.repair.default_privileges import given
from schemaproof.repair.inheritance import parents_first
from schemaproof.repair.objects import Home, repair_objects
from schemaproof.repair.order import in_order, with_what_is_kept
from schemaproof.repair.renames import renaming
from schemaproof.repair.sequences import repair_sequences
from schemaproof.repair.tables import Surroundings, made_anew, repair_relation
from schemaproof.repair.types import KINDS, change_type
from schemaproof.repair.views import readers_first
from schemaproof.schema.paths import path
from schemaproof.schema.shapes import DatabaseObject, Schema, Sequence, Snapshot
from schemaproof.sql import quoting


def repair(
    expected: Snapshot, actual: Snapshot, parts: Mapping[str, str] | None = None
) -> list[Step]:
    """Return the statements that make a database as it should be, in an order in which they run.

    Args:
        expected: The schema as it should be.
        actual: The schema as it is.
        parts: The name of the role that plays each part that the project names.
    """
    steps = sorted(_steps(expected, actual, parts or {}), key=lambda step: step.phase)
    return in_order(with_what_is_kept(dict.fromkeys(steps)))


def _steps(expected: Snapshot, actual: Snapshot, parts: Mapping[str, str]) -> Iterator[Step]:
    actual, renamed = with_right_names(expected, actual)
    yield from renaming(renamed)
    for wanted, found in pairs(expected.schemas, actual.schemas):
        name = wanted.name if wanted else found.name if found else ""
        here, there = wanted or Schema(name=name), found or Schema(name=name)
        roles = Roles(
            there.owner_role or actual.owner_role, parts, given((*actual.objects, *there.objects))
        )
        if wanted is not None:
            yield from _schema(wanted, found, Roles(actual.owner_role, parts))
        around = Surroundings(here, there, _owned(here), roles, made_anew(here, there))
        yield from _relations(around)
        yield from repair_sequences(here, there, roles)
        yield from _objects(here, there, roles, (expected, actual))
    roles = Roles(actual.owner_role, parts)
    yield from repair_objects(Home(), expected.objects, actual.objects, roles)


def _schema(wanted: Schema, found: Schema | None, roles: Roles) -> Iterator[Step]:
    where, name = path(wanted.name), quoting.name(wanted.name)
    if found is None:
        yield Step(where, Phase.CREATE_SCHEMAS, f"CREATE SCHEMA {name}", creates=where)
    present = found or Schema(name=wanted.name, owner=access.WHOEVER_CREATES)
    target = Target(where, "SCHEMA", name)
    yield from access.owner(target, wanted.owner, present.owner, roles)
    grantor = replace(roles, owner=present.owner_role)
    yield from access.privileges(target, wanted.privileges, present.privileges, grantor)
    if wanted.comment != present.comment:
        yield ddl.comment(where, f"SCHEMA {name}", wanted.comment)


def _relations(around: Surroundings) -> Iterator[Step]:
    order = parents_first(around.expected)
    both = [*pairs(around.expected.relations, around.actual.relations)]
    # What a statement does to the children comes before statements about them; a view is dropped
    # before those that it reads.
    readers = readers_first(around.actual)
    both.sort(key=lambda pair: order[pair[0].name] if pair[0] else -1)
    both.sort(key=lambda pair: readers.get(pair[1].name, -1) if pair[1] else -1)
    for relation, present in both:
        yield from repair_relation(around, relation, present)


def _objects(
    here: Schema, there: Schema, roles: Roles, snapshots: tuple[Snapshot, Snapshot]
) -> Iterator[Step]:
    """Repair the objects of a schema; a type that only changed keeps the columns that use it."""
    home = Home(path(here.name), quoting.name(here.name))
    present = list(there.objects)
    for wanted, found in pairs_by(identity, here.objects, there.objects):
        if wanted and found and _is_changed_type(wanted, found):
            yield from change_type(home, wanted, found, *snapshots)
            present[present.index(found)] = replace(found, definition=wanted.definition)
    yield from repair_objects(home, here.objects, tuple(present), roles)


def _is_changed_type(wanted: DatabaseObject, found: DatabaseObject) -> bool:
    return wanted.kind in KINDS and not wanted.definition.same_as(found.definition)


def _owned(schema: Schema) -> dict[str, Sequence]:
    return {
        sequence.owned_by: sequence
        for sequence in schema.sequences
        if sequence.owned_by is not None
    }
