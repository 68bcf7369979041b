"""Files and snapshots of revisions that have become one, in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from schemaproof.history.revision_files import RevisionFile
from schemaproof.output import whole_file
from schemaproof.project import Project


@contextmanager
def put_away(project: Project, own: Sequence[RevisionFile]) -> Iterator[Path]:
    """Have files and snapshots of revisions stand in the folder of what was squashed.

    Of one that stands there already, because it was squashed itself, that file is kept.
    """
    away = project.squashed()
    pairs = [(one.path, away.version_folder / one.path.name) for one in own]
    known = {one.stem for one in away.snapshot_folder.glob("*.json")}
    names = [f"{one.id}.json" for one in own]
    pairs += [(project.snapshot_folder / one, away.snapshot_folder / one) for one in names]
    pairs = [(old, new) for old, new in pairs if old.exists()]
    before = {old: old.read_bytes() for old, _ in pairs}
    written: list[Path] = []
    try:
        away.snapshot_folder.mkdir(parents=True, exist_ok=True)
        for (old, new), revision in zip(pairs, [*own, *own], strict=False):
            if revision.id not in known:
                written.append(new)
                whole_file.write(new, before[old])
            old.unlink()
        yield away.version_folder
    except BaseException:
        for one in written:
            one.unlink(missing_ok=True)
        for old, content in before.items():
            whole_file.write(old, content)
        raise
