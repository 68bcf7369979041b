"""Find the project's objects in a database, and the objects that prevent an upgrade."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from schemaproof.adopt.queries import SQL
from schemaproof.catalog.catalog import read_snapshot, reading, retried
from schemaproof.check.live.surroundings import surrounding_findings
from schemaproof.compare import Difference, compare
from schemaproof.connection.raw_sql import AnyConnection, records
from schemaproof.errors import HistoryError
from schemaproof.findings import findings
from schemaproof.findings.baseline import Entry
from schemaproof.findings.findings import Finding
from schemaproof.history import ledger, version_table
from schemaproof.history.history import History
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.codes import UNEXPECTED
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import path

IN_THE_WAY: Final = "existed before the upgrade in another shape, and was left untouched"
SOMEBODY_ELSES: Final = "existed before the upgrade, and does not belong to the project"


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or sequence of the database.

    Attributes:
        schema: The name of its schema.
        name: The name without the schema.
        path: The name with the schema.
        kind: The kind of the object.
        rows: The planner's estimate of the number of rows; 0 when nothing is known.
    """

    schema: str
    name: str
    path: str
    kind: str
    rows: int


@dataclass(frozen=True, slots=True)
class Adoption:
    """The result of inspecting an existing database.

    Attributes:
        revision: The revision in ``alembic_version``; None when there is none.
        ours: Objects that an upgrade created here, or that equal objects of the head.
        untouched: Objects with the name of one of the project's objects, but another definition; an
            upgrade skips them.
        blocking: Objects of this kind in a managed schema, where an upgrade stops at them.
        foreign: Objects in the managed schemas that do not belong to the project.
        elsewhere: Number of relations that are not inspected, by schema.
        accepted: Differences that a check will report after the upgrade, with the reason to accept
            them.
    """

    revision: str | None
    ours: tuple[Relation, ...]
    untouched: tuple[Relation, ...]
    blocking: tuple[Relation, ...]
    foreign: tuple[Relation, ...]
    elsewhere: tuple[tuple[str, int], ...]
    accepted: tuple[Entry, ...]


def adopt(connection: AnyConnection, project: Project, history: History) -> Adoption:
    """Inspect a database without changing it.

    Raises:
        HistoryError: The head has no snapshot, or the database is at a revision of another history.
    """
    head = history.head_snapshot
    if head is None:
        raise HistoryError("the head has no snapshot", remedy=f"run: {command_line('snapshot')}")
    return retried(lambda: _inspect(connection, project, history, head.only(project.schemas)))


def _inspect(
    connection: AnyConnection, project: Project, history: History, head: Snapshot
) -> Adoption:
    with reading(connection):
        revision = _revision(connection, project, history)
        inventory = [
            Relation(row.schema, row.name, path(row.schema, row.name), row.kind, row.rows)
            for row in records(connection, SQL.for_driver("relations"))
        ]
        created = frozenset(name for _, name in ledger.created(connection, project.scope))
        scope = replace(project.scope, own=frozenset(head.object_names()))
        live = read_snapshot(connection, scope)
        around = [finding for finding, _ in surrounding_findings(connection, scope)]
    found = _Found(revision, inventory, created, live, around)
    return _classified(found, project, history, head)


@dataclass(frozen=True, slots=True)
class _Found:
    """The facts of a database, read in one transaction."""

    revision: str | None
    inventory: list[Relation]
    created: frozenset[str]
    live: Snapshot
    around: list[Finding]


def _classified(found: _Found, project: Project, history: History, head: Snapshot) -> Adoption:
    differences = compare(head, found.live).differences
    names = {path(*name) for name in head.object_names()}
    here = {one.path for one in found.inventory} & names
    not_created = here - found.created
    at = history.snapshot_at(found.revision)
    expected = {path(*name) for name in at.object_names()} if at else set()
    blocking = {
        one.path
        for one in found.inventory
        if one.path in not_created - expected and one.schema in project.managed_schemas
    }
    differing = {name for one in differences for name in one.path.enclosing()}
    untouched = (not_created - blocking) & differing
    foreign = {
        one.path
        for one in found.inventory
        if one.schema in project.managed_schemas
        and one.path not in names | {*project.scope.history_tables}
    }

    def relations_at(wanted: Collection[str]) -> tuple[Relation, ...]:
        return tuple(one for one in found.inventory if one.path in wanted)

    return Adoption(
        revision=found.revision,
        ours=relations_at(here - untouched - blocking),
        untouched=relations_at(untouched),
        blocking=relations_at(blocking),
        foreign=relations_at(foreign),
        elsewhere=_elsewhere(found.inventory, {*names, *foreign, *project.scope.history_tables}),
        accepted=(
            *_accepted(differences, head, untouched, names, project),
            *(_entry(finding, SOMEBODY_ELSES) for finding in found.around),
        ),
    )


def _revision(connection: AnyConnection, project: Project, history: History) -> str | None:
    rows = version_table.read_history(connection, project.scope).rows or ()
    if len(rows) > 1 or any(row not in history.revisions for row in rows):
        raise HistoryError(
            f"alembic_version says {', '.join(rows)}, which is not a revision of this history",
            remedy="check out the code that the database was migrated with, or stamp a revision",
        )
    return rows[0] if rows else None


def _accepted(
    differences: Iterable[Difference],
    head: Snapshot,
    untouched: Collection[str],
    names: Collection[str],
    project: Project,
) -> Iterable[Entry]:
    """Return the differences that an upgrade will leave, without those that it removes."""
    parts = {
        where
        for where, sequence in head.all_sequences()
        if sequence.owned_by and path(*sequence.owned_by.object) in untouched
    }
    kept = {*untouched, *parts}
    for finding in findings.drift(differences, managed=project.managed_schemas):
        enclosing = {*finding.path.enclosing()}
        if not kept.isdisjoint(enclosing):
            reason = IN_THE_WAY
        elif finding.code.aspect == UNEXPECTED and enclosing.isdisjoint(names):
            reason = SOMEBODY_ELSES
        else:
            continue
        yield _entry(finding, reason)


def _entry(finding: Finding, reason: str) -> Entry:
    return Entry(finding.code, finding.path, reason, finding.expected, finding.actual)


def _elsewhere(inventory: Iterable[Relation], seen: Collection[str]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for one in inventory:
        if one.path not in seen:
            counts[one.schema] = counts.get(one.schema, 0) + 1
    return tuple(counts.items())
