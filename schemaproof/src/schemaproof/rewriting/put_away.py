"""The folder of files and snapshots of squashed revisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from schemaproof.history.revision_files import RevisionFile
from schemaproof.output import whole_file
from schemaproof.project import Project

_UNFINISHED: Final = "unfinished.json"
"""The file with the former contents: a killed run leaves it, and the next run restores them."""


@contextmanager
def put_away(project: Project, own: Sequence[RevisionFile]) -> Iterator[Path]:
    """Move files and snapshots of revisions into the folder of squashed revisions.

    A revision that was made by an earlier squash may already have a file there; that file is kept.
    When anything fails, all files are restored.
    """
    away = project.squashed()
    pairs = [(one, one.path, away.version_folder / one.path.name) for one in own]
    for one in own:
        name = f"{one.id}.json"
        pairs.append((one, project.snapshot_folder / name, away.snapshot_folder / name))
    known = {one.stem for one in away.snapshot_folder.glob("*.json")}
    moved = [(old, one.id not in known and new) for one, old, new in pairs if old.exists()]
    away.snapshot_folder.mkdir(parents=True, exist_ok=True)
    _note(project, moved)
    try:
        for old, new in moved:
            if new:
                whole_file.write(new, old.read_bytes())
            old.unlink()
        yield away.version_folder
    except BaseException:
        restore(project)
        raise
    _unfinished(project).unlink()


def restore(project: Project) -> bool:
    """Restore the files that an interrupted run has moved; return whether there were any."""
    note, folder = _unfinished(project), project.script_location
    if not note.exists():
        return False
    before = json.loads(note.read_text("utf-8"))
    for name, text in before["files"].items():
        whole_file.write(folder / name, text)
    for name in before["made"]:
        (folder / name).unlink(missing_ok=True)
    note.unlink()
    return True


def _note(project: Project, moved: Sequence[tuple[Path, Path | bool]]) -> None:
    folder = project.script_location
    files = {str(old.relative_to(folder)): old.read_bytes().decode("utf-8") for old, _ in moved}
    made = [str(new.relative_to(folder)) for _, new in moved if isinstance(new, Path)]
    whole_file.write(_unfinished(project), json.dumps({"files": files, "made": made}))


def _unfinished(project: Project) -> Path:
    return project.squashed().version_folder / _UNFINISHED
