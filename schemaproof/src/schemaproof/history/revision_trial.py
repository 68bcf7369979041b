"""Try new revisions: up, down and up again, comparing the catalogs each time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from schemaproof.errors import HistoryError
from schemaproof.history import changes, record
from schemaproof.history.history import read_revisions
from schemaproof.history.new_revision_file import UntriedRevisionError
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.scratch import Scratch
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot


def tried(project: Project, files: Mapping[str, Path], database: Scratch, before: Snapshot) -> None:
    """Apply new revisions one by one, each up, down and up again.

    Args:
        project: The project.
        files: The files of the revisions, by their ids, each following the one before.
        database: A scratch database at the revision before the first one.
        before: The schema of that database.

    Raises:
        UntriedRevisionError: A revision fails, or its downgrade does not restore the schema. The
            files are kept.
    """
    # A new process is needed, because a process reads the revisions only once.
    with ProjectProbe(project) as probe:
        with _kept(next(iter(files.values()))):
            known = {one.id: one for one in read_revisions(project, probe)}
        for revision, file in files.items():
            with _kept(file):
                before = _tried(probe, known[revision], database, before)


def _tried(probe: ProjectProbe, new: RevisionFile, database: Scratch, before: Snapshot) -> Snapshot:
    probe.upgrade(database, new.id)
    first = record.read(database, probe)
    probe.downgrade(database, new.follows[0] if new.follows else "base")
    _require_same("its downgrade leaves", before, record.read(database, probe))
    probe.upgrade(database, new.id)
    _require_same("applied again it makes", first, record.read(database, probe))
    return first


@contextmanager
def _kept(file: Path) -> Iterator[None]:
    try:
        yield
    except HistoryError as error:
        raise UntriedRevisionError(
            f"{file} was written, but does not work: {error.message}",
            remedy=f"correct it, then record it: {command_line('snapshot')}",
        ) from error


def _require_same(what: str, expected: Snapshot, actual: Snapshot) -> None:
    # The order of columns depends on the database, and not on the revision.
    different = [one for one in changes.between([expected], actual) if one.code.aspect != "order"]
    if different:
        raise HistoryError(f"{what} another schema: {'; '.join(changes.in_lines(different))}")
