"""Revisions, applied one by one in scratch databases: what each of them produces.

What a revision produces is the schema after it and the revisions that it needs, and no others: a
branch is replayed without its siblings. Where the history parts, each branch goes on in a copy of
the database, so that what is before it runs once, however many branches there are.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from typing import Final

from schemaproof.errors import HistoryError
from schemaproof.history import record, scratch, starting_point
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.scratch import Scratch
from schemaproof.history.snapshot_file import RecordedRevision

_LOGGER: Final = logging.getLogger(__name__)


def replayed(
    probe: ProjectProbe, files: Sequence[RevisionFile], *, wanted: Collection[str] | None = None
) -> dict[str, RecordedRevision]:
    """Apply revisions in empty scratch databases and return what each produces.

    Each revision runs in a process and a session of its own, as where a database stops there. One
    that fails so, and passes in one run from the beginning, is recorded as that run leaves it.

    Args:
        probe: The project's code.
        files: Its revisions, each after those that it follows or depends on.
        wanted: The revisions to return; all when None.

    Raises:
        HistoryError: A revision fails.
        LocalServerError: There is no server for scratch databases.
    """
    replay = _Replay(probe, files, wanted)
    while replay.waiting:
        replay.run()
    # Sorted as they follow each other, not as the branches were taken.
    found = {file.id: replay.found[file.id] for file in files if file.id in replay.found}
    return record.with_models(probe, files, found)


class _Replay:
    """What is known of a history while it is replayed.

    Attributes:
        waiting: The files of revisions that are wanted, and not read yet.
        found: What was read.
    """

    def __init__(
        self, probe: ProjectProbe, files: Sequence[RevisionFile], wanted: Collection[str] | None
    ) -> None:
        self._probe = probe
        self._files = {file.id: file for file in files}
        self._needs = needed_revisions(files)
        self.waiting = [one for one in self._needs if wanted is None or one in wanted]
        self.found: dict[str, RecordedRevision] = {}

    def run(self) -> None:
        """Begin with an empty database, and take every branch on the way."""
        with scratch.project_scratch(self._probe.project) as database:
            stamped = starting_point.make(self._probe, database)
            begun = frozenset[str]().union(*(self._needs.get(one, ()) for one in stamped))
            # What is there at the start is there for all; what is before it never runs.
            self._needs = {one: needs | begun for one, needs in self._needs.items()}
            self._read(database, stamped, begun)
            self.waiting = [one for one in self.waiting if one not in begun]
            self._follow(database, [one for one in self._needs if one in begun], self._needs)

    def _follow(self, database: Scratch, applied: list[str], within: Collection[str]) -> None:
        """Go on from what is applied, as long as something within a branch is waiting."""
        with ExitStack() as stack:
            while True:
                *branches, step = self._next(applied, within) or [""]
                for branch in map(self._only_after, branches):
                    if not branch.isdisjoint(self.waiting):
                        with scratch.copied(database) as copy:
                            self._follow(copy, list(applied), branch)
                if not step:
                    *others, step = self._to_merge(applied, within) or [""]
                    database = self._catch_up(stack, database, others, applied)
                if not step:
                    return
                database = self._apply(stack, database, step, applied)
                self._read(database, [step], applied)

    def _next(self, applied: Collection[str], within: Collection[str]) -> list[str]:
        """Return what needs no more than is applied; last what most others come after."""
        found = [
            one
            for one in within
            if one not in applied
            and len(self._needs[one]) == len(applied) + 1
            and self._needs[one].issuperset(applied)
            and any(one in self._needs[other] for other in self.waiting if other in within)
        ]
        return sorted(found, key=self._weight) if found[1:] else found

    def _weight(self, revision: str) -> tuple[int, int]:
        """Say how much comes after a revision, and how much of that after no other branch."""
        after = [one for one, needs in self._needs.items() if revision in needs]
        return len(after), len(self._only_after(revision))

    def _to_merge(self, applied: Collection[str], within: Collection[str]) -> list[str]:
        """Return what leads to the next revision that needs more than this branch."""
        there = frozenset(applied)
        merges = [one for one in self.waiting if one in within and self._needs[one] > there]
        if not merges:
            return []
        nearest = min(merges, key=lambda one: len(self._needs[one]))
        return [one for one in self._files if one in self._needs[nearest] - there]

    def _only_after(self, first: str) -> frozenset[str]:
        """Return a revision with those that need it, and nothing that was not there before it."""
        after = {one for one, needs in self._needs.items() if first in needs}
        return frozenset(one for one in after if self._needs[one] - self._needs[first] <= after)

    def _read(self, database: Scratch, revisions: Iterable[str], applied: Collection[str]) -> None:
        for one in revisions:
            if one in self.waiting and self._needs[one] == frozenset(applied):
                self.found[one] = record.recorded(self._probe, database, self._files[one])
                self.waiting.remove(one)

    def _catch_up(
        self, stack: ExitStack, database: Scratch, revisions: Sequence[str], applied: list[str]
    ) -> Scratch:
        """Apply the revisions of a branch that has been replayed, in as few runs as can be."""
        needed = [self._needs[one] - {one} for one in revisions]
        try:
            for one in revisions:
                if not any(one in needs for needs in needed):
                    self._probe.upgrade(database, one)
        except HistoryError:  # it is told by the step that fails
            for one in revisions:
                database = self._apply(stack, database, one, applied)
        else:
            applied += revisions
        return database

    def _apply(
        self, stack: ExitStack, database: Scratch, revision: str, applied: list[str]
    ) -> Scratch:
        """Apply a revision; return the database where that has been done, another if need be."""
        try:
            self._probe.upgrade(database, revision)
        except HistoryError as error:
            database = stack.enter_context(scratch.project_scratch(self._probe.project))
            _run_at_once(self._probe, database, [revision, *applied], error)
        applied.append(revision)
        return database


def needed_revisions(files: Sequence[RevisionFile]) -> dict[str, frozenset[str]]:
    """Return every revision with the ones that it needs, itself included, base first."""
    needs: dict[str, frozenset[str]] = {}
    for file in files:
        before = (needs[parent] for parent in (*file.follows, *file.depends_on))
        needs[file.id] = frozenset({file.id}).union(*before)
    return needs


def _run_at_once(
    probe: ProjectProbe, database: Scratch, revisions: Sequence[str], alone: HistoryError
) -> None:
    """Apply a revision with all that it needs in one run, then those that it does not need.

    Raises:
        HistoryError: It fails there, too; this is how it fails alone.
    """
    try:
        starting_point.make(probe, database)
        for revision in revisions:
            probe.upgrade(database, revision)
    except HistoryError:
        raise alone from None
    _LOGGER.warning(
        "%s; it passes in one run with all that it follows, and is recorded from there; a database"
        " that stopped before it cannot be upgraded",
        alone.message,
    )
