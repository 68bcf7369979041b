"""Answers that cost a scratch database, or the project's own Python, and stay the same.

A difference can stay for days, and a check at an interval would work out each time what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemaproof.check.model_findings import model_findings
from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.compare import Difference
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history.history import History
from schemaproof.schema.database_objects import Snapshot

if TYPE_CHECKING:
    from schemaproof.history.version_table_form import VersionTableForm


class Memory:
    """What was answered last, each with what it depends on."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Hashable, Any]] = {}

    def answer(
        self, name: str, key: Hashable, work: Callable[[], Any], is_final: Callable[[Any], bool]
    ) -> Any:
        """Return the answer that is known, or work it out.

        Args:
            name: The question.
            key: What the answer depends on.
            work: Works it out.
            is_final: Whether the answer will be the same next time.
        """
        known = self._known.get(name)
        if known is not None and known[0] == key:
            return known[1]
        found = work()
        if is_final(found):
            self._known[name] = key, found
        return found

    def models(
        self, history: History, schemas: tuple[str, ...], scratch: ScratchQueries
    ) -> Iterable[Finding]:
        """Return what there is to say about the models, as ``model_findings`` does.

        They are loaded again when the history is another, or one of their files; where those are
        not known (the models are what env.py hands to Alembic), the program has to be started
        again.
        """
        key = history.heads, history.recorded_heads, schemas, scratch.model_sources()
        found: tuple[Finding, ...] = self.answer(
            "models", key, lambda: tuple(model_findings(history, schemas, scratch)), _is_verified
        )
        return found


@dataclass(frozen=True, slots=True)
class RememberedAnswers(ScratchQueries):
    """Asks again only where something has changed.

    Attributes:
        memory: Outlives the check.
    """

    memory: Memory = field(default_factory=Memory)

    def real_differences(
        self,
        revisions: Sequence[str],
        expected: Snapshot,
        actual: Snapshot,
        differences: Sequence[Difference],
    ) -> tuple[Difference, ...]:
        """Return the differences that are more than another print."""
        from schemaproof.check.text_equivalence import UNDECIDED

        found: tuple[Difference, ...] = self.memory.answer(
            "texts",
            (tuple(revisions), tuple(differences)),
            lambda: ScratchQueries.real_differences(self, revisions, expected, actual, differences),
            lambda found: all(one.hint != UNDECIDED for one in found),
        )
        return found

    def produced_by(self, revisions: Sequence[str]) -> Snapshot:
        """Return the schema after branches that are not merged."""
        found: Snapshot = self.memory.answer(
            "branches",
            (tuple(revisions), self.project.tenant),
            lambda: ScratchQueries.produced_by(self, revisions),
            lambda _: True,
        )
        return found

    def version_table_form(self) -> VersionTableForm:
        """Return the version table as the project's own Alembic makes it."""
        from schemaproof.history.version_table_form import USUAL

        found: VersionTableForm = self.memory.answer(
            "version table",
            (),
            lambda: ScratchQueries.version_table_form(self),
            lambda found: found != USUAL,  # which it also is where it could not be seen
        )
        return found


def _is_verified(found: Iterable[Finding]) -> bool:
    return not any(one.kind is Kind.UNVERIFIED for one in found)
