"""The revisions, as the project's own Alembic reads them."""

from __future__ import annotations

import contextlib
import platform
from typing import Any

from . import drivers, target_metadata
from .environment import Environment
from .failures import FailedError


def describe(_: Environment) -> dict[str, Any]:
    """Return the versions of what the project brings."""
    import alembic
    import sqlalchemy

    return {
        "python": platform.python_version(),
        "sqlalchemy": sqlalchemy.__version__,
        "alembic": alembic.__version__,
        "drivers": drivers.installed(),
    }


def revisions(environment: Environment) -> list[dict[str, Any]]:
    """Return all revisions, each after those that it follows or depends on."""
    script = environment.script()
    if environment.has_env and not script.get_bases():
        # An env.py may say where they are: context.script.version_locations = [...]
        environment.loaded_script = None
        environment.connections.listen()
        with contextlib.suppress(FailedError):
            target_metadata.env_metadata(environment)
        script = environment.script()
    return [
        {
            "id": found.revision,
            "follows": _ids(found.down_revision),
            # Here a branch's label, or the beginning of an id, may stand for the id.
            "depends_on": [script.get_revision(one).revision for one in _ids(found.dependencies)],
            "branch_labels": sorted(found.branch_labels),
            "title": found.doc,
            "path": found.path,
        }
        for found in reversed(list(script.walk_revisions()))
    ]


def _ids(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
