"""Compare applying all revisions in one process and session with applying each in its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeAlias

from schemaproof.compare import Difference
from schemaproof.history import branches, changes, record
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.snapshot_file import RecordedRevision
from schemaproof.schema.database_objects import Snapshot

Differences: TypeAlias = Callable[[Mapping[str, RecordedRevision]], tuple[Difference, ...]]
"""A function that returns the differences of the head in one run from the recorded revisions."""


@contextmanager
def differences_in_one_run(
    probe: ProjectProbe, files: Sequence[RevisionFile], *, at_once: bool
) -> Iterator[Differences]:
    """Yield a function that compares the head when one process applies all revisions.

    Deployments apply them in this way. But each revision was recorded in a process and a session of
    its own, as for a database that stops at it. So a difference shows that a revision depends on
    something that an earlier one left behind outside of the database.

    The function raises HistoryError if a revision fails, and LocalServerError if there is no server
    for scratch databases.

    Args:
        probe: The project's code.
        files: The revisions.
        at_once: Whether to apply the revisions during the block, by a process of their own, and not
            only when the function is called.
    """
    heads, _ = branches.target_heads(files, probe.project.target)
    if len(files) == 1 or len(heads) != 1:
        yield lambda _: ()
        return

    def difference(
        recorded: Mapping[str, RecordedRevision], produced: Callable[[], Snapshot]
    ) -> tuple[Difference, ...]:
        if heads[0] not in recorded:
            return ()
        return changes.between([recorded[heads[0]].snapshot], produced())

    if not at_once:
        yield lambda recorded: difference(recorded, lambda: record.produced(probe, heads))
        return
    with ThreadPoolExecutor(1) as threads:
        ahead = threads.submit(record.produced, probe.twin(), heads)
        try:
            yield lambda recorded: difference(recorded, ahead.result)
        except BaseException:
            probe.end()  # The thread must not wait for answers any more.
            raise
