"""Locks with their modes, as the PostgreSQL manual names them, and the work while they are held."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schemaproof.schema.paths import ObjectPath

ACCESS_SHARE: Final = "ACCESS SHARE"
ROW_SHARE: Final = "ROW SHARE"
ROW_EXCLUSIVE: Final = "ROW EXCLUSIVE"
SHARE_UPDATE_EXCLUSIVE: Final = "SHARE UPDATE EXCLUSIVE"
SHARE: Final = "SHARE"
SHARE_ROW_EXCLUSIVE: Final = "SHARE ROW EXCLUSIVE"
EXCLUSIVE: Final = "EXCLUSIVE"
ACCESS_EXCLUSIVE: Final = "ACCESS EXCLUSIVE"

STRENGTH: Final = (
    ACCESS_SHARE,
    ROW_SHARE,
    ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    EXCLUSIVE,
    ACCESS_EXCLUSIVE,
)
BLOCKS_WRITES: Final = frozenset({SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE})


class Work(StrEnum):
    """The work of a statement while it holds its lock."""

    CATALOG = "changes the catalog only"
    SCAN = "reads the whole table"
    BUILD = "builds an index"
    REWRITE_UNLESS_UTC = "rewrites the table, unless TimeZone is UTC"
    REWRITE = "rewrites the table"
    ROWS = "touches rows"
    UNKNOWN = "is decided when it runs"


HEAVINESS: Final = (
    Work.CATALOG,
    Work.SCAN,
    Work.BUILD,
    Work.REWRITE_UNLESS_UTC,
    Work.REWRITE,
    Work.ROWS,
    Work.UNKNOWN,
)
"""The kinds of work from light to heavy; the heaviest action of a statement counts."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that a statement takes.

    Attributes:
        table: The table as the statement names it; an index where only that is named.
        mode: The mode, as the manual names it.
        work: The work during the lock.
        is_named: Whether the statement names the table itself.
    """

    table: ObjectPath
    mode: str
    work: Work
    is_named: bool = True

    @property
    def blocks(self) -> str:
        """The statements that the lock blocks."""
        if self.mode == ACCESS_EXCLUSIVE:
            return "reads and writes"
        return "writes" if self.mode in BLOCKS_WRITES else "no reads or writes"
