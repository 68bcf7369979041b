"""Change types of columns that require a rewrite of all rows, while others read and write.

A column of the new type exists beside the old one for a while: a trigger writes both, existing rows
are filled in batches, and the objects on the old column are built for the new one. Then they swap
their names, which takes a moment. From then on a trigger writes the old one, so that the change can
be undone, until a later phase drops that column.
"""

from __future__ import annotations

import copy
from typing import Any, Iterable

from sqlalchemy import Computed, Identity

from . import column_swap, type_conversions
from .asked_constraints import validating
from .column_parts import Part, Replaced, Side, TypeChange, UnsafeError
from .columns_there import ColumnsThere
from .failures import first_line
from .replaced_columns import ReplacedColumns
from .safe_steps import REQUIRE, VALIDATE, VALIDATE_NOT_NULL, Step
from .tables_there import NOT_TRIED, TablesThere
from .tried_columns import with_types
from .written_statements import NewConstraint

_BOTH = (True, False)
_REWRITTEN = "every row is rewritten while the table can be neither read nor written"


def replaced(there: TablesThere, operations: Iterable[Any]) -> tuple[list[Step], list[Any]]:
    """Return the statements that replace columns, and the remaining operations.

    Args:
        there: The tables before the change.
        operations: The change.
    """
    left = list(operations)
    steps: list[Step] = []
    of_tables: dict[Any, list[Any]] = {}
    for one in left:
        if _changes_type(one) and there.is_there(one):
            of_tables.setdefault(there.key(one), []).append(one)
    types = there.created_first
    for changes in of_tables.values():
        for is_rewritten, some in _apart(there, changes, types):
            sequence = len(steps)
            made = _table_steps(there, some, types, sequence, is_rewritten=is_rewritten)
            steps.extend(made)
            for one in some if made else ():
                rest = _rest(one)
                place = next(i for i, other in enumerate(left) if other is one)
                left[place : place + 1] = [rest] if rest.has_changes() else []
    return steps, left


def _columns(there: TablesThere, one: Any) -> ColumnsThere:
    on = there.quoted(one.schema, one.table_name)
    return ColumnsThere(there, there.key(one), on)


def _apart(
    there: TablesThere, changes: list[Any], types: list[str]
) -> list[tuple[bool, list[Any]]]:
    """Return the changes that rewrite every row, and the others."""
    asked = {str(one.column_name): _type_change(there, one) for one in changes}
    try:
        names = _columns(there, changes[0]).rewritten(asked, types)
    except Exception as error:
        _say(there, changes, f"{NOT_TRIED} ({first_line(error)})")
        return []
    parts = [
        (is_in, [one for one in changes if (one.column_name in names) is is_in]) for is_in in _BOTH
    ]
    return [one for one in parts if one[1]]


def _table_steps(
    there: TablesThere, changes: list[Any], types: list[str], sequence: int, *, is_rewritten: bool
) -> list[Step]:
    """Return the statements that change types; none where Alembic's own operation suffices."""
    names = [str(one.column_name) for one in changes]
    asked = {name: _type_change(there, one) for name, one in zip(names, changes)}
    columns = _columns(there, changes[0])
    try:
        if not is_rewritten:
            return _asked_again(there, changes, columns.asked_again(asked), sequence + 1)
        found = columns.replaced(asked, lambda copy: with_types(copy, asked, types))
    except UnsafeError as error:
        _say(there, changes, f"{_REWRITTEN}, because {error}")
        return []
    except Exception as error:
        _say(there, changes, f"{NOT_TRIED} ({first_line(error)})")
        return []
    for name, one in found.columns.items():
        _look_at_conversion(there, changes[names.index(name)], one)
    of_table = ReplacedColumns(there, there.key(changes[0]), changes[0].schema, found)
    return column_swap.steps([of_table], sequence + 1)


def _look_at_conversion(there: TablesThere, one: Any, column: Replaced) -> None:
    if column.new.conversion != "{}":
        value = column.new.conversion.format(one.column_name)
        there.note(one, f"check how its values are converted: {value}", one.column_name)
    elif {"out" in side.type for side in (column.old, column.new) if _is_time(side)} == {*_BOTH}:
        there.note(one, "it is converted in the TimeZone of each session", one.column_name)


def _is_time(side: Side) -> bool:
    return side.type.startswith("timestamp")


def _changes_type(one: Any) -> bool:
    return type(one).__name__ == "AlterColumnOp" and one.modify_type is not None


def _asked_again(
    there: TablesThere, changes: list[Any], checks: list[Part], sequence: int
) -> list[Step]:
    """Return the statements that change types without validating the checks of all rows at once."""
    if not checks:
        return []
    table, on = there.key(changes[0]), there.quoted(changes[0].schema, changes[0].table_name)
    types = [_type_alone(one) for one in changes]
    locked = there.existing([table])
    # PostgreSQL does not validate a NOT VALID constraint when the type changes.
    forget, ask = (
        [
            validating(NewConstraint("check", table, on, there.quoted(one.name), definition))
            for one, definition in ((one, getattr(one, which)) for one in checks)
        ]
        for which in ("plain", "after")
    )
    return [
        Step(VALIDATE_NOT_NULL, _undone(forget), tuple(forget), locked, sequence),
        Step(REQUIRE, tuple(types), _undone(types), locked, sequence),
        Step(VALIDATE, tuple(ask), _undone(ask), locked, sequence),
    ]


def _type_alone(one: Any) -> Any:
    alone = copy.copy(one)
    alone.modify_nullable, alone.modify_comment = None, False
    if isinstance(one.modify_server_default, (Computed, Identity)):
        alone.modify_server_default = False
    return alone


def _type_change(there: TablesThere, one: Any) -> TypeChange:
    default = one.modify_server_default
    is_set = default is not False and not isinstance(default, (Computed, Identity))
    return TypeChange(
        str(one.modify_type.compile(dialect=there.dialect)),
        is_set,
        type_conversions.default_sql(there.context, default) if is_set else None,
    )


def _rest(one: Any) -> Any:
    """Return the rest of an operation after its type, and with it the default, is changed."""
    rest = copy.copy(one)
    rest.existing_type, rest.modify_type = one.modify_type, None
    default = one.modify_server_default
    if default is not False and not isinstance(default, (Computed, Identity)):
        rest.existing_server_default, rest.modify_server_default = default, False
    return rest


def _undone(operations: list[Any]) -> tuple[Any, ...]:
    return tuple(one.reverse() for one in reversed(operations))


def _say(there: TablesThere, changes: Iterable[Any], what: str) -> None:
    for one in changes:
        there.note(one, what, one.column_name)
