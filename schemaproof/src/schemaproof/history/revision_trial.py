"""A new revision is tried: up, down and up again, and each time the catalogs are compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemaproof.errors import HistoryError
from schemaproof.history import changes, record
from schemaproof.history.history import read_revisions
from schemaproof.history.new_revision_file import UntriedRevisionError
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import Scratch
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.shapes import Snapshot


def tried(project: Project, file: Path, revision: str, database: Scratch, before: Snapshot) -> None:
    """Apply a new revision, undo it, and apply it again.

    Args:
        project: Whose.
        file: Its file.
        revision: Its id.
        database: A scratch database at what it follows.
        before: The schema there.

    Raises:
        UntriedRevisionError: It fails, or does not come back to what was there. The file is kept.
    """
    # Another process than the one that wrote the file: it reads the revisions once.
    with ProjectProbe(project) as probe, _kept(file):
        [new] = [one for one in read_revisions(project, probe) if one.id == revision]
        probe.upgrade(database, revision)
        first = record.read(database, probe)
        probe.downgrade(database, new.follows[0] if new.follows else "base")
        _require_same("its downgrade leaves", before, record.read(database, probe))
        probe.upgrade(database, revision)
        _require_same("applied again it makes", first, record.read(database, probe))


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
    # What the database begins with is no matter of the first revision.
    different = [one for one in changes.between([expected], actual) if one.code.aspect != "order"]
    if different:
        raise HistoryError(f"{what} something else: {'; '.join(changes.in_lines(different))}")
