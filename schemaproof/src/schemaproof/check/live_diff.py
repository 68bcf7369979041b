"""Compare the live database with the expected schema."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from schemaproof.catalog.catalog import read_snapshot
from schemaproof.catalog.dependencies import read_dependencies
from schemaproof.check import renamed_tables
from schemaproof.compare import Comparison, Difference, compare
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.findings import findings
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.history import snapshot_file
from schemaproof.schema.codes import Code
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.scope import Scope

# PostgreSQL qualifies the columns in the text of a view before this major version, and not since.
_VIEWS_CHANGED: Final = 16
_VIEW_TEXTS: Final = frozenset(
    {Code("view", "definition"), Code("materialized-view", "definition")}
)


# There are no slots, because the fingerprint is cached in the __dict__.
@dataclass(frozen=True)
class State:
    """The live database as it was read, and its differences.

    Attributes:
        expected: The expected schema.
        scope: The schemas and objects that were compared.
        actual: The schema of the database.
        differences: The differences between both.
        report: The differences as findings.
        equivalent: Paths of objects that differ in nothing but the print of a text.
    """

    expected: Snapshot
    scope: Scope
    actual: Snapshot
    differences: tuple[Difference, ...]
    report: Report
    equivalent: frozenset[ObjectPath] = field(default=frozenset())

    @property
    def texts(self) -> frozenset[tuple[Code, ObjectPath]]:
        """Code and path of each text that differs."""
        return frozenset((one.code, one.path) for one in self.differences if one.textual)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the schema."""
        return snapshot_file.fingerprint(self.actual)


def read_state(connection: AnyConnection, scope: Scope, expected: Snapshot) -> State:
    """Read the objects in scope within the current transaction, and compare them.

    Every difference of text counts. A caller that can rule out differences of print alone passes
    the remaining ones to :func:`with_differences`.

    Args:
        connection: The database to read.
        scope: The schemas to look at; in the shared ones only the expected objects are read.
        expected: The expected schema; parts of it outside the scope are ignored.
    """
    expected = expected.only(scope.schemas)
    scope = replace(scope, own=frozenset(expected.object_names()))
    actual, found = _read(connection, scope, expected)
    more = renamed_tables.candidates(connection, scope, expected, found.differences)
    while more:
        wider = replace(scope, own=frozenset({*expected.object_names(), *more}))
        seen, compared = _read(connection, wider, expected)
        renamed = more & renamed_tables.renamed(compared.differences)
        if renamed == more:
            scope, actual, found = wider, seen, compared
            break
        # A table that is only similar belongs to somebody else.
        more = renamed
    report = Report((), found.objects, found.attributes)
    state = State(expected, scope, actual, found.differences, report)
    return with_differences(state, found.differences)


def _read(
    connection: AnyConnection, scope: Scope, expected: Snapshot
) -> tuple[Snapshot, Comparison]:
    actual = read_snapshot(connection, scope)
    return actual, compare(expected, actual)


def with_differences(state: State, differences: tuple[Difference, ...]) -> State:
    """Return a state with the real differences; the other texts are equivalent."""
    drift = findings.drift(differences, managed=state.scope.managed)
    found = tuple(_with_unverified_views(drift, differences, state.expected, state.actual))
    gone = {one.path for one in state.differences} - {one.path for one in differences}
    return replace(
        state,
        differences=differences,
        report=Report(found, state.report.objects, state.report.attributes),
        equivalent=state.equivalent | gone,
    )


def with_repairs(state: State, connection: AnyConnection) -> State:
    """Return a state whose report has the statements that repair the differences.

    Args:
        state: The state with the differences.
        connection: The connection that the state was read from, within the same transaction.
    """
    if not state.report.findings:
        return state
    from schemaproof.repair.plan import repair

    parts = {part: role for role, part in state.scope.roles}
    dependencies = read_dependencies(connection, state.scope)
    steps = repair(state.expected, state.actual, parts, dependencies)
    # An object that only prints differently stays, unless another repair has to recreate it.
    repairs = tuple(step for step in steps if step.needs or step.path not in state.equivalent)
    return replace(state, report=replace(state.report, repairs=repairs))


def _with_unverified_views(
    drift: Iterable[Finding],
    differences: Sequence[Difference],
    expected: Snapshot,
    actual: Snapshot,
) -> Iterator[Finding]:
    """Yield the findings; texts that two major versions print differently become unverified."""
    unverified = {(one.code, one.path) for one in differences if one.hint}
    if not _prints_views_otherwise(expected, actual):
        unverified = set()
    for one in drift:
        is_view = one.code in _VIEW_TEXTS and (one.code, one.path) in unverified
        yield replace(one, kind=Kind.UNVERIFIED) if is_view else one


def _prints_views_otherwise(one: Snapshot, other: Snapshot) -> bool:
    if one.major is None or other.major is None:
        return False
    return (one.major < _VIEWS_CHANGED) != (other.major < _VIEWS_CHANGED)
