"""Record the snapshots of new revisions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from schemaproof.errors import TamperedHistoryError
from schemaproof.history import branches, changes, data_loss, record, replay, snapshot_file
from schemaproof.history.history import read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile, file_checksum
from schemaproof.history.snapshot_file import RecordedRevision
from schemaproof.output import whole_file
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot


class RecordedChain(NamedTuple):
    """The schemas before and after each new revision, and of all heads together."""

    before: Sequence[Snapshot]
    produced: Snapshot
    after: Snapshot


def recorded(
    project: Project, revisions: Sequence[str], *, declares_loss: bool = False
) -> RecordedChain:
    """Record a chain of new revisions, each following the one before.

    Args:
        project: The project.
        revisions: The ids of the revisions.
        declares_loss: Whether to declare in their files the data that a downgrade loses.

    Raises:
        HistoryError: A revision fails.
        TamperedHistoryError: A revision before them does not produce its recorded schema.
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
    if declares_loss:
        states.update(_declaring(project, [one for one in files if one.id in revisions], states))
    record.write(project.snapshot_folder, {one: states[one] for one in revisions})
    return RecordedChain(before or [Snapshot()], produced, after)


def _declaring(
    project: Project, files: Iterable[RevisionFile], states: dict[str, RecordedRevision]
) -> Iterator[tuple[str, RecordedRevision]]:
    """Declare in revisions' files what a downgrade loses; yield new records of changed files."""
    for file in files:
        text = file.path.read_text("utf-8")
        before = [states[parent].snapshot for parent in file.needs] or [Snapshot()]
        made = changes.between(before, states[file.id].snapshot)
        lost = data_loss.lost_by_undo(made)
        if lost and data_loss.is_asked_for(text, project.lint_options):
            text = data_loss.with_declaration(text, data_loss.in_words(lost))
            whole_file.write(file.path, text)
            checksum = file_checksum(text.encode("utf-8"))
            yield file.id, replace(states[file.id], file_checksum=checksum)


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
