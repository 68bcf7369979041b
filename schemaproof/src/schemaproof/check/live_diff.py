"""What is in the live database, compared with what should be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from schemaproof.catalog.catalog import read_snapshot
from schemaproof.compare import Difference, compare
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.findings import findings
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.history import snapshot_file
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.scope import Scope
from schemaproof.schema.shapes import Snapshot

FilterTexts = Callable[[Snapshot, Snapshot, Sequence[Difference]], tuple[Difference, ...]]
"""Takes expected and actual snapshot and their differences, and returns those that are real."""

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
        equivalent: Paths of objects that differ in nothing but the print of a text.
        texts: Code and path of what differs in a text.
    """

    expected: Snapshot
    scope: Scope
    actual: Snapshot
    report: Report
    equivalent: frozenset[ObjectPath] = field(default=frozenset())
    texts: frozenset[tuple[Code, ObjectPath]] = field(default=frozenset())

    @cached_property
    def fingerprint(self) -> str:
        """A digest of what is there."""
        return snapshot_file.fingerprint(self.actual)


def read_state(
    connection: AnyConnection,
    scope: Scope,
    expected: Snapshot,
    filter_texts: FilterTexts | None = None,
) -> State:
    """Read what is in scope within the current transaction, and compare it.

    Args:
        connection: Where to read.
        scope: Which schemas are looked at; in the shared ones only the objects that are expected.
        expected: What should be there, perhaps in other schemas too.
        filter_texts: Tells real differences of texts from other prints of the same; without it
            every difference of text is one.
    """
    expected = expected.only(scope.schemas)
    scope = replace(scope, own=frozenset(expected.object_names()))
    return compare_state(expected, scope, read_snapshot(connection, scope), filter_texts)


def compare_state(
    expected: Snapshot, scope: Scope, actual: Snapshot, filter_texts: FilterTexts | None = None
) -> State:
    """Compare what was read; the arguments are as in :func:`read_state`."""
    comparison = compare(expected, actual)
    differences = comparison.differences
    if filter_texts is not None and any(difference.textual for difference in differences):
        differences = filter_texts(expected, actual, differences)
    drift = findings.drift(differences, managed=scope.managed)
    found = tuple(_with_unverified_views(drift, differences, expected, actual))
    real = {difference.path for difference in differences}
    return State(
        expected,
        scope,
        actual,
        Report(found, comparison.objects, comparison.attributes),
        equivalent=frozenset(difference.path for difference in comparison.differences) - real,
        texts=frozenset((one.code, one.path) for one in differences if one.textual),
    )


def with_repairs(state: State) -> State:
    """Return a state whose report has the statements that take the differences back."""
    if not state.report.findings:
        return state
    from schemaproof.repair.plan import repair

    parts = {part: role for role, part in state.scope.roles}
    steps = repair(state.expected, state.actual, parts)
    repairs = tuple(step for step in steps if step.path not in state.equivalent)
    return replace(state, report=replace(state.report, repairs=repairs))


def _with_unverified_views(
    drift: Iterable[Finding],
    differences: Sequence[Difference],
    expected: Snapshot,
    actual: Snapshot,
) -> Iterator[Finding]:
    """Yield the findings; those on texts that different majors print differently as unverified."""
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
