"""The data that a downgrade loses: derived from the snapshots, and declared by the revision."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from schemaproof.compare import Difference
from schemaproof.history import revision_files
from schemaproof.history.history import History
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath

ATTRIBUTE: Final = "downgrade_loses"
_MADE: Final = frozenset({Code("table", "unexpected"), Code("column", "unexpected")})
_DROPPED: Final = frozenset({Code("table", "missing"), Code("column", "missing")})


def downgrade_losses(history: History, revision: str) -> tuple[ObjectPath, ...]:
    """Return the loss when a revision is undone; empty when nothing is lost.

    The tables and columns that it drops, as its snapshots say, and what its file declares: a
    change of rows that cannot be undone is in no snapshot.
    """
    known = history.revisions[revision]
    made = history.own_changes(known) or ()
    loses = declared_loss(known.path)
    return (*lost_by_undo(made), *([ObjectPath(loses)] if loses else []))


def lost_by_undo(made: Iterable[Difference]) -> tuple[ObjectPath, ...]:
    """Return the tables and columns that an undo of these changes drops."""
    return tuple(found.path for found in made if found.code in _MADE)


def lost_by_upgrade(made: Iterable[Difference]) -> tuple[ObjectPath, ...]:
    """Return the tables and columns that these changes drop."""
    return tuple(found.path for found in made if found.code in _DROPPED)


def declared_loss(file: Path) -> str | None:
    """Return the loss of a downgrade as the revision's file declares it."""
    return revision_files.assigned(file, ATTRIBUTE)
