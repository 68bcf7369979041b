"""The files of the revisions, each loaded separately, so that one fault does not hide others."""

from __future__ import annotations

import inspect
import os
import re
import traceback
from typing import Any, Iterator

from .failures import first_line

# Alembic distinguishes revisions from other files of the folder by these names. A file without an
# id gets it from its name.
_SOURCE = re.compile(r"(?!\.#|__init__).*\.py$")
_SOURCE_OR_COMPILED = re.compile(r"(?!\.#|__init__).*\.py[co]?$")
_LEGACY = re.compile(r"([a-f0-9]+)\.py$")


def read(script: Any) -> list[dict[str, Any]]:
    """Return the contents of each file, or the reason why it cannot be used.

    Args:
        script: The ``ScriptDirectory`` of Alembic; it gives the folders, and loads no file.
    """
    return [_read(path) for path in _paths(script)]


def _paths(script: Any) -> Iterator[str]:
    from alembic import util

    given = script.version_locations or [os.path.join(script.dir, "versions")]
    pattern = _SOURCE_OR_COMPILED if script.sourceless else _SOURCE
    for location in given:
        for folder, folders, names in os.walk(util.coerce_resource_to_filename(str(location))):
            for name in sorted(names):
                if pattern.match(name) and not _is_second(folder, name):
                    yield os.path.abspath(os.path.join(folder, name))
            folders[:] = _below(script, folders)


def _below(script: Any, folders: list[str]) -> list[str]:
    if getattr(script, "recursive_version_locations", False):
        # Alembic has this option since 1.10.
        return sorted(one for one in folders if script.sourceless or one != "__pycache__")
    return [one for one in folders if script.sourceless and one == "__pycache__"]


def _is_second(folder: str, name: str) -> bool:
    """Whether a file is compiled and its source is beside it."""
    if name.endswith(".py"):
        return False
    above = os.path.dirname(folder) if os.path.basename(folder) == "__pycache__" else folder
    return os.path.exists(os.path.join(above, name.partition(".")[0] + ".py"))


def _read(path: str) -> dict[str, Any]:
    from alembic import util

    folder, name = os.path.split(path)
    try:
        module = util.load_python_file(folder, name)
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        return {"path": path, "line": line_in(path, error), "fault": first_line(error)}
    legacy = _LEGACY.match(name)
    revision = getattr(module, "revision", legacy and legacy.group(1))
    if not isinstance(revision, str):
        return {"path": path, "line": 1, "fault": "it assigns no text to revision, its id"}
    if not callable(getattr(module, "upgrade", None)):
        return {"path": path, "line": 1, "fault": "it has no function upgrade", "id": revision}
    return {
        "path": path,
        "id": revision,
        "follows": _ids(getattr(module, "down_revision", None)),
        "depends_on": _ids(getattr(module, "depends_on", None)),
        "labels": _ids(getattr(module, "branch_labels", None)),
        "title": inspect.cleandoc(module.__doc__ or "").split("\n\n")[0],
    }


def line_in(path: str, error: BaseException) -> int:
    """Return the line of a file that an error came from; 1 if it came from elsewhere."""
    if isinstance(error, SyntaxError) and error.filename and _same(error.filename, path):
        return error.lineno or 1
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if _same(frame.filename, path)]
    return (lines[-1] if lines else None) or 1


def _same(one: str, other: str) -> bool:
    return os.path.abspath(one) == os.path.abspath(other)


def _ids(value: Any) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else list(value)
