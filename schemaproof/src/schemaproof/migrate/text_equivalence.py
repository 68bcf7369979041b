"""Texts that the gate would refuse for, settled as ``monps-db check`` does: each of them once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from schemaproof.check import live_diff
from schemaproof.check.live_diff import State
from schemaproof.compare import Difference
from schemaproof.findings.findings import Finding
from schemaproof.project import Project
from schemaproof.schema.shapes import Snapshot

_Text = tuple[str, str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class TextEquivalence:
    """Tells other prints of the same thing from real differences.

    A scratch database costs a second, and a revision holds its locks meanwhile. So it is asked only
    for what would be refused, and what was found to be the same stays so: after the gate no
    revision has to ask again.

    Attributes:
        project: Whose history is replayed.
    """

    project: Project
    _same: set[_Text] = field(default_factory=set)

    def settle(self, state: State, revision: str, held: Iterable[Finding]) -> State:
        """Return a state without what is only printed differently.

        Args:
            state: What was read, and how it compares.
            revision: The revision that it is compared with.
            held: What would be refused; when it is no text, there is nothing to settle.
        """
        if not any((finding.code, finding.path) in state.texts for finding in held):
            return state
        return live_diff.compare_state(
            state.expected,
            state.scope,
            state.actual,
            partial(self._settled, revision),
        )

    def _settled(
        self,
        revision: str,
        expected: Snapshot,
        actual: Snapshot,
        differences: Sequence[Difference],
    ) -> tuple[Difference, ...]:
        unknown = tuple(one for one in differences if _text(one) not in self._same)
        if not any(one.textual for one in unknown):
            return unknown
        # Only texts that differ need what this imports.
        from schemaproof.check import text_equivalence

        left = text_equivalence.real_differences(self.project, revision, expected, actual, unknown)
        real = {(one.code, one.path) for one in left}
        self._same.update(_text(one) for one in unknown if (one.code, one.path) not in real)
        return left


def _text(difference: Difference) -> _Text:
    return difference.code, difference.path, difference.expected, difference.actual
