"""Cache results of the project's code until one of the files that it was read from changes.

The project's Python reports the files and folders that it has read. While these files (by inode,
size and times) and the environment are unchanged, the models and revisions are the same. Where this
is not certain, the project's Python is asked again.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from schemaproof.errors import HistoryError, SchemaproofError
from schemaproof.history import probe_results, record, snapshot_file
from schemaproof.history.broken_history import Fault
from schemaproof.history.probe_results import Look
from schemaproof.history.project_code import project_code
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.record import Declared
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.snapshot_file import RecordedRevision
from schemaproof.output import whole_file
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot
from schemaproof.scratch.scratch import described

_FORMAT: Final = 3
# A file that was changed this many seconds ago may change again with the same timestamp.
_SETTLED: Final = 2.0
_CATALOG: Final = Path(__file__).parent.parent / "catalog"


def look(probe: ProjectProbe) -> Look:
    """Return the models' fingerprint and the revisions; run the project's code only if necessary.

    Raises:
        ConfigurationError: The models cannot be loaded.
        HistoryError: The models contain something that SQLAlchemy cannot write.
    """
    file, environment = _file(probe.project), _environment(probe.project)
    known = _read(file)
    with suppress(KeyError, TypeError, AttributeError):
        if known["environment"] == environment and _are_as_they_were(known["inputs"]):
            return Look(str(known["models"]), known["revisions"], None)
    begun = time.time()
    found = probe.look()
    if found.inputs is not None:
        answers = {"models": found.models, "revisions": found.revisions}
        _remember(file, {**answers, "environment": environment}, found.inputs, begun)
    return found


def revisions(probe: ProjectProbe) -> tuple[list[RevisionFile], list[Fault]]:
    """Return the revisions that the project's Python loads, and the faults of other files.

    Raises:
        HistoryError: Alembic cannot find their folders.
    """
    # An error of the models is no error of the revisions, which are then asked for alone.
    with suppress(SchemaproofError):
        if (found := look(probe).revisions) is not None:
            return probe_results.revisions(found)
    return probe.revisions()


def declared(probe: ProjectProbe, models: str, head: Snapshot) -> Declared:
    """Return the schema that the models declare; create it only when the known one is outdated.

    Args:
        probe: The project's code.
        models: The fingerprint of the models.
        head: The schema that the revisions produce.

    Raises:
        HistoryError: The models cannot be created at all.
        LocalServerError: There is no server for scratch databases.
    """
    project = probe.project
    file, key = _file(project, "-models"), _declared_key(project, models, head)
    known = _read(file)
    with suppress(KeyError, TypeError, HistoryError):
        if known["key"] == key:
            refused = tuple(map(probe_results.refused_object, known["refused"]))
            return Declared(snapshot_file.loads(known["snapshot"]).snapshot, refused)
    found = record.declared(probe, head)
    text = snapshot_file.dumps(
        RecordedRevision(
            revision="models", file_checksum="", models=models, snapshot=found.snapshot
        )
    )
    _write(file, {"key": key, "snapshot": text, "refused": [asdict(one) for one in found.refused]})
    return found


def _declared_key(project: Project, models: str, head: Snapshot) -> str:
    """Return a digest of all that the created models depend on."""
    prepared = project.scratch_sql
    extensions = sorted(str(one.definition) for one in head.objects if one.kind == "extension")
    return _digest(
        [
            *(models, extensions, described(project), project.tenant_schema, head.major),
            prepared and prepared.read_text("utf-8", "replace"),
            # Another version of the engine may read more.
            max(path.stat().st_mtime_ns for path in _CATALOG.rglob("*.*")),
        ]
    )


def _file(project: Project, kind: str = "") -> Path:
    """Return the cache file: one for each project, Python and configuration."""
    code = project_code(project)
    about = [_FORMAT, str(code.python), str(code.folder), code.described()]
    cache = project.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "schemaproof", f"{_digest(about)}{kind}.json")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode("ascii")).hexdigest()


def _environment(project: Project) -> str:
    return _digest(sorted(project.environ.items()))


def _read(file: Path) -> Mapping[str, Any]:
    """Return the content of a cache file; empty where there is none, or another user owns it."""
    with suppress(OSError, ValueError), file.open(encoding="utf-8") as stream:
        if os.fstat(stream.fileno()).st_uid == os.getuid():
            content: Mapping[str, Any] = json.load(stream)
            return content
    return {}


def _are_as_they_were(inputs: Mapping[str, Sequence[int] | None]) -> bool:
    return all(_state(path) == state for path, state in inputs.items())


def _remember(file: Path, known: dict[str, Any], inputs: Iterable[str], begun: float) -> None:
    states = {path: _state(path) for path in inputs}
    newest = max((state[-1] for state in states.values() if state), default=0)
    if newest / 1e9 <= begun - _SETTLED:
        _write(file, {**known, "inputs": states})


def _write(file: Path, content: Mapping[str, Any]) -> None:
    with suppress(OSError):
        # Without this file, the next check only takes longer.
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write(file, json.dumps(content))


def _state(path: str) -> list[int] | None:
    """Return a value that changes with a file or folder; None if it does not exist."""
    try:
        # os.stat() is faster than Path.stat(), and there are thousands of files.
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]
