"""The live database against the snapshot of the revision that it says it is at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from schemaproof.catalog.catalog import read
from schemaproof.compare import Difference, compare
from schemaproof.connection.readers import Readers
from schemaproof.findings import findings
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.history import snapshot_file
from schemaproof.history.history import History
from schemaproof.history.scopes import live_scope
from schemaproof.history.snapshot_file import SealedRevision
from schemaproof.project import Project
from schemaproof.schema.codes import Code
from schemaproof.schema.shapes import Scope, Snapshot

Settle = Callable[[Snapshot, Snapshot, Sequence[Difference]], tuple[Difference, ...]]
"""Takes expected and actual snapshot and their differences, and returns those that are real."""
CANDIDATES: Final = 20
"""How many revisions are tried where nobody says which one it is."""

# Columns are qualified in the text of a view before this major version, and not since.
_VIEWS_CHANGED: Final = 16
_VIEW_TEXTS: Final = frozenset(
    {Code("view", "definition"), Code("materialized-view", "definition")}
)


@dataclass(frozen=True)  # without slots: the fingerprint is kept
class State:
    """What was read of the live database, and how it compares.

    Attributes:
        expected: What should be there.
        scope: What was looked at.
        actual: What is there.
        report: The comparison.
        settled: Paths of objects that differ in nothing but the print of a text.
        texts: Code and path of what differs in a text.
    """

    expected: Snapshot
    scope: Scope
    actual: Snapshot
    report: Report
    settled: frozenset[str] = field(default=frozenset())
    texts: frozenset[tuple[str, str]] = field(default=frozenset())

    @cached_property
    def fingerprint(self) -> str:
        """A digest of what is there."""
        return snapshot_file.fingerprint(self.actual)


@dataclass(frozen=True, slots=True)
class Expected:
    """What should be there.

    Attributes:
        names: Of the objects (as :meth:`Snapshot.object_names` gives them), which is enough to read
            what is there.
        snapshot: Works out the rest.
    """

    names: frozenset[tuple[str, str]]
    snapshot: Callable[[], Snapshot]

    @staticmethod
    def of(snapshot: Snapshot, project: Project) -> Expected:
        """Return what is known already, as far as it is the project's."""
        own = snapshot.only(project.schemas)
        return Expected(frozenset(own.object_names()), lambda: own)

    @staticmethod
    def recorded(revision: SealedRevision, project: Project) -> Expected:
        """Return what was recorded of a revision, as far as it is the project's."""
        names = revision.object_names(project.schemas)
        return Expected(names, lambda: revision.snapshot.only(project.schemas))


def look(
    readers: Readers, project: Project, expected: Expected, settle: Settle | None = None
) -> State:
    """Read what is in scope within the current transaction, and compare it.

    Args:
        readers: Who reads.
        project: Whose objects are looked at.
        expected: What should be there.
        settle: Tells real differences of texts from other prints of the same; without it every
            difference of text is one.
    """
    scope = live_scope(project, expected.names)
    snapshot = readers.ask(lambda _: expected.snapshot())
    actual = read(readers, scope)
    return judged(project, readers.get(snapshot), scope, actual, settle)


def judged(
    project: Project,
    expected: Snapshot,
    scope: Scope,
    actual: Snapshot,
    settle: Settle | None = None,
) -> State:
    """Compare what was read; the arguments are as in :func:`look` and :class:`State`."""
    comparison = compare(expected, actual)
    differences = comparison.differences
    if settle is not None and any(difference.textual for difference in differences):
        differences = settle(expected, actual, differences)
    drift = findings.drift(differences, managed=project.managed_schemas)
    found = tuple(_doubted(drift, differences, expected, actual))
    report = Report(found, comparison.objects, comparison.attributes)
    real = {difference.path for difference in differences}
    return State(
        expected,
        scope,
        actual,
        report,
        settled=frozenset(difference.path for difference in comparison.differences) - real,
        texts=frozenset((one.code, one.path) for one in differences if one.textual),
    )


def verify(
    readers: Readers, project: Project, expected: Expected, settle: Settle | None = None
) -> Report:
    """As :func:`look`, with the statements that take the differences back."""
    state = look(readers, project, expected, settle)
    if not state.report.findings:
        return state.report
    from schemaproof.repair.plan import repair

    parts = {part: role for role, part in project.roles}
    steps = repair(state.expected, state.actual, parts)
    return replace(
        state.report, repairs=tuple(step for step in steps if step.path not in state.settled)
    )


def _doubted(
    drift: Iterable[Finding],
    differences: Sequence[Difference],
    expected: Snapshot,
    actual: Snapshot,
) -> Iterator[Finding]:
    """Yield findings on texts that different majors print differently as unverified."""
    unsettled = {(one.code, one.path) for one in differences if one.hint}
    otherwise = _prints_views_otherwise(expected, actual)
    for one in drift:
        doubted = one.code in _VIEW_TEXTS and otherwise and (one.code, one.path) in unsettled
        yield replace(one, kind=Kind.UNVERIFIED) if doubted else one


def _prints_views_otherwise(one: Snapshot, other: Snapshot) -> bool:
    if one.major is None or other.major is None:
        return False
    return (one.major < _VIEWS_CHANGED) != (other.major < _VIEWS_CHANGED)


def closest(
    readers: Readers, project: Project, history: History
) -> tuple[str | None, Report | None]:
    """Find the revision that the schema is at, where nothing else says it.

    The newest revisions are tried first, and the first whose schema is exactly there is it.

    Returns:
        The revision whose snapshot differs least, and how; None when no snapshot was recorded.
    """
    best: tuple[str | None, Report | None] = None, None
    for revision in [*history.revisions.values()][: -CANDIDATES - 1 : -1]:
        if revision.recorded is None:
            continue
        report = verify(readers, project, Expected.recorded(revision.recorded, project))
        if not report.findings and report.objects:
            return revision.id, report
        if best[1] is None or len(report.findings) < len(best[1].findings):
            best = revision.id, report
    return best
