"""Revisions, applied one by one in scratch databases: what each of them produces.

What a revision produces is the schema after it and the revisions that it needs, and no others: a
branch is replayed without its siblings. Where the history parts, each branch goes on in a copy of
the database, so that what is before it runs once, however many branches there are.
"""

import logging
from collections.abc import Callable, Collection, Sequence
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
    probe: ProjectProbe,
    files: Sequence[RevisionFile],
    *,
    wanted: Collection[str] | None = None,
    on_found: Callable[[str], None] = lambda _revision: None,
) -> dict[str, RecordedRevision]:
    """Apply revisions in empty scratch databases and return what each produces.

    Each revision runs in a process and a session of its own, as where a database stops there. One
    that fails so, and passes in one run from the beginning, is recorded as that run leaves it.

    Args:
        probe: The project's code.
        files: Its revisions, each after those that it follows or depends on.
        wanted: The revisions to return; all when None.
        on_found: Called with each revision when it is known what it produces.

    Raises:
        HistoryError: A revision fails.
        LocalServerError: There is no server for scratch databases.
    """
    replay = _Replay(probe, files, wanted, on_found)
    with replay.databases:
        replay.run()
    # Sorted as they follow each other, not as the branches were taken.
    found = {file.id: replay.found[file.id] for file in files if file.id in replay.found}
    return record.with_models(probe, files, found)


class _Replay:
    """What is known of a history while it is replayed.

    What a revision produces is reached from what one of its parents produces: of several the one
    that has most before it. So the revisions are a tree, whatever their history is.

    Attributes:
        databases: The scratch databases that are needed until the end.
        found: What was read.
    """

    def __init__(
        self,
        probe: ProjectProbe,
        files: Sequence[RevisionFile],
        wanted: Collection[str] | None,
        on_found: Callable[[str], None],
    ) -> None:
        self._probe = probe
        self._on_found = on_found
        self._files = {file.id: file for file in files}
        self._needs = needed_revisions(files)
        self._wanted = self._files.keys() if wanted is None else frozenset(wanted)
        self._after: dict[str | None, list[str]] = {}
        self.databases = ExitStack()
        self.found: dict[str, RecordedRevision] = {}

    def run(self) -> None:
        """Begin with an empty database, and take every branch on the way."""
        database = self.databases.enter_context(scratch.project_scratch(self._probe.project))
        stamped = starting_point.make(self._probe, database)
        begun = frozenset[str]().union(*(self._needs.get(one, ()) for one in stamped))
        # What is there at the start is there for all; what is before it never runs.
        self._needs = {one: needs | begun for one, needs in self._needs.items()}
        for one in stamped:
            if self._needs.get(one) == begun:
                self._read(database, one)
        self._plan(begun)
        self._follow(database, None, begun)

    def _plan(self, begun: Collection[str]) -> None:
        """Find what comes after each revision and leads to something that is wanted."""
        weights = dict.fromkeys(self._files, 0)
        for one, file in reversed(self._files.items()):
            if one in begun or not (weights[one] or one in self._wanted):
                continue
            parents = [each for each in (*file.follows, *file.depends_on) if each not in begun]
            parent = max(parents, key=lambda each: len(self._needs[each]), default=None)
            if parent is not None:
                weights[parent] += weights[one] + 1
            self._after.setdefault(parent, []).append(one)
        for branches in self._after.values():
            branches.sort(key=weights.__getitem__)  # the longest goes on where it is

    def _follow(self, database: Scratch, at: str | None, there: frozenset[str]) -> None:
        """Take what comes after a revision, of which a database holds what it produces."""
        while at in self._after:
            *branches, step = self._after[at]
            for branch in branches:
                with scratch.copied(database) as copy:
                    after = self._take(copy, branch, there)
                    self._follow(after, branch, self._needs[branch])
            database = self._take(database, step, there)
            at, there = step, self._needs[step]

    def _take(self, database: Scratch, revision: str, there: frozenset[str]) -> Scratch:
        """Apply a revision, after what it needs besides; return the database that has it all."""
        missing = self._needs[revision] - {revision} - there
        applied = [*there]
        if missing:
            others = [one for one in self._files if one in missing]
            database = self._catch_up(database, others, applied)
        database = self._apply(database, revision, applied)
        if revision in self._wanted:
            self._read(database, revision)
        return database

    def _read(self, database: Scratch, revision: str) -> None:
        self.found[revision] = record.recorded(self._probe, database, self._files[revision])
        self._on_found(revision)

    def _catch_up(self, database: Scratch, revisions: Sequence[str], applied: list[str]) -> Scratch:
        """Apply the revisions of a branch that is replayed elsewhere, in as few runs as can be."""
        needed = [self._needs[one] - {one} for one in revisions]
        try:
            for one in revisions:
                if not any(one in needs for needs in needed):
                    self._probe.upgrade(database, one)
        except HistoryError:  # it is told by the step that fails
            for one in revisions:
                database = self._apply(database, one, applied)
        else:
            applied += revisions
        return database

    def _apply(self, database: Scratch, revision: str, applied: list[str]) -> Scratch:
        """Apply a revision; return the database where that has been done, another if need be."""
        try:
            self._probe.upgrade(database, revision)
        except HistoryError as error:
            database = self.databases.enter_context(scratch.project_scratch(self._probe.project))
            _upgrade_in_one_run(self._probe, database, [revision, *applied], error)
        applied.append(revision)
        return database


def needed_revisions(files: Sequence[RevisionFile]) -> dict[str, frozenset[str]]:
    """Return every revision with the ones that it needs, itself included, base first."""
    needs: dict[str, frozenset[str]] = {}
    for file in files:
        before = (needs[parent] for parent in (*file.follows, *file.depends_on))
        needs[file.id] = frozenset({file.id}).union(*before)
    return needs


def _upgrade_in_one_run(
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
        "%s; it succeeds only in one run with the revisions before it, and was recorded from"
        " that run; a database"
        " that stopped before it cannot be upgraded",
        alone.message,
    )
