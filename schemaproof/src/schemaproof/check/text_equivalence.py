"""Let PostgreSQL decide whether two texts differ only in how they are printed.

A print depends on how often a text was parsed, and for views on the major version. So the revision
is built in a scratch database, its texts are replaced by those of the live database, and what
PostgreSQL prints then is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import psycopg2

from schemaproof.catalog.canonical_text import merged, read_canonical_snapshot
from schemaproof.catalog.catalog import inside_transaction
from schemaproof.compare import Difference, compare
from schemaproof.compare.renamed_parts import prints_without_name, without_name
from schemaproof.compare.renames import with_right_names
from schemaproof.connection.raw_sql import DriverConnection, rolled_back, rows
from schemaproof.errors import SchemaproofError
from schemaproof.findings.steps import Phase, Step
from schemaproof.history import starting_point
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import project_scratch
from schemaproof.project import Project
from schemaproof.repair.plan import repair
from schemaproof.schema.codes import Code
from schemaproof.schema.database_objects import Index, Snapshot
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope
from schemaproof.sql import quoting

UNDECIDED: Final = (
    "only the texts were compared: no scratch database was available to compare their meaning"
)
# These steps are left out, because the scratch database does not have the roles of the live
# database.
_ROLES: Final = frozenset({Phase.OWNERS, Phase.GRANTS})


def real_differences(
    project: Project,
    revisions: Sequence[str],
    expected: Snapshot,
    actual: Snapshot,
    differences: Sequence[Difference],
) -> tuple[Difference, ...]:
    """Drop differences between texts that PostgreSQL only prints differently.

    Args:
        project: The project whose history is replayed.
        revisions: The revisions that lead to ``expected``.
        expected: The schema that the revisions produce.
        actual: The schema of the live database.
        differences: The differences between both schemas.
    """
    textual = [difference for difference in differences if difference.textual]
    if not textual:
        return tuple(differences)
    try:
        same = set(_equivalent(project, revisions, expected, actual, textual))
    except (SchemaproofError, psycopg2.Error):
        return tuple(
            replace(difference, hint=UNDECIDED) if difference.textual else difference
            for difference in differences
        )
    return tuple(difference for difference in differences if difference not in same)


def are_decided(differences: Iterable[Difference]) -> bool:
    """Whether a scratch database decided about all these differences."""
    return all(one.hint != UNDECIDED for one in differences)


def _equivalent(
    project: Project,
    revisions: Sequence[str],
    expected: Snapshot,
    actual: Snapshot,
    textual: Sequence[Difference],
) -> Iterator[Difference]:
    scope = project.scratch_scope()
    actual, _ = with_right_names(expected, actual)
    steps = [step for step in repair(actual, expected) if step.phase not in _ROLES]
    with ProjectProbe(project) as probe, project_scratch(project) as scratch:
        starting_point.make(probe, scratch)
        for revision in revisions:
            probe.upgrade(scratch, revision)
        connection = scratch.connection
        with rolled_back(connection):
            _rename_schema(connection, project)
            known = merged(expected, _read(connection, scope))
            for difference in textual:
                changed = [step for step in steps if step.path == difference.path]
                trial = _Trial(connection, scope, known, difference, changed)
                same = trial.index_is_same() if _is_index(difference) else trial.text_is_same()
                if same:
                    yield difference


def _rename_schema(connection: DriverConnection, project: Project) -> None:
    """Rename the schema that represents all tenants to that of the tenant."""
    if project.tenant is None:
        return
    old = project.schema_of_tenants
    rows(connection, f"ALTER SCHEMA {quoting.name(old)} RENAME TO {quoting.name(project.tenant)}")
    rows(connection, f"CREATE SCHEMA {quoting.name(old)}")


@dataclass(frozen=True, slots=True)
class _Trial:
    """The trial of one text of the live database in place of the recorded text.

    Attributes:
        connection: The connection to the scratch database at the revision, within a transaction.
        scope: The schemas and objects to read.
        known: The schema of the scratch database, with every known print of its texts.
        difference: The text in question.
        steps: The statements that replace the recorded text with that of the live database.
    """

    connection: DriverConnection
    scope: Scope
    known: Snapshot
    difference: Difference
    steps: Sequence[Step]

    def text_is_same(self) -> bool:
        """Whether the object is the same with the text of the live database."""
        # PostgreSQL ends the text of a view with a semicolon, which CREATE VIEW does not contain.
        text = (self.difference.actual or "").rstrip(";")
        if not any(text in step.sql for step in self.steps):
            return False  # No step contains the text, so nothing would be tried.
        tried = self._read_after([step.sql for step in self.steps])
        if tried is None:
            return False
        return not any(
            (one.code, one.path) == (self.difference.code, self.difference.path)
            for one in compare(self.known, tried).differences
        )

    def index_is_same(self) -> bool:
        """Whether a second index with the live definition equals the recorded index.

        The recorded index is kept, because an index of a constraint or a partitioned index cannot
        be dropped.
        """
        recorded = _indexes(self.known).get(self.difference.path)
        if recorded is None:
            return False
        tried = self._read_after([without_name(recorded.name, self.difference.actual or "")])
        if tried is None:
            return False
        before = _indexes(self.known)
        made = (index for where, index in _indexes(tried).items() if where not in before)
        prints = prints_without_name(recorded)
        return any(not prints.isdisjoint(prints_without_name(index)) for index in made)

    def _read_after(self, statements: Sequence[str]) -> Snapshot | None:
        """Execute statements, and read the resulting schema; None when the server refuses one."""
        with inside_transaction(self.connection):
            try:
                for statement in statements:
                    rows(self.connection, statement)
            except psycopg2.Error:
                return None
            return _read(self.connection, self.scope)


def _is_index(difference: Difference) -> bool:
    return difference.code in {Code("index", "changed"), Code("unique-index", "changed")}


def _indexes(snapshot: Snapshot) -> dict[str, Index]:
    return {
        path(*where.names, index.name): index
        for where, relation in snapshot.all_relations()
        for index in relation.indexes
    }


def _read(connection: DriverConnection, scope: Scope) -> Snapshot:
    found = read_canonical_snapshot(connection, scope)
    return found.only(scope.schemas)
