"""The differences that the project's baseline accepts, at the head and at earlier revisions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from schemaproof.check.live_diff import State
from schemaproof.compare import compare
from schemaproof.findings import baseline, baseline_file, findings
from schemaproof.findings.baseline import Entry, marked
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history.history import History
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The baseline for the gate.

    Attributes:
        entries: The accepted differences.
        head: The schema that the entries were written against; None when there is no one head.
        managed: Schemas in which everything belongs to the project.
        today: The day on which entries are judged to be expired.
    """

    entries: Sequence[Entry]
    head: Snapshot | None
    managed: Sequence[str]
    today: date

    def applied_to(self, state: State) -> State:
        """Mark the accepted differences.

        The entries of a baseline are differences from the head. Before the head, the differences of
        an object count as accepted if all its differences from the head are accepted.
        """
        found = marked(state.report.findings, self.entries, today=self.today)
        left = {one.path.object for one in found if one.kind is not Kind.ACCEPTED}
        if self.entries and left:
            found = tuple(_accepted(found, self._at_the_head(state.actual, left)))
        return replace(state, report=replace(state.report, findings=found))

    def not_accepted(self, found: Iterable[Finding]) -> list[Finding]:
        """Return the findings that no entry accepts as they are."""
        found = marked(tuple(found), self.entries, today=self.today)
        return [finding for finding in found if finding.kind is not Kind.ACCEPTED]

    def _at_the_head(
        self, actual: Snapshot, objects: Iterable[tuple[str, ...]]
    ) -> dict[tuple[str, ...], Finding]:
        """Return the objects whose only differences at the head are accepted."""
        if self.head is None:
            return {}
        differences = compare(self.head, actual).differences
        drift = findings.drift(differences, managed=self.managed)
        of_object: dict[tuple[str, ...], list[Finding]] = {}
        for one in marked(drift, self.entries, today=self.today):
            of_object.setdefault(one.path.object, []).append(one)
        return {
            name: of_object[name][0]
            for name in objects
            if name in of_object and all(one.kind is Kind.ACCEPTED for one in of_object[name])
        }


def load(file: Path | None, scope: Scope, history: History) -> Accepted:
    """Read the project's baseline, if it has one.

    Raises:
        ConfigurationError: The file cannot be read, or is not a baseline.
    """
    head = history.head_snapshot
    return Accepted(
        entries=baseline_file.load(file),
        head=head.only(scope.schemas) if head else None,
        managed=scope.managed,
        today=baseline.today(),
    )


def _accepted(
    found: Iterable[Finding], staying: dict[tuple[str, ...], Finding]
) -> Iterator[Finding]:
    for one in found:
        accepted = staying.get(one.path.object)
        if accepted is None or one.kind not in {Kind.DRIFT, Kind.UNMODELLED}:
            yield one
        else:
            yield replace(one, kind=Kind.ACCEPTED, reason=accepted.reason)
