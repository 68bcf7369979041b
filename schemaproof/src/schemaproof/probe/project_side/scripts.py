"""The revisions, as the project's own Alembic reads them."""

from __future__ import annotations

import contextlib
import platform
from typing import Any

from . import drivers, revision_modules, target_metadata
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
    """Return what the file of each revision says of itself, or why it cannot be used."""
    found = revision_modules.read(environment.script())
    if not found:
        environment.loaded_script = None
        found = revision_modules.read(script(environment))
    return found


def script(environment: Environment) -> Any:
    """Return Alembic's view of the revisions, which an env.py may have to say where they are."""
    if environment.loaded_script is None and environment.has_env:
        environment.connections.listen()
        with contextlib.suppress(FailedError):
            target_metadata.env_metadata(environment)
    return environment.script()
