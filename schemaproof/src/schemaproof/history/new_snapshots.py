"""Record new revisions."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemaproof.errors import TamperedHistoryError
from schemaproof.history import branches, record, replay, snapshot_file
from schemaproof.history.history import read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.snapshot_file import RecordedRevision
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot


class RecordedChain(NamedTuple):
    """The schemas before and after each new revision, and of all heads together."""

    before: Sequence[Snapshot]
    produced: Snapshot
    after: Snapshot


def recorded(project: Project, revisions: Sequence[str]) -> RecordedChain:
    """Record a chain of new revisions, each following the one before.

    Raises:
        HistoryError: One fails.
        TamperedHistoryError: What they follow is not what was recorded.
    """
    # A new process is needed, because a process reads the revisions only once.
    with ProjectProbe(project) as probe:
        files = read_revisions(project, probe)
        [first] = [one for one in files if one.id == revisions[0]]
        parents = (*first.follows, *first.depends_on)
        states = replay.replayed(probe, files, wanted={*revisions, *parents})
        _refuse_contradictions(project, parents, states)
        produced = states[revisions[-1]].snapshot
        before = [states[parent].snapshot for parent in parents]
        heads = branches.target_heads(files, project.target)[0]
        after = produced if len(heads) == 1 else record.produced(probe, heads)
    record.write(project.snapshot_folder, {one: states[one] for one in revisions})
    return RecordedChain(before or [Snapshot()], produced, after)


def _refuse_contradictions(
    project: Project, parents: Iterable[str], states: dict[str, RecordedRevision]
) -> None:
    for parent in parents:
        recorded = snapshot_file.read(project.snapshot_folder, parent)
        if record.contradicts(recorded, states[parent]):
            raise TamperedHistoryError(
                f"revision {parent} does not produce the schema of its snapshot",
                remedy="restore its file from version control, or replace its snapshot: "
                + command_line("snapshot --rewrite"),
            )
