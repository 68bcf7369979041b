"""Which lock a statement takes on which table, and what it has to do while it holds it.

The locks are those of the PostgreSQL manual ("Explicit Locking" and the page of each command); the
tests execute every kind and compare with pg_locks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from migrations.safety import alterations
from migrations.safety.columns import UNKNOWN, Columns
from migrations.safety.kinds import (
    ACCESS_EXCLUSIVE,
    BLOCKS_WRITES,
    EXCLUSIVE,
    HEAVINESS,
    ROW_EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    STRENGTH,
    Work,
)


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


_PART: Final = alterations.NAME
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
    (rf"REINDEX (?:TABLE|INDEX) CONCURRENTLY {_NAME}", SHARE_UPDATE_EXCLUSIVE, Work.BUILD),
    (rf"REINDEX TABLE {_NAME}", SHARE, Work.BUILD),
    (rf"REINDEX INDEX {_NAME}", ACCESS_EXCLUSIVE, Work.BUILD),
    (rf"ALTER INDEX {_IF}{_NAME} RENAME", SHARE_UPDATE_EXCLUSIVE, Work.CATALOG),
    (rf"DROP TABLE {_IF}{_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"TRUNCATE (?:TABLE )?(?:ONLY )?{_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"(?:DROP|ALTER) (?:MATERIALIZED )?VIEW {_IF}{_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"REFRESH MATERIALIZED VIEW CONCURRENTLY {_NAME}", EXCLUSIVE, Work.SCAN),
    (rf"REFRESH MATERIALIZED VIEW {_NAME}", ACCESS_EXCLUSIVE, Work.REWRITE),
    (rf"(?:CLUSTER|VACUUM FULL) {_NAME}", ACCESS_EXCLUSIVE, Work.REWRITE),
    (rf"(?:CREATE|ALTER|DROP) POLICY .*?\bON {_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"CREATE (?:OR REPLACE )?RULE .*?\bTO {_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"DROP RULE .*?\bON {_NAME}", ACCESS_EXCLUSIVE, Work.CATALOG),
    (
        rf"COMMENT ON (?:TABLE|INDEX|(?:MATERIALIZED )?VIEW) {_NAME}",
        SHARE_UPDATE_EXCLUSIVE,
        Work.CATALOG,
    ),
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
    (rf"(?:VACUUM )?ANALYZE {_NAME}", SHARE_UPDATE_EXCLUSIVE, Work.SCAN),
    (rf"(?:INSERT|MERGE) INTO {_NAME}", ROW_EXCLUSIVE, Work.ROWS),
    (rf"COPY {_NAME} (?:\(.*?\) )?FROM", ROW_EXCLUSIVE, Work.ROWS),
    (rf"UPDATE (?:ONLY )?{_NAME}", ROW_EXCLUSIVE, Work.ROWS),
    (rf"DELETE FROM (?:ONLY )?{_NAME}", ROW_EXCLUSIVE, Work.ROWS),
)

_ALTER: Final = rf"ALTER (?:FOREIGN )?TABLE {_IF}(?:ONLY )?{_NAME} (?P<actions>.*)"
_REFERENCES: Final = rf"\bREFERENCES {_NAME}"
_ATTACHED: Final = rf"ATTACH PARTITION {_NAME}"
_PARENTS: Final = (
    (rf"\bPARTITION OF {_NAME}", ACCESS_EXCLUSIVE),
    (rf"\bINHERITS \({_NAME}", SHARE_UPDATE_EXCLUSIVE),
)
_LOCK: Final = rf"LOCK (?:TABLE )?(?:ONLY )?{_NAME}(?: IN (?P<mode>[A-Z ]+) MODE)?"
# What is in no table, and what only reads.
_NO_TABLE: Final = (
    r"(?:CREATE|ALTER|DROP) (?:OR REPLACE )?(?:SCHEMA|SEQUENCE|FUNCTION|PROCEDURE|AGGREGATE"
    r"|EXTENSION|ROLE|USER|COLLATION|PUBLICATION|SUBSCRIPTION|EVENT TRIGGER|CAST|OPERATOR"
    r"|TEXT SEARCH)\b"
    r"|CREATE (?:OR REPLACE )?(?:TEMP(?:ORARY)? )?(?:RECURSIVE )?VIEW\b"
    r"|CREATE (?:TYPE|DOMAIN)\b|ALTER TYPE .* (?:ADD|RENAME) VALUE\b"
    r"|ALTER DEFAULT PRIVILEGES\b|GRANT\b|REVOKE\b|COMMENT ON\b|SET\b|RESET\b"
)
_FLAGS: Final = re.IGNORECASE | re.DOTALL
_UNKNOWN: Final = Lock("", "", Work.UNKNOWN)


def of_statement(sql: str, columns: Columns = UNKNOWN) -> tuple[Lock, ...]:
    """Return the locks that a statement takes on tables; none where it takes none.

    A block (DO), a call of a function, and what is not in the tables here decide when they run.

    Args:
        sql: Its text.
        columns: What is known of the columns that it changes.
    """
    text = " ".join(re.sub(r"--[^\n]*", " ", sql).split())
    if altered := re.match(_ALTER, text, _FLAGS):
        return _of_alter(altered["table"], altered["actions"], columns)
    if re.match(rf"CREATE (?:UNLOGGED |FOREIGN )?TABLE {_IF}{_NAME}", text, _FLAGS):
        return tuple(_of_create(text))
    if locked := re.match(_LOCK, text, _FLAGS):
        return (Lock(locked["table"], (locked["mode"] or ACCESS_EXCLUSIVE).upper(), Work.CATALOG),)
    for pattern, mode, work in _STATEMENTS:
        if found := re.match(pattern, text, _FLAGS):
            return (Lock(found["table"], mode, work),)
    # What falls with something else, the server finds when it runs.
    is_elsewhere = re.match(_NO_TABLE, text, _FLAGS) and not text.upper().endswith("CASCADE")
    return () if is_elsewhere else (_UNKNOWN,)


def _of_create(text: str) -> Iterator[Lock]:
    yield from _referenced(text)
    for pattern, mode in _PARENTS:
        if parent := re.search(pattern, text, _FLAGS):
            yield Lock(parent["table"], mode, Work.CATALOG)


def _of_alter(table: str, actions: str, columns: Columns) -> tuple[Lock, ...]:
    """Return the locks of ALTER TABLE: on the table the strongest that one of the actions takes."""
    each = [alterations.of_action(one, table, columns) for one in _split(actions)]
    own = Lock(
        table,
        max((mode for mode, _ in each), key=STRENGTH.index),
        max((work for _, work in each), key=HEAVINESS.index),
    )
    attached = re.match(_ATTACHED, actions, _FLAGS)
    others = [Lock(attached["table"], ACCESS_EXCLUSIVE, Work.SCAN)] if attached else []
    return (own, *others, *dict.fromkeys(_referenced(actions)))


def _referenced(text: str) -> Iterator[Lock]:
    for found in re.finditer(_REFERENCES, text, _FLAGS):
        yield Lock(found["table"], SHARE_ROW_EXCLUSIVE, Work.CATALOG)


def _split(actions: str) -> list[str]:
    """Split at the commas that stand in no parentheses and no quotes."""
    parts, depth, start, quote = [], 0, 0, ""
    for position, character in enumerate(actions):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "," and depth == 0:
            parts.append(actions[start:position].strip())
            start = position + 1
    return [*parts, actions[start:].strip()]
