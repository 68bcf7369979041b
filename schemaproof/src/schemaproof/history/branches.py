"""Histories with branches: the target heads of a project, and their joint schema."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from schemaproof.errors import ConfigurationError
from schemaproof.history.revision_files import RevisionFile
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.merging import ConflictError, merged

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationInfo

    from schemaproof.history.history import History

ALL: Final = "heads"
_HEAD: Final = "head"


def find_heads(files: Iterable[RevisionFile]) -> tuple[str, ...]:
    """Return the revisions without a successor."""
    known = {file.id: file for file in files}
    followed = {parent for file in known.values() for parent in file.follows}
    return tuple(one for one in known if one not in followed)


def target_heads(
    files: Sequence[RevisionFile], target: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the heads that the target names, and the heads that it leaves undecided.

    Args:
        files: The revisions, each after those that it follows.
        target: The names of the target, in the form of Alembic: ``heads``, ``LABEL@head``,
            ``REVISION@head``, or a revision; ``head`` when empty.

    Raises:
        ConfigurationError: There is no such revision or label.
    """
    found: list[str] = []
    several: list[str] = []
    for one in target or (_HEAD,):
        heads = _named_heads(files, one)
        found += heads
        several += heads if len(heads) > 1 and one.rpartition("@")[2] != ALL else ()
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(several))


def _named_heads(files: Sequence[RevisionFile], one: str) -> list[str]:
    heads = find_heads(files)
    branch, is_branch, end = one.rpartition("@")
    if one in {_HEAD, ALL}:
        return list(heads)
    name = branch if is_branch and end in {_HEAD, ALL} else one
    labels = {label: file.id for file in files for label in file.labels}
    begun = [file.id for file in files if file.id.startswith(name)]
    start = name if name in begun else labels.get(name, begun[0] if len(begun) == 1 else None)
    if start is None:
        raise ConfigurationError(
            f"target in [tool.schemaproof] is {one!r}, and no revision is called {name!r}",
            remedy="write it as Alembic does, such as 'main@head'; branch_labels names a branch",
        )
    if name == one:
        return [start]
    above = {start}
    for file in files:  # A file comes after the files that it follows.
        if above.intersection(file.follows):
            above.add(file.id)
    return [head for head in heads if head in above]


def ends(history: History, revisions: Collection[str]) -> tuple[str, ...]:
    """Return the revisions that no other of them follows."""
    below = history.applied(*revisions)
    followed = {parent for one in below for parent in history.revisions[one].parents}
    return tuple(sorted({*revisions} - followed))


def joint_schema(history: History, rows: Sequence[str]) -> Snapshot | None:
    """Return the schema after revisions of several branches, derived from their snapshots.

    Returns:
        The schema; None when a revision was not recorded, or two branches change the same object.
        Then only a replay can determine it.
    """
    first, *others = ends(history, rows)
    done, known = history.applied(first), history.snapshot_at(first)
    for other in others:
        then, added = history.applied(other), history.snapshot_at(other)
        common = ends(history, done & then)
        base = joint_schema(history, common) if common else Snapshot()
        if known is None or added is None or base is None:
            return None
        try:
            known = merged(base, known, added)
        except ConflictError:
            return None
        done |= then
    return known


def after_step(history: History, rows: Collection[str], step: MigrationInfo) -> tuple[str, ...]:
    """Return the revisions of a database after a step.

    Args:
        history: The revisions.
        rows: The revisions of the database before the step.
        step: The step.
    """
    if step.is_stamp:
        return tuple(step.destination_revision_ids)
    revision = step.up_revision_id or ""
    if step.is_upgrade:
        return ends(history, {*rows, revision})
    parents = history.revisions[revision].parents if revision in history.revisions else ()
    return ends(history, {*rows, *parents} - {revision})
