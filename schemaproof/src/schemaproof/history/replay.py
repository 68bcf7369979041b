"""Apply revisions one by one in scratch databases, to find the schema that each produces.

A revision produces the schema after itself and the revisions that it needs, without any others: a
branch is replayed without its siblings. Where the history divides, each branch continues in a copy
of the database, so that the revisions before it run only once.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from schemaproof.errors import HistoryError, SchemaproofError
from schemaproof.history import record, scratch, starting_point
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.replay_plan import ReplayPlan
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.scratch import Scratch
from schemaproof.history.snapshot_file import RecordedRevision
from schemaproof.schema.database_objects import Snapshot

_LOGGER: Final = logging.getLogger(__name__)


def replayed(
    probe: ProjectProbe,
    files: Sequence[RevisionFile],
    *,
    wanted: Collection[str] | None = None,
    on_found: Callable[[str], None] = lambda _revision: None,
) -> dict[str, RecordedRevision]:
    """Apply revisions in empty scratch databases and return the records of their schemas.

    Each revision runs in a process and a session of its own, as for a database that stops at it. If
    a revision fails in this way but succeeds in one run from the beginning, the result of that run
    is recorded.

    Args:
        probe: The project's code.
        files: The revisions of the project, each after those that it follows or depends on.
        wanted: The revisions to return; all when None.
        on_found: The function to call with each revision whose schema has become known.

    Raises:
        HistoryError: A revision fails.
        LocalServerError: There is no server for scratch databases.
    """
    with ExitStack() as databases:
        database = databases.enter_context(scratch.project_scratch(probe.project))
        stamped = starting_point.make(probe, database)
        plan = ReplayPlan.from_files(files, wanted, stamped)
        line = _Line(probe, plan, on_found, databases)
        for one in stamped:
            if plan.needs.get(one) == plan.begun:
                line.read(database, one)
        middle = plan.middle()
        if middle is None:
            line.follow(database, None, plan.begun)
        else:
            _in_two_lines(line, database, middle)
    # They are sorted in the order of the history, and not in the order of the replay.
    found = {file.id: line.found[file.id] for file in files if file.id in line.found}
    return record.with_models(probe, files, found)


def _in_two_lines(line: "_Line", database: Scratch, middle: str) -> None:
    """Replay both halves of the history at once; the second begins after one run over the first.

    If the revisions of the first half, applied one by one, produce another schema, or if the second
    half fails, the second half is replayed again after the first.
    """
    plan, probe = line.plan, line.probe
    twin = probe.twin()
    with ExitStack() as databases, ThreadPoolExecutor(1) as threads:
        second = _Line(twin, plan, line.on_found, databases)
        ahead = threads.submit(second.follow_from, middle)
        try:
            database = line.follow(database, None, plan.begun, until=middle)
        except BaseException:
            probe.end()  # The second line must not wait for answers any more.
            raise
        try:
            begun = ahead.result()
        except SchemaproofError:
            begun = None
    if begun == record.read(database, probe):
        line.found |= second.found
    else:
        line.follow(database, middle, plan.needs[middle])


@dataclass
class _Line:
    """Revisions that are applied one after the other in one database.

    Attributes:
        probe: The project's code.
        plan: The order of the revisions.
        on_found: The function to call with each revision whose schema has become known.
        databases: The scratch databases that are needed until the end.
        found: The records of the schemas that were read.
    """

    probe: ProjectProbe
    plan: ReplayPlan
    on_found: Callable[[str], None]
    databases: ExitStack
    found: dict[str, RecordedRevision] = field(default_factory=dict)

    def follow_from(self, middle: str) -> Snapshot:
        """Apply a revision in one run, then the ones after it; return its schema."""
        database = self.databases.enter_context(scratch.project_scratch(self.probe.project))
        starting_point.make(self.probe, database)
        self.probe.upgrade(database, middle)
        begun = record.read(database, self.probe)
        self.follow(database, middle, self.plan.needs[middle])
        return begun

    def follow(
        self, database: Scratch, at: str | None, there: frozenset[str], until: str | None = None
    ) -> Scratch:
        """Replay the revisions after one that a database is at.

        Args:
            database: The database.
            at: The revision that the database is at; None for the start.
            there: The revisions that are applied in the database.
            until: The last revision to apply; None for all.

        Returns:
            The database after the last revision.
        """
        while at in self.plan.after:
            *branches, step = self.plan.after[at]
            for branch in branches:
                with scratch.copied(database) as copy:
                    after = self._take(copy, branch, there)
                    self.follow(after, branch, self.plan.needs[branch])
            database = self._take(database, step, there)
            if step == until:
                break
            at, there = step, self.plan.needs[step]
        return database

    def read(self, database: Scratch, revision: str) -> None:
        """Record the schema of a database as the result of a revision."""
        self.found[revision] = record.recorded(self.probe, database, self.plan.files[revision])
        self.on_found(revision)

    def _take(self, database: Scratch, revision: str, there: frozenset[str]) -> Scratch:
        """Apply a revision after those that it needs; return the database that has them."""
        missing = self.plan.needs[revision] - {revision} - there
        applied = [*there]
        if missing:
            others = [one for one in self.plan.files if one in missing]
            database = self._catch_up(database, others, applied)
        database = self._apply(database, revision, applied)
        if revision in self.plan.wanted:
            self.read(database, revision)
        return database

    def _catch_up(self, database: Scratch, revisions: Sequence[str], applied: list[str]) -> Scratch:
        """Apply revisions of a branch that is replayed elsewhere, in as few runs as possible."""
        needed = [self.plan.needs[one] - {one} for one in revisions]
        try:
            for one in revisions:
                if not any(one in needs for needs in needed):
                    self.probe.upgrade(database, one)
        except HistoryError:
            # The step that fails will report the error.
            for one in revisions:
                database = self._apply(database, one, applied)
        else:
            applied += revisions
        return database

    def _apply(self, database: Scratch, revision: str, applied: list[str]) -> Scratch:
        """Apply a revision; return the database in which it was applied, a new one if necessary."""
        try:
            self.probe.upgrade(database, revision)
        except HistoryError as error:
            database = self.databases.enter_context(scratch.project_scratch(self.probe.project))
            _upgrade_in_one_run(self.probe, database, [revision, *applied], error)
        applied.append(revision)
        return database


def _upgrade_in_one_run(
    probe: ProjectProbe, database: Scratch, revisions: Sequence[str], alone: HistoryError
) -> None:
    """Apply a revision and the ones that it needs in one run, then the others.

    Raises:
        HistoryError: The revision fails in one run, too; the error is ``alone``, which was raised
            when the revision was applied by itself.
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
