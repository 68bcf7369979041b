"""Cache the fingerprint of the models until one of their inputs changes.

The project's Python says which files and folders it has read for it. Those that are as they were
(their number, size and times, which nobody can set back), in an environment that is as it was, lead
to the same models. Where that cannot be told, they are loaded again.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from schemaproof.history.project_code import project_code
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.output import whole_file
from schemaproof.project import Project

_FORMAT: Final = 2
# A file that was changed this many seconds ago may change again with the same timestamp.
_SETTLED: Final = 2.0


def fingerprint(probe: ProjectProbe) -> str:
    """Return the fingerprint of the models; ask the project's Python only when necessary.

    Raises:
        ConfigurationError: The models cannot be loaded.
        HistoryError: They contain something that SQLAlchemy cannot write.
    """
    file, environment = _file(probe.project), _environment(probe.project)
    if (known := _known(file, environment)) is not None:
        return known
    begun = time.time()
    found, inputs = probe.fingerprint_and_inputs()
    if inputs is not None:
        _remember(file, {"models": found, "environment": environment}, inputs, begun)
    return found


def _file(project: Project) -> Path:
    """Return the cache file: one for each project, Python and configuration."""
    code = project_code(project)
    about = [_FORMAT, str(code.python), str(code.folder), code.described()]
    cache = project.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "schemaproof", f"{_digest(about)}.json")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode("ascii")).hexdigest()


def _environment(project: Project) -> str:
    return _digest(sorted(project.environ.items()))


def _known(file: Path, environment: str) -> str | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        with file.open(encoding="utf-8") as stream:
            if os.fstat(stream.fileno()).st_uid != os.getuid():
                # The file belongs to another user, who could have written anything into it.
                return None
            remembered: dict[str, Any] = json.load(stream)
        if remembered["environment"] != environment:
            return None
        if all(_state(path) == state for path, state in remembered["inputs"].items()):
            return str(remembered["models"])
    return None


def _remember(file: Path, known: dict[str, Any], inputs: Iterable[str], begun: float) -> None:
    states = {path: _state(path) for path in inputs}
    newest = max((state[-1] for state in states.values() if state), default=0)
    if newest / 1e9 > begun - _SETTLED:
        return
    with suppress(OSError):
        # Without this file, the next check only takes longer.
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write(file, json.dumps({**known, "inputs": states}))


def _state(path: str) -> list[int] | None:
    """Return a value that changes with a file or folder; None if it does not exist."""
    try:
        # os.stat() is faster than Path.stat(), and there are thousands of files.
        found = os.stat(path)  # noqa: PTH116 - there are thousands
    except OSError:
        return None
    return [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]
