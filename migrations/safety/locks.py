"""Which lock a statement takes on which table, and what it has to do while it holds it.

The locks are those of the PostgreSQL manual ("Explicit Locking" and the page of each command); the
tests execute every kind and compare with pg_locks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Work(StrEnum):
    """What a statement does while it holds its lock."""

    CATALOG = "changes the catalog only"
    SCAN = "reads the whole table"
    BUILD = "builds an index"
    REWRITE = "rewrites the table"
    ROWS = "touches rows"
    UNKNOWN = "is decided when it runs"


ACCESS_SHARE: Final = "ACCESS SHARE"
ROW_EXCLUSIVE: Final = "ROW EXCLUSIVE"
SHARE_UPDATE_EXCLUSIVE: Final = "SHARE UPDATE EXCLUSIVE"
SHARE: Final = "SHARE"
SHARE_ROW_EXCLUSIVE: Final = "SHARE ROW EXCLUSIVE"
ACCESS_EXCLUSIVE: Final = "ACCESS EXCLUSIVE"

STRENGTH: Final = (
    ACCESS_SHARE,
    "ROW SHARE",
    ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    "EXCLUSIVE",
    ACCESS_EXCLUSIVE,
)
BLOCKS_WRITES: Final = frozenset({SHARE, SHARE_ROW_EXCLUSIVE, "EXCLUSIVE", ACCESS_EXCLUSIVE})


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that a statement takes.

    Attributes:
        table: The table as the statement names it; an index where only that is named.
        mode: The mode, as the manual names it.
        work: What is done while it is held.
    """

    table: str
    mode: str
    work: Work

    @property
    def blocks(self) -> str:
        """Who waits."""
        if self.mode == ACCESS_EXCLUSIVE:
            return "reads and writes"
        return "writes" if self.mode in BLOCKS_WRITES else "no reads or writes"


_PART: Final = r'(?:"(?:[^"]|"")+"|[a-z_][\w$]*)'
_NAME: Final = rf"(?P<table>{_PART}(?:\.{_PART})?)"
_IF: Final = r"(?:IF (?:NOT )?EXISTS )?"

