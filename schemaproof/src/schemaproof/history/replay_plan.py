"""The order in which revisions are replayed to find the schema of each. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from schemaproof.history.revision_files import RevisionFile

_WORTH_IT: Final = 20  # With fewer steps, the start of a second line takes longer than it saves.
_SECOND_LINE: Final = 0.4
"""The share of the steps for a second database, which also has to apply the others in one run."""


@dataclass(frozen=True)
class ReplayPlan:
    """The order of the revisions to replay.

    Each revision is applied to a database at one of its parents: of several parents, the one with
    the most revisions before it. So the plan is a tree, even where the history has merges.

    Attributes:
        files: The revisions, each after those that it follows or depends on.
        needs: The revisions that each revision needs, itself included.
        begun: The revisions that are applied at the start.
        wanted: The revisions whose schema is to be read.
        after: The revisions that come after each revision, the one with the most after it last.
        weights: The number of revisions that come after each revision.
    """

    files: Mapping[str, RevisionFile]
    needs: Mapping[str, frozenset[str]]
    begun: frozenset[str]
    wanted: Collection[str]
    after: Mapping[str | None, Sequence[str]]
    weights: Mapping[str, int]

    @classmethod
    def from_files(
        cls, files: Sequence[RevisionFile], wanted: Collection[str] | None, stamped: Sequence[str]
    ) -> Self:
        """Plan the revisions from the stamp of a starting point to the wanted ones."""
        by_id = {file.id: file for file in files}
        those = by_id.keys() if wanted is None else frozenset(wanted)
        needs = needed_revisions(files)
        begun = frozenset[str]().union(*(needs.get(one, ()) for one in stamped))
        # The objects of the starting point exist for all revisions; revisions before it never run.
        needs = {one: before | begun for one, before in needs.items()}
        weights = dict.fromkeys(by_id, 0)
        after: dict[str | None, list[str]] = {}
        for one, file in reversed(by_id.items()):
            if one in begun or not (weights[one] or one in those):
                continue
            parents = [each for each in (*file.follows, *file.depends_on) if each not in begun]
            parent = max(parents, key=lambda each: len(needs[each]), default=None)
            if parent is not None:
                weights[parent] += weights[one] + 1
            after.setdefault(parent, []).append(one)
        for branches in after.values():
            # The longest branch comes last, because it continues in the same database.
            branches.sort(key=weights.__getitem__)
        return cls(by_id, needs, begun, those, after, weights)

    def middle(self) -> str | None:
        """Return where the work is divided between two databases; None where one is enough."""
        steps = sum(map(len, self.after.values()))
        at: str | None = None
        while steps >= _WORTH_IT and at in self.after:
            at = self.after[at][-1]
            if self.weights[at] <= steps * _SECOND_LINE:
                return at if self.weights[at] else None
        return None


def needed_revisions(files: Sequence[RevisionFile]) -> dict[str, frozenset[str]]:
    """Return every revision with the ones that it needs, itself included, base first."""
    needs: dict[str, frozenset[str]] = {}
    for file in files:
        before = (needs[parent] for parent in (*file.follows, *file.depends_on))
        needs[file.id] = frozenset({file.id}).union(*before)
    return needs
