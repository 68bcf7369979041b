"""Add, change and drop columns while others read and write."""

from __future__ import annotations

import copy
from typing import Any

from alembic.operations.ops import AddColumnOp, AlterColumnOp, DropColumnOp
from sqlalchemy import Column, Computed, Identity

from . import added_again
from .asked_constraints import asked_anew, asked_of_all, not_null_check
from .partitioned_index import object_name
from .safe_steps import (
    ASK,
    BACKFILL,
    CONTRACT,
    FREE,
    ORDINARY,
    REQUIRE,
    VALIDATE_NOT_NULL,
    Step,
)
from .tables_there import NO_KEY, TablesThere
from .written_statements import Backfill, Concurrently, NewConstraint, Statement

_ASKS_NOT_NULL = 18  # This is the first major version of PostgreSQL with NOT NULL ... NOT VALID.
_REWRITTEN = "every row is rewritten while the table can be neither read nor written"


def added(there: TablesThere, one: Any) -> list[Step] | None:
    """Add a column; values that PostgreSQL would write into every row are written in batches."""
    column = one.column
    default = column.server_default
    is_rewritten = there.is_rewritten_for(one)
    is_missing = not column.nullable and default is None and not is_rewritten
    if is_rewritten and (default is None or isinstance(default, (Computed, Identity))):
        there.note(one, _REWRITTEN, column.name)
        if not isinstance(default, Computed):
            return None
    if isinstance(default, Computed):
        # The expression may use columns whose types change, so the column is added after them.
        return [Step(REQUIRE, (one,), (one.reverse(),), there.existing([there.key(one)]))]
    if not is_rewritten and not is_missing:
        return None
    if not there.has_key(there.key(one)):
        what = _REWRITTEN if is_rewritten else "it fails if there are rows"
        there.note(one, f"{what}, because {NO_KEY}", column.name)
        return None
    bare = Column(column.name, column.type, nullable=True, comment=column.comment)
    add = AddColumnOp(one.table_name, bare, schema=one.schema)
    up: list[Any] = [add]
    if default is not None:
        up.append(_altered(one, column, existing_nullable=True, modify_server_default=default))
    table = there.existing([there.key(one)])
    name = there.quoted(one.schema, one.table_name)
    quoted = there.quoted(column.name)
    sets = f"{quoted} = NULL" if default is None else f"{quoted} = DEFAULT"
    fill = Backfill(name, sets, f"{quoted} IS NULL")
    if default is None:
        there.note(one, "write into the revision which value existing rows get", column.name)
    steps = [Step(ORDINARY, tuple(up), (add.reverse(),), table), Step(BACKFILL, (fill,), ())]
    if not column.nullable:
        require = _altered(one, column, existing_nullable=True, modify_nullable=False)
        steps.extend(_required(there, require))
    return steps


def dropped(there: TablesThere, one: Any) -> list[Step] | None:
    """Drop a column once nothing uses it; until then, rows may be inserted without it."""
    table = there.existing([there.key(one)])
    column = one.to_column()
    is_required = not column.nullable and column.server_default is None
    if not is_required or column.primary_key or there.is_dropped(one):
        return [added_again.dropped(there, one)]
    free = _altered(one, column, existing_nullable=False, modify_nullable=True)
    bare = Column(column.name, column.type, nullable=True, comment=column.comment)
    drop = DropColumnOp.from_column_and_tablename(one.schema, one.table_name, bare)
    return [_freed(there, free), Step(CONTRACT, (drop,), (drop.reverse(),), table)]


def altered(there: TablesThere, one: Any) -> list[Step] | None:
    """Change a column; test for nulls while others read and write."""
    if one.modify_nullable and one.existing_nullable is False and not _is_identity(one):
        return [_freed(there, one)]
    if one.modify_nullable is not False:
        return None
    require, rest = copy.copy(one), copy.copy(one)
    rest.modify_nullable, rest.existing_nullable = None, True
    require.modify_comment, require.modify_type = False, None
    if one.modify_type is not None:
        require.existing_type = one.modify_type
    if not isinstance(one.modify_server_default, Identity):
        require.modify_server_default = False
    else:
        # An identity requires NOT NULL.
        rest.modify_server_default = rest.existing_server_default = False
    steps = _required(there, require)
    if rest.has_changes():
        table = there.existing([there.key(one)])
        steps.insert(0, Step(ORDINARY, (rest,), (rest.reverse(),), table))
    return steps


def _is_identity(one: Any) -> bool:
    defaults = (one.modify_server_default, one.existing_server_default)
    return any(isinstance(default, Identity) for default in defaults)


def _freed(there: TablesThere, free: Any) -> Step:
    """Return the statements that make a column nullable; undoing that validates without a lock."""
    name = there.quoted(free.schema, free.table_name)
    column = free.column_name
    known = not_null_check(there, there.key(free), name, column, there.quoted(column))
    again = [*asked_anew(known, is_valid=True), free.reverse(), Statement(known.undo, known.sql)]
    return Step(FREE, (free,), (Concurrently(again),), there.existing([there.key(free)]))


def _required(there: TablesThere, require: Any) -> list[Step]:
    """Return the statements that make a column NOT NULL after a CHECK has proved it."""
    table, column = require.table_name, require.column_name
    on = there.quoted(require.schema, table)
    if there.postgresql >= _ASKS_NOT_NULL and not isinstance(
        require.modify_server_default, Identity
    ):
        name = there.quoted(object_name(table, column, "not_null"))
        definition = "NOT NULL " + there.quoted(column)
        named = NewConstraint("not-null", there.key(require), on, name, definition)
        return asked_of_all(there, named, ASK, VALIDATE_NOT_NULL)
    known = not_null_check(there, there.key(require), on, column, there.quoted(column))
    forget = Statement(known.undo, known.sql, known.table)
    up, down = (require, forget), (forget.reverse(), require.reverse())
    locked = there.existing([known.table])
    return [
        *asked_of_all(there, known, ASK, VALIDATE_NOT_NULL),
        Step(REQUIRE, up, down, locked),
    ]


def _altered(one: Any, column: Any, **changes: Any) -> Any:
    return AlterColumnOp(
        one.table_name, column.name, schema=one.schema, existing_type=column.type, **changes
    )