# What a statement begins with → mode and work; the first that matches holds.
_STATEMENTS: Final = (
    (
        rf"CREATE (?:UNIQUE )?INDEX CONCURRENTLY .*?\bON (?:ONLY )?{_NAME}",
        SHARE_UPDATE_EXCLUSIVE,
        Work.BUILD,
    ),
    (rf"CREATE (?:UNIQUE )?INDEX .*?\bON (?:ONLY )?{_NAME}", SHARE, Work.BUILD),
    (rf"DROP INDEX CONCURRENTLY {_IF}{_NAME}", SHARE_UPDATE_EXCLUSIVE, Work.CATALOG),
    (rf"DROP INDEX {_IF}{_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"REINDEX TABLE {_NAME}", SHARE, Work.BUILD),
    (rf"ALTER INDEX {_IF}{_NAME} RENAME", SHARE_UPDATE_EXCLUSIVE, Work.CATALOG),
    (rf"DROP TABLE {_IF}{_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"TRUNCATE (?:TABLE )?(?:ONLY )?{_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"COMMENT ON TABLE {_NAME}", SHARE_UPDATE_EXCLUSIVE, Work.CATALOG),
    (
        rf"COMMENT ON COLUMN (?P<table>{_PART}(?:\.{_PART})?)\.{_PART} ",
        SHARE_UPDATE_EXCLUSIVE,
        Work.CATALOG,
    ),
    (
        rf"CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER .*?\bON {_NAME}",
        SHARE_ROW_EXCLUSIVE,
        Work.CATALOG,
    ),
    (rf"DROP TRIGGER .*?\bON {_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"CREATE STATISTICS .*?\bFROM {_NAME}", SHARE_UPDATE_EXCLUSIVE, Work.CATALOG),
    (rf"ANALYZE {_NAME}", SHARE_UPDATE_EXCLUSIVE, Work.SCAN),
    (rf"INSERT INTO {_NAME}", ROW_EXCLUSIVE, Work.ROWS),
    (rf"UPDATE (?:ONLY )?{_NAME}", ROW_EXCLUSIVE, Work.ROWS),
    (rf"DELETE FROM (?:ONLY )?{_NAME}", ROW_EXCLUSIVE, Work.ROWS),
)

# The actions of ALTER TABLE → mode and work; the strongest of a statement holds.
_ACTIONS: Final = (
    (r"VALIDATE CONSTRAINT", SHARE_UPDATE_EXCLUSIVE, Work.SCAN),
    (r"ADD (?:CONSTRAINT \S+ )?FOREIGN KEY .* NOT VALID", SHARE_ROW_EXCLUSIVE, Work.CATALOG),
    (r"ADD (?:CONSTRAINT \S+ )?FOREIGN KEY", SHARE_ROW_EXCLUSIVE, Work.SCAN),
    (r"ADD (?:CONSTRAINT \S+ )?CHECK .* NOT VALID", ACCESS_EXCLUSIVE, Work.CATALOG),
    (r"ADD (?:CONSTRAINT \S+ )?CHECK", ACCESS_EXCLUSIVE, Work.SCAN),
    (
        r"ADD (?:CONSTRAINT \S+ )?(?:UNIQUE|PRIMARY KEY) USING INDEX",
        ACCESS_EXCLUSIVE,
        Work.CATALOG,
    ),
    (r"ADD (?:CONSTRAINT \S+ )?(?:UNIQUE|PRIMARY KEY|EXCLUDE)", ACCESS_EXCLUSIVE, Work.BUILD),
    (
        r"ALTER (?:COLUMN )?\S+ SET (?:STATISTICS|\()|SET \((?:fillfactor|autovacuum|toast\.)",
        SHARE_UPDATE_EXCLUSIVE,
        Work.CATALOG,
    ),
    (r"ALTER (?:COLUMN )?\S+ SET NOT NULL", ACCESS_EXCLUSIVE, Work.SCAN),
    (r"ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE", ACCESS_EXCLUSIVE, Work.REWRITE),
    (
        r"ADD (?:COLUMN )?.*(?:GENERATED ALWAYS AS \(.*STORED|\bserial\b|IDENTITY"
        r"|DEFAULT (?:clock_timestamp|random|gen_random_uuid|nextval)\()",
        ACCESS_EXCLUSIVE,
        Work.REWRITE,
    ),
    (r"SET (?:LOGGED|UNLOGGED|TABLESPACE)", ACCESS_EXCLUSIVE, Work.REWRITE),
    (r"(?:DISABLE|ENABLE) TRIGGER", SHARE_ROW_EXCLUSIVE, Work.CATALOG),
    (r"CLUSTER ON|SET WITHOUT CLUSTER", SHARE_UPDATE_EXCLUSIVE, Work.CATALOG),
    (r"", ACCESS_EXCLUSIVE, Work.CATALOG),
)
_ALTER: Final = rf"ALTER TABLE {_IF}(?:ONLY )?{_NAME} (?P<action>.*)"
_REFERENCES: Final = rf"\bREFERENCES {_NAME}"
_FLAGS: Final = re.IGNORECASE | re.DOTALL


def of_statement(sql: str) -> tuple[Lock, ...]:
    """Return the locks that a statement takes on tables; none where it takes none.

    A block (DO) and a call of a function decide when they run.
    """
    text = " ".join(re.sub(r"--[^\n]*", " ", sql).split())
    if re.match(r"(?:DO|CALL|SELECT)\b", text, _FLAGS):
        return (Lock("", "", Work.UNKNOWN),)
    if altered := re.match(_ALTER, text, _FLAGS):
        return _of_alter(altered["table"], altered["action"])
    if re.match(rf"CREATE TABLE {_IF}{_NAME}", text, _FLAGS):
        return tuple(
            Lock(found["table"], SHARE_ROW_EXCLUSIVE, Work.CATALOG)
            for found in re.finditer(_REFERENCES, text, _FLAGS)
        )
    for pattern, mode, work in _STATEMENTS:
        if found := re.match(pattern, text, _FLAGS):
            return (Lock(found["table"], mode, work),)
    return ()


def _of_alter(table: str, action: str) -> tuple[Lock, ...]:
    mode, work = next((m, w) for p, m, w in _ACTIONS if re.match(p, action, _FLAGS))
    own = Lock(table, mode, work)
    referenced = re.search(_REFERENCES, action, _FLAGS)
    if referenced is None:
        return (own,)
    return (own, Lock(referenced["table"], SHARE_ROW_EXCLUSIVE, Work.CATALOG))
