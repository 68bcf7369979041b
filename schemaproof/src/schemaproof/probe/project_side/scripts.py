"""The revisions, read by the project's own Alembic."""

from __future__ import annotations

import contextlib
import platform
from typing import Any

from . import drivers, revision_modules, target_metadata
from .environment import Environment
from .failures import FailedError


def describe(_: Environment) -> dict[str, Any]:
    """Return the versions of the project's packages."""
    import alembic
    import sqlalchemy

    return {
        "python": platform.python_version(),
        "sqlalchemy": sqlalchemy.__version__,
        "alembic": alembic.__version__,
        "drivers": drivers.installed(),
    }


def revisions(environment: Environment) -> list[dict[str, Any]]:
    """Return the contents of each revision's file, or why it cannot be used."""
    found = revision_modules.read(environment.script())
    if not found:
        environment.loaded_script = None
        found = revision_modules.read(script(environment))
    return found


def revisions_in_application(environment: Environment) -> list[dict[str, Any]]:
    """Return the contents of the revisions' files, loaded within the application of env.py."""
    with environment.connections.reported(), environment.application():
        return revisions(environment)


def folders_of_env(environment: Environment) -> list[str]:
    """Run env.py, and return the folders of revisions that it sets; empty if it sets none."""
    script = environment.script()
    before = [str(one) for one in script.version_locations or ()]
    with contextlib.suppress(FailedError):
        target_metadata.env_metadata(environment)
    after = [str(one) for one in script.version_locations or ()]
    return after if after != before else []


def script(environment: Environment) -> Any:
    """Return Alembic's view of the revisions, whose folders env.py may set."""
    if environment.loaded_script is None and environment.has_env:
        environment.connections.listen()
        with contextlib.suppress(FailedError):
            target_metadata.env_metadata(environment)
    return environment.script()
