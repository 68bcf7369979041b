"""The actions of ALTER TABLE: which lock each takes on its table, and what it has to do. Pure.

Modes and work are those of the manual (ALTER TABLE, "Notes"); the tests compare with servers.
"""

from __future__ import annotations

import re
from typing import Final

from migrations.safety.columns import Columns
from migrations.safety.kinds import (
    ACCESS_EXCLUSIVE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Work,
)

NAME: Final = r'(?:"(?:[^"]|"")+"|[a-z_][\w$]*)'
"""A name as SQL has it, for a pattern that ignores case."""
_ADD: Final = rf"ADD (?:CONSTRAINT {NAME} )?"
_ALTER: Final = rf"ALTER (?:COLUMN )?(?P<column>{NAME}) "

# What an action begins with → mode and work; the first that matches holds.
_ACTIONS: Final = (
    (r"VALIDATE CONSTRAINT", SHARE_UPDATE_EXCLUSIVE, Work.SCAN),
    (rf"{_ADD}FOREIGN KEY .* NOT VALID", SHARE_ROW_EXCLUSIVE, Work.CATALOG),
    (rf"{_ADD}FOREIGN KEY", SHARE_ROW_EXCLUSIVE, Work.SCAN),
    (rf"{_ADD}(?:CHECK|NOT NULL) .* NOT VALID", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"{_ADD}(?:CHECK|NOT NULL)", ACCESS_EXCLUSIVE, Work.SCAN),
    (rf"{_ADD}(?:UNIQUE|PRIMARY KEY) USING INDEX", ACCESS_EXCLUSIVE, Work.CATALOG),
    (rf"{_ADD}(?:UNIQUE|PRIMARY KEY|EXCLUDE)", ACCESS_EXCLUSIVE, Work.BUILD),
    (
        rf"{_ALTER}SET (?:STATISTICS|\()|SET \((?:fillfactor|autovacuum|toast\.)",
        SHARE_UPDATE_EXCLUSIVE,
        Work.CATALOG,
    ),
    (rf"{_ALTER}SET EXPRESSION", ACCESS_EXCLUSIVE, Work.REWRITE),
    (r"ALTER CONSTRAINT .*(?<!NOT )ENFORCED", ACCESS_EXCLUSIVE, Work.SCAN),
    (r"SET (?:LOGGED|UNLOGGED|TABLESPACE|ACCESS METHOD)", ACCESS_EXCLUSIVE, Work.REWRITE),
    (r"(?:DISABLE|ENABLE) TRIGGER", SHARE_ROW_EXCLUSIVE, Work.CATALOG),
    (r"CLUSTER ON|SET WITHOUT CLUSTER", SHARE_UPDATE_EXCLUSIVE, Work.CATALOG),
    (r"ATTACH PARTITION", SHARE_UPDATE_EXCLUSIVE, Work.CATALOG),
    (r"DETACH PARTITION .* CONCURRENTLY", SHARE_UPDATE_EXCLUSIVE, Work.CATALOG),
)
_NOT_NULL: Final = rf"{_ALTER}SET NOT NULL"
_TYPE: Final = (
    rf"{_ALTER}(?:SET DATA )?TYPE (?P<type>.*?)(?: COLLATE \S+)?(?: USING (?P<using>.*))?$"
)
_NEW_COLUMN: Final = rf"ADD (?:COLUMN )?(?:IF NOT EXISTS )?{NAME} (?P<rest>.*)"
_FILLED_FROM_SEQUENCE: Final = r"\b(?:(?:big|small)?serial[248]?|IDENTITY)\b"
_STORED: Final = r"\bGENERATED ALWAYS AS \(.*STORED\b"
_DEFAULT: Final = (
    r"\bDEFAULT (?P<value>.*?)"
    r"(?= NOT NULL| NULL| CHECK| UNIQUE| PRIMARY KEY| REFERENCES| CONSTRAINT| COLLATE|$)"
)
# What stands before a parenthesis and gives every row the same: types with a length, and functions
# that are not volatile.
_STEADY: Final = frozenset(
    {
        *(
            "varchar",
            "varying",
            "char",
            "character",
            "bpchar",
            "numeric",
            "decimal",
            "bit",
            "float",
        ),
        *("timestamp", "timestamptz", "time", "timetz", "interval", "in", "any", "array"),
        *("now", "transaction_timestamp", "statement_timestamp", "current_timestamp", "timezone"),
        *("localtimestamp", "localtime", "current_time", "date_trunc", "make_interval", "coalesce"),
        *(
            "lower",
            "upper",
            "to_jsonb",
            "jsonb_build_object",
            "jsonb_build_array",
            "current_setting",
        ),
    }
)
_FLAGS: Final = re.IGNORECASE | re.DOTALL


def of_action(action: str, table: str, columns: Columns) -> tuple[str, Work]:
    """Return the mode and the work of one action.

    Args:
        action: Its text, with single blanks.
        table: The table, as the statement names it.
        columns: What is known of its columns.
    """
    for pattern, mode, work in _ACTIONS:
        if re.match(pattern, action, _FLAGS):
            return mode, work
    if found := re.match(_NOT_NULL, action, _FLAGS):
        is_known = columns.is_known_not_null(table, found["column"])
        return ACCESS_EXCLUSIVE, Work.CATALOG if is_known else Work.SCAN
    if found := re.match(_TYPE, action, _FLAGS):
        is_plain = _is_plain(found["using"], found["column"], found["type"])
        work = columns.work_of_type(table, found["column"]) if is_plain else Work.REWRITE
        return ACCESS_EXCLUSIVE, work
    if found := re.match(_NEW_COLUMN, action, _FLAGS):
        return ACCESS_EXCLUSIVE, _of_new_column(re.sub("'(?:[^']|'')*'", "''", found["rest"]))
    return ACCESS_EXCLUSIVE, Work.CATALOG


def _is_plain(using: str | None, column: str, type_: str) -> bool:
    """Whether a conversion is none, or no other than the new type's own."""
    if using is None:
        return True
    name, kind = re.escape(column), re.escape(type_)
    plain = rf"\(?{name}\)?(?:\s*::\s*{kind})?|CAST\s*\(\s*{name} AS {kind}\s*\)"
    return re.fullmatch(plain, using.strip(), _FLAGS) is not None


def _of_new_column(definition: str) -> Work:
    """A default that is the same for every row is not written; constraints are asked of every row.

    Args:
        definition: What stands behind the column's name, its texts emptied.
    """
    default = re.search(_DEFAULT, definition, _FLAGS)
    generated = re.search(rf"{_FILLED_FROM_SEQUENCE}|{_STORED}", definition, _FLAGS)
    if generated or (default and _may_be_volatile(default["value"])):
        return Work.REWRITE
    if re.search(r"\b(?:UNIQUE|PRIMARY KEY)\b", definition, _FLAGS):
        return Work.BUILD
    asked = r"\b(?:CHECK|REFERENCES)\b" if default else r"\b(?:CHECK|NOT NULL)\b"
    return Work.SCAN if re.search(asked, definition, _FLAGS) else Work.CATALOG


def _may_be_volatile(expression: str) -> bool:
    calls = re.findall(r"([\w$]+)\"?\s*\(", expression)
    return any(name.lower() not in _STEADY for name in calls)
