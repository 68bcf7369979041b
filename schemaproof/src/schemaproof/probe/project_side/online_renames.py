"""Rename columns and tables while the old names keep working.

The database that is queried has the new names already, and no other part of the change.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from alembic.operations.ops import MigrateOperation

from .column_parts import UnsafeError
from .kept_columns import KeptColumns, refuse_unsafe
from .privileges import copied
from .safe_steps import DROP_NAME, RENAME, RENAME_ONLINE, Step, Table
from .tables_there import TablesThere
from .written_statements import Statement, Statements

_FIRST = 1000
_VIEW = """
SELECT a.attname AS name FROM pg_attribute a
WHERE a.attrelid = CAST(CAST(:table AS text) AS regclass) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
_NO_TABLE = (
    "until the contract phase {} is a view: COPY ... FROM, TRUNCATE and new foreign keys need the"
    " new name"
)
_AT_ONCE = "the old name cannot be kept, because {}: a contract revision renames it"


class OnlineRename(MigrateOperation):
    """The rename of a table, or of some of its columns, while both names work.

    Attributes:
        table: The table after the rename.
        was: Its old name; None where it keeps its name.
        columns: The old and the new name of each column.
    """

    def __init__(self, table: Table, was: str | None, columns: list[tuple[str, str]]) -> None:
        self.table = table
        self.was = was
        self.columns = columns


def renamed(there: TablesThere, operations: Iterable[Any]) -> tuple[list[Step], list[Any]]:
    """Return the statements of the renames, and the remaining operations.

    Args:
        there: The tables before the rest of the change.
        operations: The change.
    """
    steps: list[Step] = []
    left = [*operations]
    for one in [found for found in left if isinstance(found, OnlineRename)]:
        left.remove(one)
        if one.was is None:
            steps.extend(_column_steps(there, one, len(steps) - _FIRST))
        elif any(_changes_type(other) and there.key(other) == one.table for other in left):
            there.note(one, _AT_ONCE.format("types of its columns change, too"))
            steps.append(_at_once(there, one))
        else:
            steps.extend(_table_steps(there, one, one.was, len(steps) - _FIRST))
    return steps, left


def _column_steps(there: TablesThere, one: OnlineRename, sequence: int) -> list[Step]:
    kept = [names for names in one.columns if _is_kept(there, one, names[1])]
    at_once = [
        _at_once(there, OnlineRename(one.table, None, [names]))
        for names in one.columns
        if names not in kept
    ]
    later = [names for names in one.columns if names not in kept]
    made = KeptColumns(there, one.table, kept, later).steps(sequence) if kept else []
    return [*at_once, *made]


def _is_kept(there: TablesThere, one: OnlineRename, column: str) -> bool:
    try:
        refuse_unsafe(there, one.table, column)
    except UnsafeError as error:
        there.note(one, _AT_ONCE.format(error), column)
        return False
    return True


def _at_once(there: TablesThere, one: OnlineRename) -> Step:
    up, down = _sql(there, one)
    made = Statements(up, down, one.table, RENAME)
    return Step(RENAME, (made,), (made.reverse(),), frozenset((one.table,)))


def _sql(there: TablesThere, one: OnlineRename) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the statements that rename, and those that undo that."""
    schema, name = one.table
    old = there.shown((schema, one.was or name))
    up: list[str] = []
    down: list[str] = []
    for names in one.columns:
        before, after = map(there.quoted, names)
        up.append(f"ALTER TABLE {old} RENAME COLUMN {before} TO {after}")
        down.insert(0, f"ALTER TABLE {old} RENAME COLUMN {after} TO {before}")
    if one.was is not None:
        up.append(f"ALTER TABLE {old} RENAME TO {there.quoted(name)}")
        down.insert(0, f"ALTER TABLE {there.shown(one.table)} RENAME TO {there.quoted(one.was)}")
    return tuple(up), tuple(down)


def _table_steps(there: TablesThere, one: OnlineRename, was: str, sequence: int) -> list[Step]:
    """Return the statements that rename a table, and create and later drop a view of its old name.

    The view has the old names of the columns, too.
    """
    old, new = there.shown((one.table[0], was)), there.shown(one.table)
    there.note(one, _NO_TABLE.format(old))
    up, down = _sql(there, one)
    drop = f"DROP VIEW {old}"
    make = [*_view(there, one, old, new)]
    first = Statements((*up, *make), (), one.table, RENAME_ONLINE)
    back = Statements((drop, *down), (), one.table, RENAME_ONLINE)
    table = frozenset((one.table,))
    return [
        Step(RENAME_ONLINE, (first,), (back,), table, sequence),
        Step(
            DROP_NAME,
            (Statement(drop, ""),),
            (Statements(tuple(make), (), one.table, DROP_NAME),),
            table,
        ),
    ]


def _view(there: TablesThere, one: OnlineRename, old: str, new: str) -> Iterator[str]:
    """Yield the statements of a view through which the same roles can read and write the table."""
    names = {after: before for before, after in one.columns}
    columns = []
    for row in there.rows(_VIEW, one.table):
        column = there.quoted(row["name"])
        other = names.get(row["name"])
        columns.append(f"{column} AS {there.quoted(other)}" if other else column)
    listed = ", ".join(columns)
    yield f"CREATE VIEW {old} WITH (security_invoker = true) AS SELECT {listed} FROM {new}"  # noqa: S608
    yield copied(new, old)


def _changes_type(one: Any) -> bool:
    return type(one).__name__ == "AlterColumnOp" and one.modify_type is not None
