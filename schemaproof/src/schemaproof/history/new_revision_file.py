"""The files of new revisions, removed again after a failure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from schemaproof.errors import ConfigurationError, HistoryError
from schemaproof.history import revision_files
from schemaproof.history.alembic_options import script_folders
from schemaproof.history.probe_results import WrittenRevisions
from schemaproof.project import Project


class UntriedRevisionError(HistoryError):
    """The written revision fails in a scratch database; its file is kept."""


def required(written: WrittenRevisions | None) -> Path:
    """Return the one file that was written.

    Raises:
        ConfigurationError: No file was written, because the template produces no revision.
    """
    if written is None:
        raise ConfigurationError(
            "script.py.mako does not produce a revision", remedy="restore it: alembic init"
        )
    [file] = written.files.values()
    return file


@contextmanager
def removed_on_failure(project: Project, asked: Mapping[str, Any]) -> Iterator[None]:
    """Remove the files of the new revision and of its later phases if the block fails.

    A revision that was written but does not work (UntriedRevisionError) is kept, so that the reader
    can correct it.

    Args:
        project: The project.
        asked: The arguments of Alembic's command, with the id of the revision.
    """
    before = _files(project)
    try:
        yield
    except UntriedRevisionError:
        raise
    except BaseException:
        for path in _files(project) - before:
            # Somebody else may have added another revision in the meantime.
            if _belongs_to_chain(asked["rev_id"], revision_files.id_in(path)):
                for one in (path, *_compiled(path)):
                    with suppress(OSError):
                        one.unlink()
        raise


def _belongs_to_chain(revision: str, found: str | None) -> bool:
    """Whether a file holds no revision, or one of the chain that begins with a revision."""
    return found is None or found == revision or found.startswith(f"{revision}_")


def _compiled(path: Path) -> Iterator[Path]:
    """Yield the compiled files that any Python may have made of a file."""
    yield from path.parent.glob(f"__pycache__/{path.stem}.*.pyc")


def _files(project: Project) -> set[Path]:
    return {path for folder in script_folders(project) for path in folder.rglob("*.py")}
