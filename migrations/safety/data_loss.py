"""What a downgrade loses: worked out from the snapshots, and declared by the revision."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from core.errors import MigrationRefusedError
from core.project import Project
from introspection.compare import Difference, compare
from introspection.render.text import one_line
from introspection.shapes import Snapshot
from migrations.runner import revision_files
from migrations.runner.history import History
from migrations.runner.request import DATA_LOSS

ATTRIBUTE: Final = "downgrade_loses"
SHOWN: Final = 10
_HOLDS_ROWS: Final = frozenset({"table-unexpected", "column-unexpected"})


def refuse(project: Project, history: History, undone: Iterable[str]) -> None:
    """Refuse a downgrade that loses data.

    Args:
        project: Whose revisions they are.
        history: The revisions.
        undone: The revisions that are undone, in that order.

    Raises:
        MigrationRefusedError: Something is lost; the message names it.
    """
    lost = [one for revision in undone for one in of_downgrade(project, history, revision)]
    if not lost:
        return
    # What is within a table that goes is not worth a word.
    wholes = tuple(f"{one}." for one in lost)
    named = [one for one in dict.fromkeys(lost) if not one.startswith(wholes)]
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    raise MigrationRefusedError(
        f"the downgrade loses {', '.join(map(one_line, named[:SHOWN]))}{more}; nothing was changed",
        ground=DATA_LOSS,
        remedy="make a backup, and say that it may be lost: --accept-data-loss"
        " (alembic -x accept-data-loss=true)",
    )


def of_downgrade(project: Project, history: History, revision: str) -> tuple[str, ...]:
    """Return what undoing a revision loses; empty when it loses nothing.

    The tables and columns that it drops, as its snapshots say, and what its file declares: a
    change of rows that cannot be taken back is in no snapshot.
    """
    known = history.revisions[revision]
    parent = known.parents[0] if known.parents else None
    lost = by_schema(history.snapshot_at(parent), history.snapshot_at(revision))
    path = _path(project, revision)
    said = declared(path.read_text("utf-8")) if path is not None else None
    return (*lost, *([said] if said is not None else []))


def by_schema(kept: Snapshot | None, left: Snapshot | None) -> tuple[str, ...]:
    """Name the tables and columns of one schema that another has not.

    Args:
        kept: The schema that is gone to.
        left: The schema that is left.
    """
    if kept is None or left is None:
        return ()
    return of_changes(compare(kept, left).differences)


def of_changes(made: Iterable[Difference]) -> tuple[str, ...]:
    """Name the tables and columns that an undo of these changes drops."""
    return tuple(found.path for found in made if found.code in _HOLDS_ROWS)


def declared(source: str) -> str | None:
    """Return what a revision's file declares that its downgrade loses."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            names = {ast.unparse(target) for target in statement.targets}
            if ATTRIBUTE in names and isinstance(statement.value.value, str):
                return statement.value.value
    return None


def _path(project: Project, revision: str) -> Path | None:
    files = revision_files.read(project) or []
    return next((file.path for file in files if file.id == revision), None)
