"""Revisions that can be read as text, but that Python cannot import."""

import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from schemaproof.errors import SchemaproofError
from schemaproof.history import model_sources
from schemaproof.history.broken_history import BrokenHistoryError, Fault
from schemaproof.history.history import History, load_history
from schemaproof.project import Project

_IMPORT: Final = re.compile(rb"^\s*(?:from|import)\s+([\w.]+?)(?:\.|\s|$)", re.MULTILINE)
_STAYING: Final = frozenset({"alembic", "sqlalchemy", *sys.stdlib_module_names})


def faults(project: Project, history: History) -> tuple[Fault, ...]:
    """Return the faults of revisions that cannot be imported.

    Recorded revisions could be imported when they were recorded. They are not imported again while
    their files are unchanged, and the files of the models are unchanged too or no revision imports
    the project's code. No faults are returned where the project's Python cannot be started.
    """
    if _is_as_recorded(project, history):
        return ()
    # This import is here because few checks need it.
    from schemaproof.history import known_code
    from schemaproof.history.project_probe import ProjectProbe

    with suppress(SchemaproofError), ProjectProbe(project) as probe:
        return tuple(known_code.revisions(probe)[1])
    return ()


def load_importable(project: Project) -> History:
    """Read the revisions as :func:`load_history` does, and make sure that Python can import them.

    Raises:
        BrokenHistoryError: Some revisions cannot be used.
        HistoryError: A snapshot cannot be read.
    """
    history = load_history(project)
    if found := faults(project, history):
        raise BrokenHistoryError(found, project.root)
    return history


def _is_as_recorded(project: Project, history: History) -> bool:
    revisions = history.revisions.values()
    if any(one.recorded is None or one.changed_since_recorded for one in revisions):
        return False
    if not any(_imports_of_project(one.path) for one in revisions):
        return True
    known = {one.model_sources for one in history.recorded_heads}
    return None not in known and known == {model_sources.digest(project)}


def _imports_of_project(path: Path) -> bool:
    """Whether a revision imports more than Alembic, SQLAlchemy and the standard library."""
    found = (one.decode("ascii", "replace") for one in _IMPORT.findall(path.read_bytes()))
    return any(name not in _STAYING for name in found)
