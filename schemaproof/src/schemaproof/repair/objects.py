"""Repair objects that one statement creates, by dropping and creating them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from schemaproof.compare.objects import identity, mentioned_name, object_path
from schemaproof.compare.pairs import pairs_by
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import access, ddl, publications
from schemaproof.repair.access import Roles, Target
from schemaproof.repair.alterations import alterations
from schemaproof.repair.default_privileges import repair_default_privileges
from schemaproof.schema.database_objects import DatabaseObject
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.kinds import DEFAULT_PRIVILEGES, OBJECTS, Container
from schemaproof.schema.paths import ObjectPath

PUBLICATION: Final = "publication"
_STATES: Final = {
    None: "ENABLE",
    "disabled": "DISABLE",
    "replica": "ENABLE REPLICA",
    "always": "ENABLE ALWAYS",
}


@dataclass(frozen=True, slots=True)
class Home:
    """The place of the objects: a schema, a relation or the database.

    Attributes:
        path: The path of the place, as in a finding; empty for the database.
        schema: The schema, quoted; empty for the database.
        table: The table, qualified and quoted; empty for objects that belong to no table.
        anew: Objects that are dropped because of others, and created again.
    """

    path: ObjectPath = ObjectPath("")  # noqa: RUF009 - it never changes
    schema: str = ""
    table: str = ""
    anew: frozenset[Ref] = frozenset()

    def ref(self, item: DatabaseObject) -> Ref:
        """Return the reference to an object, for dependencies."""
        return Ref(item.kind, object_path(self.path, item))


def repair_objects(
    home: Home,
    expected: tuple[DatabaseObject, ...],
    actual: tuple[DatabaseObject, ...],
    roles: Roles,
) -> Iterator[Step]:
    """Yield the steps that repair the objects of a table, schema or database."""
    for wanted, found in pairs_by(identity, expected, actual):
        if DEFAULT_PRIVILEGES.name in (wanted and wanted.kind, found and found.kind):
            if wanted is not None or (found is not None and not found.optional):
                yield from repair_default_privileges(home.path, home.schema, wanted, found, roles)
        elif wanted is None and found is not None:
            yield _unexpected(home, found)
        elif wanted is not None and found is None:
            yield from create(home, wanted, roles)
        elif wanted is not None and found is not None and home.ref(wanted) in home.anew:
            yield from _make_again(home, wanted, found, roles)
        elif wanted is not None and found is not None and wanted != found:
            yield from _change(home, wanted, found, roles)


def _unexpected(home: Home, item: DatabaseObject) -> Step:
    """Return the step that removes an unexpected object; outside a table it is marked as risky."""
    step = drop(home, item)
    in_schema = home.path != "" and home.table == ""
    return replace(step, unmodelled=in_schema, destructive=home.path == "")


def drop(home: Home, item: DatabaseObject) -> Step:
    """Return the step that removes an object."""
    kind = OBJECTS[item.kind]
    sql = f"DROP {kind.ddl} {_name(home, item)}{_on(home, item)}"
    return Step(object_path(home.path, item), kind.dropped, sql, drops=home.ref(item))


def create(home: Home, item: DatabaseObject, roles: Roles) -> Iterator[Step]:
    """Yield the steps that create an object with all that belongs to it."""
    kind = OBJECTS[item.kind]
    if not item.inherited:
        where = object_path(home.path, item)
        name = mentioned_name(home.path, item)
        yield Step(where, kind.created, str(item.definition), creates=name, makes=home.ref(item))
    nothing = DatabaseObject(
        kind=item.kind,
        name=item.name,
        definition=item.definition,
        owner=access.WHOEVER_CREATES if kind.owned and kind.container is Container.SCHEMA else None,
        privileges=roles.to_new(kind.default_privileges, item.privileges),
    )
    yield from _attributes(home, item, nothing, roles)


def _make_again(
    home: Home, wanted: DatabaseObject, found: DatabaseObject, roles: Roles
) -> Iterator[Step]:
    """Drop an object, and create it as expected; a partition gets it from the partitioned table."""
    if wanted.kind == PUBLICATION and publications.is_alterable(wanted, found):
        yield from publications.made_again(home.ref(wanted), wanted, found)
        yield from _attributes(home, wanted, found, roles)
        return
    if not found.inherited:
        yield drop(home, found)
    yield from create(home, wanted, roles)
    target = Target(object_path(home.path, wanted), OBJECTS[wanted.kind].ddl, _name(home, wanted))
    yield from access.kept(target, wanted.privileges, found.privileges)


def _change(
    home: Home, wanted: DatabaseObject, found: DatabaseObject, roles: Roles
) -> Iterator[Step]:
    where, phase = object_path(home.path, wanted), OBJECTS[wanted.kind].created
    if wanted.definition.same_as(found.definition):
        yield from _attributes(home, wanted, found, roles)
        return
    changes = alterations(wanted.definition, found.definition)
    if changes is None and _replaceable(wanted, found):
        changes = [str(wanted.definition)]
    if changes is not None:
        yield from (Step(where, phase, change) for change in changes)
        yield from _attributes(home, wanted, found, roles)
        return
    for step in _make_again(home, wanted, found, roles):
        # Dropping the object may also drop objects that others have built on it.
        yield replace(step, destructive=not home.table) if step.drops else step


def _replaceable(wanted: DatabaseObject, found: DatabaseObject) -> bool:
    """Whether CREATE OR REPLACE can change an object: a function must keep its result type."""
    if wanted.kind != "function":
        return False
    return _head(wanted) == _head(found) and str(wanted.definition).startswith("CREATE OR REPLACE")


def _head(routine: DatabaseObject) -> tuple[str, ...]:
    """Return the beginning of a routine: name, arguments and result, in two lines."""
    return tuple(str(routine.definition).splitlines()[:2])


def _attributes(
    home: Home, wanted: DatabaseObject, found: DatabaseObject, roles: Roles
) -> Iterator[Step]:
    where = object_path(home.path, wanted)
    name = _name(home, wanted)
    if wanted.enabled != found.enabled:
        yield Step(where, Phase.ALTER_OBJECTS, _enable(home, wanted))
    target = Target(where, OBJECTS[wanted.kind].ddl, name)
    yield from access.owner(_owned(wanted, target), wanted.owner, found.owner, roles)
    yield from access.privileges(target, wanted.privileges, found.privileges, roles)
    if wanted.comment != found.comment:
        on = f"{_owned(wanted, target).kind} {name}{_on(home, wanted)}"
        yield ddl.comment(where, on, wanted.comment)


def _owned(item: DatabaseObject, target: Target) -> Target:
    """Return an aggregate in the form of ALTER AGGREGATE and COMMENT."""
    if not str(item.definition).startswith("CREATE AGGREGATE"):
        return target
    without = target.name.removesuffix("()")
    name = target.name if without == target.name else f"{without}(*)"
    return Target(target.path, "AGGREGATE", name)


def _enable(home: Home, item: DatabaseObject) -> str:
    state = _STATES[item.enabled]
    if item.kind == "event-trigger":
        return f"ALTER EVENT TRIGGER {item.name} {state}"
    return f"ALTER TABLE {home.table} {state} {item.kind.upper()} {item.name}"


def _name(home: Home, item: DatabaseObject) -> str:
    """Return the name as statements need it; extended statistics include their schema already."""
    if OBJECTS[item.kind].container is Container.SCHEMA:
        return f"{home.schema}.{item.name}"
    return item.name


def _on(home: Home, item: DatabaseObject) -> str:
    return f" ON {home.table}" if OBJECTS[item.kind].on_table else ""
