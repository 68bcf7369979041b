"""The revisions, as the project's own Alembic reads them."""

from __future__ import annotations

import platform
from typing import Any

from . import drivers
from .environment import Environment


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
