"""The file of a new revision: written, or removed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import cache_from_source
from pathlib import Path

from alembic.autogenerate import RevisionContext
from alembic.util import CommandError, coerce_resource_to_filename

from schemaproof.errors import ConfigurationError, HistoryError
from schemaproof.history import revision_files
from schemaproof.history.alembic_scripts import script_directory
from schemaproof.history.replay import first_line
from schemaproof.output import whole_file
from schemaproof.project import Project


def write(context: RevisionContext) -> Path:
    """Write what was generated.

    Raises:
        ConfigurationError: Alembic refuses it, or the template makes no revision.
        HistoryError: The file cannot be written, or not be loaded.
    """
    try:
        [script] = context.generate_scripts()
    except CommandError as error:
        raise ConfigurationError(" ".join(str(error).split())) from error
    except OSError as error:
        raise HistoryError(
            f"the revision cannot be written: {error.strerror}",
            remedy=whole_file.remedy_of(error),
        ) from error
    except Exception as error:
        raise HistoryError(
            f"the revision that was generated cannot be loaded: {first_line(error)}",
            remedy="if not the message, then script.py.mako or a type of the models is at fault:"
            " alembic revision --autogenerate leaves the file to be corrected",
        ) from error
    if script is None:  # the template writes something that is no revision
        raise ConfigurationError(
            "what script.py.mako makes is no revision", remedy="restore it: alembic init"
        )
    return Path(script.path)


@contextmanager
def removed_on_failure(project: Project, revision: str) -> Iterator[None]:
    """Remove the new revision's file if the block fails, whole or not."""
    before = _files(project)
    try:
        yield
    except BaseException:
        for path in _files(project) - before:
            # Somebody else's new revision may have come meanwhile.
            if revision_files.id_in(path) in {revision, None}:
                for one in (path, Path(cache_from_source(str(path)))):
                    with suppress(OSError):
                        one.unlink()
        raise


def _files(project: Project) -> set[Path]:
    script = script_directory(project)
    folders = [coerce_resource_to_filename(one) for one in script.version_locations]
    return {
        path
        for folder in folders or [Path(script.dir, "versions")]
        for path in folder.rglob("*.py")
    }
