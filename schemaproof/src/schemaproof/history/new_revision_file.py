"""The file of a new revision: there, or removed again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from schemaproof.errors import ConfigurationError, HistoryError
from schemaproof.history import revision_files
from schemaproof.history.alembic_options import script_folders
from schemaproof.history.probe_answers import WrittenFile
from schemaproof.project import Project


class UntriedRevisionError(HistoryError):
    """What was written does not work in a scratch database; its file is kept."""


def required(file: WrittenFile | None) -> Path:
    """Return what was written.

    Raises:
        ConfigurationError: Nothing was: the template makes no revision.
    """
    if file is None:
        raise ConfigurationError(
            "what script.py.mako makes is no revision", remedy="restore it: alembic init"
        )
    return file.path


@contextmanager
def removed_on_failure(project: Project, asked: Mapping[str, Any]) -> Iterator[None]:
    """Remove the new revision's file if the block fails, whole or not.

    What only does not work is kept: it is the reader's to correct (UntriedRevisionError).

    Args:
        project: Whose.
        asked: The arguments of Alembic's command, with the id of the revision.
    """
    before = _files(project)
    try:
        yield
    except UntriedRevisionError:
        raise
    except BaseException:
        for path in _files(project) - before:
            # Somebody else's new revision may have come meanwhile.
            if revision_files.id_in(path) in {asked["rev_id"], None}:
                for one in (path, *_compiled(path)):
                    with suppress(OSError):
                        one.unlink()
        raise


def _compiled(path: Path) -> Iterator[Path]:
    """Yield what any Python may have compiled it to."""
    yield from path.parent.glob(f"__pycache__/{path.stem}.*.pyc")


def _files(project: Project) -> set[Path]:
    return {path for folder in script_folders(project) for path in folder.rglob("*.py")}
