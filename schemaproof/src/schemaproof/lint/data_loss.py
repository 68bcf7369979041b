"""What a downgrade loses: worked out from the snapshots, and declared by the revision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from alembic.script import Script

from schemaproof.compare import Difference
from schemaproof.history.alembic_scripts import script_directory
from schemaproof.history.history import History
from schemaproof.project import Project
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath

ATTRIBUTE: Final = "downgrade_loses"
_MADE: Final = frozenset({Code("table", "unexpected"), Code("column", "unexpected")})
_DROPPED: Final = frozenset({Code("table", "missing"), Code("column", "missing")})


def downgrade_losses(project: Project, history: History, revision: str) -> tuple[ObjectPath, ...]:
    """Return what undoing a revision loses; empty when it loses nothing.

    The tables and columns that it drops, as its snapshots say, and what its file declares: a
    change of rows that cannot be taken back is in no snapshot.
    """
    made = history.changes_of(history.revisions[revision]) or ()
    loses = declared_loss(script_directory(project).get_revision(revision))
    return (*lost_by_undo(made), *([ObjectPath(loses)] if loses else []))


def lost_by_undo(made: Iterable[Difference]) -> tuple[ObjectPath, ...]:
    """Name the tables and columns that an undo of these changes drops."""
    return tuple(found.path for found in made if found.code in _MADE)


def lost_by_upgrade(made: Iterable[Difference]) -> tuple[ObjectPath, ...]:
    """Name the tables and columns that these changes drop."""
    return tuple(found.path for found in made if found.code in _DROPPED)


def declared_loss(script: Script) -> str | None:
    """Return what a revision's file declares that its downgrade loses."""
    declared = getattr(script.module, ATTRIBUTE, None)
    return str(declared) if declared else None
