"""Facts of the project's code that a check needs, and the files on which they depend."""

from __future__ import annotations

from typing import Any

from . import models, request_processes, scripts
from .environment import Environment


def look(environment: Environment) -> dict[str, Any]:
    """Return the models' fingerprint and the revisions, with the files and folders they came from.

    Returns:
        The fingerprint (``models``), the ``revisions`` (None if they cannot be read), and the files
        and folders (``inputs``; None if further ones were read, or may have been).
    """
    found = models.fingerprint(environment)
    environment.warm()
    read = request_processes.answered(lambda: _revisions(environment))
    return {"models": found, **read.get("ok", {"revisions": None, "inputs": None})}


def _revisions(environment: Environment) -> dict[str, Any]:
    found = scripts.revisions(environment)
    if any("fault" in one for one in found):
        found = scripts.revisions_in_application(environment)
    return {"revisions": found, "inputs": environment.recorded.found(tuple(environment.folders))}
