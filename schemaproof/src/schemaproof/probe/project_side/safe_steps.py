"""The order of the steps of a change, and their division into revisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Tuple

Table = Tuple[str, str]
"""Schema and name."""

(
    RENAME,
    RENAME_ONLINE,
    LABELS,
    UNREFER,
    DROP_CONSTRAINT,
    DROP_INDEX,
    DROP_PARTITIONED,
    TYPES,
    SEQUENCES,
    ORDINARY,
    OWNED,
    FREE,
    TIE,
    BACKFILL,
    ASK,
    VALIDATE_NOT_NULL,
    REQUIRE,
    BUILD,
    ADOPT,
    ADD,
    VALIDATE,
    REFER,
    SWAP,
    SWAP_TABLES,
    DROP_OLD,
    DROP_NAME,
    CONTRACT,
    DROP_REPLACED,
    DROP_TYPE,
    REPLACE_TYPE,
) = range(30)
_AUTOCOMMIT = frozenset((DROP_INDEX, DROP_PARTITIONED, BUILD, DROP_OLD))
# These steps, or their reversals, do not run in a transaction.
_UNDONE = frozenset(
    (UNREFER, DROP_CONSTRAINT, FREE, ADOPT, REFER, SWAP, SWAP_TABLES, DROP_REPLACED)
)
_ALONE = _AUTOCOMMIT | _UNDONE | {RENAME_ONLINE, TIE, BACKFILL, DROP_NAME, REPLACE_TYPE}
# These are autocommitted so that the locks of earlier revisions end before a table is scanned, even
# if one transaction runs all revisions.
_SCANNING = frozenset((VALIDATE_NOT_NULL, VALIDATE))
# These steps need their own revision: a new label can only be used in a later transaction, and an
# INSERT locks the table before the sequence.
_APART = frozenset((LABELS, SEQUENCES, OWNED))
_BREAKING = frozenset((RENAME, DROP_NAME, CONTRACT, DROP_REPLACED, DROP_TYPE, REPLACE_TYPE))


@dataclass(frozen=True)
class Step:
    """A part of a change that cannot be divided.

    Attributes:
        stage: The stage in which the step runs, such as ``ORDINARY``.
        up: Its operations.
        down: The statements that undo them, in the order in which they run.
        tables: The existing tables that the step locks against writes of others.
        sequence: The position among the changes that are made one after the other, before ordinary
            steps; 0 for an ordinary step, negative for a step before all others.
    """

    stage: int
    up: tuple[Any, ...]
    down: tuple[Any, ...]
    tables: frozenset[Table] = frozenset()
    sequence: int = 0

    @property
    def order(self) -> tuple[bool, bool, bool, int, int]:
        """The position in the order of steps."""
        is_late = self.stage >= ORDINARY
        return self.sequence >= 0, is_late, not self.sequence, self.sequence, self.stage

    @property
    def is_autocommit(self) -> bool:
        """Whether a step is not run in the transaction of the revisions before it."""
        return self.stage in _AUTOCOMMIT or self.stage in _SCANNING

    @property
    def commits(self) -> bool:
        """Whether a step ends the transaction of the revisions before it."""
        return self.is_autocommit or self.stage in (LABELS, BACKFILL)

    @property
    def is_expand(self) -> bool:
        """Whether all applications work after it, although a name may mean another object then."""
        return self.stage in (RENAME_ONLINE, SWAP_TABLES)

    @property
    def is_contract(self) -> bool:
        """Whether an application that does not know the change fails after it."""
        return self.stage in _BREAKING


def revisions(steps: Iterable[Step]) -> list[list[Step]]:
    """Return the steps of each revision.

    Steps that scan a table, change rows, or cannot run in a transaction are in other revisions than
    steps that lock. A revision locks several tables only if one of its steps does. So locks are
    held for moments, and no other transaction can take the same locks in the opposite order.
    """
    groups: list[list[Step]] = []
    for step in sorted(steps, key=lambda one: one.order):
        if groups and _fits(groups[-1], step):
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def locked_together(groups: Iterable[list[Step]]) -> frozenset[Table]:
    """Return tables that would be locked at the same time if one transaction ran all revisions."""
    found: frozenset[Table] = frozenset()
    running: list[frozenset[Table]] = []
    for group in groups:
        if group[0].commits:
            running = []
            continue
        running.append(frozenset().union(*(one.tables for one in group)))
        union = frozenset().union(*running)
        if union not in running:
            found |= union
    return found


def _fits(group: list[Step], step: Step) -> bool:
    if step.stage in _ALONE or _kind(group[0]) != _kind(step):
        return False
    each = [one.tables for one in (*group, step)]
    union = frozenset().union(*each)
    return len(union) <= 1 or union in each


def _kind(step: Step) -> tuple[Any, ...]:
    stage = step.stage
    apart = stage if stage in _APART else None
    return stage in _ALONE, stage in _SCANNING, step.is_contract, apart
