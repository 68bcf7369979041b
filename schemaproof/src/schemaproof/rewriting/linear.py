"""Move a branch that nobody has applied behind the other: its first revision gets a new parent."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemaproof.errors import HistoryError
from schemaproof.history import new_snapshots, replay_plan
from schemaproof.history.revision_files import RevisionFile
from schemaproof.output import whole_file
from schemaproof.project import Project

_GIT_SECONDS: Final = 10
_REVISES: Final = "(?m)^(Revises: *).*$"


@dataclass(frozen=True, slots=True)
class Branch:
    """The revisions that a head needs and the other head does not.

    Attributes:
        files: The revisions of the branch, each after those that it follows.
        onto: The head that the branch would follow.
        hindrance: The reason why the branch may not move; None when it may.
    """

    files: tuple[RevisionFile, ...]
    onto: str
    hindrance: str | None = None


def branch(
    files: Sequence[RevisionFile], head: str, onto: str, applied: frozenset[str], root: Path
) -> Branch:
    """Return the revisions of a branch, with the reason why they may not move, if any.

    Args:
        files: All revisions, each after those that it follows.
        head: The head of the branch.
        onto: The head that the branch would follow.
        applied: The revisions that are known to be applied in a database.
        root: The folder of the project.
    """
    needs = replay_plan.needed_revisions(files)
    own = tuple(one for one in files if one.id in needs[head] - needs[onto])
    return Branch(own, onto, next(_hindrances(files, own, applied, root), None))


def _hindrances(
    files: Sequence[RevisionFile],
    own: Sequence[RevisionFile],
    applied: frozenset[str],
    root: Path,
) -> Iterator[str]:
    ids = {one.id for one in own}
    for before, one in zip((None, *own), own, strict=False):
        if one.depends_on or len(one.follows) > 1 or (before and one.follows != (before.id,)):
            yield f"{one.id} follows or needs more than one revision"
    for other in files:
        if other.id not in ids and ids.intersection(other.needs):
            yield f"{other.id}, of another branch, depends on it"
    if done := [one.id for one in own if one.id in applied]:
        yield f"{', '.join(done)} is applied in the database"
    for one in own:
        if (tag := _released_in(one.path, root)) is not None:
            yield f"{one.id} is released in {tag}"


def _released_in(path: Path, root: Path) -> str | None:
    """Return a tag of Git that contains the file; None without one."""
    log = ["log", "--format=%H", "--diff-filter=A", "-1", "--", str(path)]
    added = _output(["git", "-C", str(root), *log])
    tags = _output(["git", "-C", str(root), "tag", "--contains", added]) if added else ""
    return next(iter(tags.splitlines()), None)


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - no input of anybody
            command, capture_output=True, text=True, check=False, timeout=_GIT_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def move(project: Project, moved: Branch) -> list[Path]:
    """Make a branch follow the other head, and record its revisions again.

    When anything fails, the file is restored.

    Returns:
        The snapshots.

    Raises:
        HistoryError: A revision fails in its new place, or the file does not assign one text to
            ``down_revision``.
    """
    first = moved.files[0]
    with _rewritten(first.path, moved.onto):
        ids = [one.id for one in moved.files]
        new_snapshots.recorded(project, ids)
    return [project.snapshot_folder / f"{one}.json" for one in ids]


@contextmanager
def _rewritten(path: Path, parent: str) -> Iterator[None]:
    before = path.read_bytes()
    whole_file.write(path, with_parent(before.decode("utf-8"), parent, path))
    try:
        yield
    except BaseException:
        whole_file.write(path, before)
        raise


def with_parent(text: str, parent: str, path: Path) -> str:
    """Return the text of a revision's file that follows another revision.

    Raises:
        HistoryError: The file does not assign one text to ``down_revision`` exactly once.
    """
    found = [
        one.value
        for one in ast.parse(text).body
        if isinstance(one, ast.Assign | ast.AnnAssign)
        for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
        if isinstance(target, ast.Name) and target.id == "down_revision"
    ]
    value = found[0] if len(found) == 1 else None
    if not isinstance(value, ast.Constant) or value.end_col_offset is None:
        raise HistoryError(
            f"{path} does not assign one text to down_revision exactly once",
            remedy="write the revision that it follows there, and try again",
        )
    lines = text.encode("utf-8").splitlines(keepends=True)
    line = lines[value.lineno - 1]
    quoted = f'"{parent}"' if line[value.col_offset :].startswith(b'"') else repr(parent)
    before, after = line[: value.col_offset], line[value.end_col_offset :]
    lines[value.lineno - 1] = before + quoted.encode("utf-8") + after
    return re.sub(_REVISES, rf"\g<1>{parent}", b"".join(lines).decode("utf-8"), count=1)
