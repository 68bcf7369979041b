"""Phases of a change: old code works after ``expand``, and not after ``contract``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemaproof.compare import Difference
from schemaproof.errors import ConfigurationError
from schemaproof.history import branches, revision_files
from schemaproof.history.history import History
from schemaproof.schema.codes import MISSING, RENAMED, Code

EXPAND: Final = "expand"
CONTRACT: Final = "contract"
DECLARED: Final = "phase"
"""The variable in a revision's file that holds the phase."""
_USED: Final = frozenset(
    {
        *("schema", "table", "foreign-table", "view", "materialized-view", "sequence", "column"),
        *("enum", "domain", "composite-type", "range-type", "base-type"),
        *("function", "procedure", "aggregate", "operator", "cast", "extension"),
    }
)
"""The kinds of objects that statements of an application name."""
_TYPE: Final = Code("column", "type")
_MODIFIER: Final = Code("column", "type-modifier")
_ENUM: Final = Code("enum", "definition")
# Each type can hold all values of the types before it.
_WIDER: Final = (
    ("smallint", "integer", "bigint", "numeric"),
    ("real", "double precision"),
    ("character varying", "text"),
)


@dataclass(frozen=True, slots=True)
class Phase:
    """The phase of a revision.

    Attributes:
        name: ``expand`` or ``contract``.
        reason: The change that makes the revision ``contract``; None where its file declares that.
    """

    name: str
    reason: str | None = None

    @property
    def is_contract(self) -> bool:
        """Whether an application that does not know the revision may fail after it."""
        return self.name == CONTRACT


def declared_phase(file: Path) -> Phase | None:
    """Return the phase that the file of a revision declares; None when it declares none.

    Raises:
        ConfigurationError: The file declares something that is not a phase.
    """
    declared = revision_files.assigned(file, DECLARED)
    if declared is None:
        return None
    if declared not in {EXPAND, CONTRACT}:
        raise ConfigurationError(
            f"{file}: there is no phase {declared!r}",
            remedy=f'write {DECLARED} = "{EXPAND}" or {DECLARED} = "{CONTRACT}"',
        )
    return Phase(declared)


def shown_phase(changes: Iterable[Difference]) -> Phase:
    """Return the phase of a revision that declares none, derived from its changes."""
    gone = next(breaking(changes), None)
    return Phase(CONTRACT, gone) if gone else Phase(EXPAND)


def find_phase(history: History, revision: str) -> Phase:
    """Return the phase of a revision: the declared one, else the one that its snapshot shows.

    Raises:
        ConfigurationError: The file declares something that is not a phase.
    """
    known = history.revisions[revision]
    return declared_phase(known.path) or shown_phase(history.own_changes(known) or ())


def before_contracts(history: History, pending: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the last revision before any contract revision, and the revisions that are left out.

    Args:
        history: The revisions.
        pending: The revisions that an upgrade would apply, each after those that it follows.

    Raises:
        ConfigurationError: A file declares something that is not a phase.
    """
    left: list[str] = []
    for one in pending:
        parents = history.revisions[one].parents
        if not {*left}.isdisjoint(parents) or find_phase(history, one).is_contract:
            left.append(one)
    applied = {*pending} - {*left}
    return [one for one in branches.ends(history, applied) if one in applied], left


def breaking(changes: Iterable[Difference]) -> Iterator[str]:
    """Yield the changes after which an application that does not know them fails.

    An added constraint or NOT NULL does not count, because old code is expected to satisfy it.
    """
    for change in changes:
        if change.code.aspect == MISSING and change.code.kind in _USED:
            yield f"drops {change.path}"
        elif change.code.aspect == RENAMED and change.code.kind in _USED:
            yield f"renames {change.path}"
        elif not _is_wider(change):
            yield f"narrows {change.path} from {change.expected} to {change.actual}"


def _is_wider(change: Difference) -> bool:
    """Whether the new type still fits the values that old code writes and reads."""
    old, new = change.expected or "", change.actual or ""
    if change.code == _TYPE:
        return any(old in ladder and new in ladder[ladder.index(old) :] for ladder in _WIDER)
    if change.code == _MODIFIER:
        before, after = _numbers(old), _numbers(new)
        return not after or (
            bool(before) and all(a <= b for a, b in zip(before, after, strict=False))
        )
    if change.code == _ENUM:
        return _labels(old) <= _labels(new)
    return True


def _numbers(text: str) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", text)]


def _labels(text: str) -> set[str]:
    return set(re.findall(r"'(?:[^']|'')*'", text))
