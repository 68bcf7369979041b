"""The SQL of the ledger, whose table the project names."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from schemaproof.program import program_name
from schemaproof.schema.paths import path
from schemaproof.sql.sql_names import derived

if TYPE_CHECKING:
    from schemaproof.history.table_safety import Name
    from schemaproof.schema.scope import Scope
    from schemaproof.sql.sql_files import SqlFiles

COMMENT: Final = "Every step of the migrations on this database; written by {} alone"
# These characters have a meaning outside of names and texts: dollar quotes, parameters, escapes.
_SPECIAL: Final = frozenset("$:%@\\")


def with_ledger(sql: SqlFiles, scope: Scope) -> SqlFiles:
    """Return SQL files in which the tables have the names of the project's ledger."""
    return replace(sql, names=_names(scope.ledger_table, scope.backfill_table, program_name()))


@cache
def _names(table: Name, backfills: Name, program: str) -> tuple[tuple[str, str], ...]:
    _, name = table
    return (
        ("ledger", qualified(*table)),
        ("ledger_text", text(path(*table))),
        ("backfills", qualified(*backfills)),
        ("backfills_text", text(path(*backfills))),
        ("check_direction", identifier(derived("ck_", name, "_direction"))),
        ("check_outcome", identifier(derived("ck_", name, "_outcome"))),
        ("comment", text(COMMENT.format(program))),
    )


def qualified(*names: str) -> str:
    """Return a table's name as SQL takes it, also within the body of a function."""
    return ".".join(map(identifier, names))


def identifier(name: str) -> str:
    """Quote a name for SQL; characters with a meaning in scripts are escaped."""
    if _SPECIAL.isdisjoint(name):
        return path(name)
    escaped = "".join(f"\\{ord(one):04X}" if one in _SPECIAL else one for one in name)
    return 'U&"' + escaped.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a literal for SQL; characters with a meaning in scripts are escaped."""
    doubled = value.replace("'", "''")
    if _SPECIAL.isdisjoint(doubled):
        return f"'{doubled}'"
    escaped = "".join(f"\\x{ord(one):02X}" if one in _SPECIAL else one for one in doubled)
    return f"E'{escaped}'"
