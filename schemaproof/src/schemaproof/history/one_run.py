"""Compare applying all revisions in one process and session with applying each in its own."""

from collections.abc import Mapping, Sequence

from schemaproof.compare import Difference
from schemaproof.history import branches, changes, record
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.snapshot_file import RecordedRevision


def differences_in_one_run(
    probe: ProjectProbe, files: Sequence[RevisionFile], recorded: Mapping[str, RecordedRevision]
) -> tuple[Difference, ...]:
    """Return the differences of the head when one process applies all revisions, as deployments do.

    Each revision was recorded in a process and a session of its own, as for a database that stops
    at it. So a difference shows that a revision depends on something that an earlier one left
    behind outside of the database.

    Raises:
        HistoryError: A revision fails.
        LocalServerError: There is no server for scratch databases.
    """
    heads, _ = branches.target_heads(files, probe.project.target)
    if len(files) == 1 or len(heads) != 1 or heads[0] not in recorded:
        return ()
    return changes.between([recorded[heads[0]].snapshot], record.produced(probe, heads))
