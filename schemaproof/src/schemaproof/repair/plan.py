"""Generate the whole repair from an expected and an actual snapshot."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from schemaproof.compare.objects import identity
from schemaproof.compare.pairs import pairs, pairs_by
from schemaproof.compare.renames import with_right_names
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import access, ddl
from schemaproof.repair.access import Roles, Target
from schemaproof.repair.default_privileges import given
from schemaproof.repair.dependents import check_ref, dependents, refs
from schemaproof.repair.inheritance import parents_first
from schemaproof.repair.objects import Home, repair_objects
from schemaproof.repair.order import in_order
from schemaproof.repair.renames import renaming
from schemaproof.repair.sequences import Owners, repair_sequences
from schemaproof.repair.tables import Surroundings, repair_relation
from schemaproof.repair.together import together
from schemaproof.repair.types import KINDS, change_type
from schemaproof.schema.database_objects import Schema, Sequence, Snapshot
from schemaproof.schema.dependencies import Dependency, Ref
from schemaproof.schema.paths import path
from schemaproof.sql import quoting


def repair(
    expected: Snapshot,
    actual: Snapshot,
    parts: Mapping[str, str] | None = None,
    dependencies: Iterable[Dependency] = (),
) -> list[Step]:
    """Return the statements that repair a database, in an order in which they can run.

    Args:
        expected: The schema as it should be.
        actual: The schema as it is.
        parts: The name of the role that plays each part that the project names.
        dependencies: The dependencies between objects of the database.
    """
    actual, renamed = with_right_names(expected, actual)
    depending = dependents(dependencies, renamed, actual)
    known = frozenset(refs(expected)) & frozenset(refs(actual))
    anew: frozenset[Ref] = frozenset()
    while True:
        steps = [*dict.fromkeys(_steps(expected, actual, parts or {}, anew))]
        more = {one.dependent for step in steps for one in depending.dependencies(step)}
        added = frozenset(
            ref for ref in more if ref in known and not depending.is_plain_column(ref)
        )
        if added <= anew:
            break
        anew |= added
    found = [*renaming(renamed), *sorted(steps, key=lambda step: step.phase)]
    return in_order(together(found, depending, anew), depending)


def _steps(
    expected: Snapshot, actual: Snapshot, parts: Mapping[str, str], anew: frozenset[Ref]
) -> Iterator[Step]:
    owners = Owners(expected, actual, anew)
    for wanted, found in pairs(expected.schemas, actual.schemas):
        name = wanted.name if wanted else found.name if found else ""
        here, there = wanted or Schema(name=name), found or Schema(name=name)
        roles = Roles(
            there.owner_role or actual.owner_role, parts, given((*actual.objects, *there.objects))
        )
        if wanted is not None:
            yield from _schema(wanted, found, Roles(actual.owner_role, parts))
        around = Surroundings(here, there, _owned(here), roles, anew)
        yield from _relations(around)
        yield from repair_sequences(here, there, roles, owners)
        yield from _objects(around, (expected, actual))
    roles = Roles(actual.owner_role, parts)
    yield from repair_objects(Home(anew=anew), expected.objects, actual.objects, roles)


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
    # Parents come first, because a statement about a parent also changes its children.
    both.sort(key=lambda pair: order[pair[0].name] if pair[0] else -1)
    for relation, present in both:
        yield from repair_relation(around, relation, present)


def _objects(around: Surroundings, snapshots: tuple[Snapshot, Snapshot]) -> Iterator[Step]:
    """Repair the objects of a schema; a type that only changed keeps the columns that use it."""
    here, there, anew = around.expected, around.actual, around.anew
    home = Home(path(here.name), quoting.name(here.name), anew=anew)
    present = list(there.objects)
    changed: set[Ref] = set()
    for wanted, found in pairs_by(identity, here.objects, there.objects):
        if wanted and found and wanted.kind in KINDS:
            ref = home.ref(wanted)
            own = not wanted.definition.same_as(found.definition)
            if own or not anew.isdisjoint({ref, check_ref(ref)}):
                yield from change_type(home, wanted, found, *snapshots)
                present[present.index(found)] = replace(found, definition=wanted.definition)
                changed.add(ref)
    rest = replace(home, anew=anew - changed)
    yield from repair_objects(rest, here.objects, tuple(present), around.roles)


def _owned(schema: Schema) -> dict[str, Sequence]:
    return {
        sequence.owned_by: sequence
        for sequence in schema.sequences
        if sequence.owned_by is not None
    }
