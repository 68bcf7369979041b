"""The data that a downgrade loses: derived from the snapshots, and declared by the revision."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from schemaproof.compare import Difference
from schemaproof.history import revision_files
from schemaproof.history.history import History
from schemaproof.project import LintOptions
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath

ATTRIBUTE: Final = "downgrade_loses"
RULE: Final = "data-loss-undeclared"
_DECLARED: Final = re.compile(rf"^{ATTRIBUTE}\b.*\n", re.MULTILINE)
_MADE: Final = frozenset({Code("table", "unexpected"), Code("column", "unexpected")})
_DROPPED: Final = frozenset({Code("table", "missing"), Code("column", "missing")})


def downgrade_losses(history: History, revision: str) -> tuple[ObjectPath, ...]:
    """Return the loss when a revision is undone; empty when nothing is lost.

    The loss consists of the tables and columns that the undo drops, as the snapshots show, and of
    the declaration in the file: a change of rows that cannot be undone is in no snapshot.
    """
    known = history.revisions[revision]
    return lost_and_declared(history.own_changes(known) or (), declared_loss(known.path))


def lost_and_declared(made: Iterable[Difference], declared: str | None) -> tuple[ObjectPath, ...]:
    """Return the loss of an undo: the dropped objects, and the declaration of the file."""
    lost = lost_by_undo(made)
    return lost if not declared or declared == in_words(lost) else (*lost, ObjectPath(declared))


def lost_by_undo(made: Iterable[Difference]) -> tuple[ObjectPath, ...]:
    """Return the tables and columns that an undo of these changes drops."""
    return tuple(found.path for found in made if found.code in _MADE)


def lost_by_upgrade(made: Iterable[Difference]) -> tuple[ObjectPath, ...]:
    """Return the tables and columns that these changes drop."""
    return tuple(found.path for found in made if found.code in _DROPPED)


def in_words(lost: Iterable[ObjectPath]) -> str:
    """Return a loss as a file declares it."""
    return ", ".join(sorted(lost))


def declared_loss(file: Path) -> str | None:
    """Return the loss of a downgrade as the revision's file declares it."""
    return revision_files.assigned(file, ATTRIBUTE)


def is_asked_for(text: str, options: LintOptions) -> bool:
    """Whether a new revision declares its loss: its template, or the linter, asks for that."""
    return RULE in options.enabled or _DECLARED.search(text) is not None


def with_declaration(text: str, loses: str) -> str:
    """Return a revision's text with the loss declared, in place of an existing declaration."""
    declaration = f"{ATTRIBUTE} = {loses!r}\n"
    if _DECLARED.search(text):
        return _DECLARED.sub(lambda _: declaration, text)
    ends = [
        one.end_lineno or one.lineno
        for one in ast.parse(text).body
        if isinstance(one, ast.Assign | ast.AnnAssign)
    ]
    lines = text.splitlines(keepends=True)
    lines.insert(max(ends), declaration)
    return "".join(lines)
