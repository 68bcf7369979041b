"""Copy staged rows into the new table, a batch at a time.

A row in the stage is waiting, ``refused``, ``copied`` or ``already there``; so the stage records
what happened to every row of the old table.
"""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from loading.legacy.tables import LegacyTable
from repositories.statements.base import move_sequence
from repositories.statements.names import qualified_name

IMPORTER: Final = "monps-db import-legacy"
NEW_ID: Final = "another row has its id"


def copy_batch(connection: Connection, table: LegacyTable, size: int, *, lock: bool) -> int:
    """Copy the next waiting rows within the current transaction.

    Args:
        connection: The connection whose session has the temporary table (the stage).
        table: The table to copy.
        size: The greatest number of rows to copy.
        lock: Whether to lock the new table against other writers until the transaction ends, so
            that nobody takes an id or a key after the check. Reading stays possible.

    Returns:
        The number of processed rows; 0 when none is waiting.
    """
    stage = table.stage
    if lock:
        connection.execute(
            text(f"LOCK TABLE {qualified_name(table.target)} IN SHARE ROW EXCLUSIVE MODE")
        )
    waiting = stage.c.state.is_(None)
    upto = connection.scalar(select(func.max(_next(stage, waiting, size).subquery().c.source_id)))
    if upto is None:
        return 0
    batch = and_(waiting, stage.c.source_id <= upto)
    there = connection.execute(
        update(stage).where(batch, _is_there(table, stage)).values(state="already there")
    )
    connection.execute(update(stage).where(batch, _is_taken(table, stage)).values(reason=NEW_ID))
    connection.execute(_insertion(table, stage, batch))
    copied = connection.execute(update(stage).where(batch).values(state="copied"))
    if lock:
        connection.execute(move_sequence(table.target))
    return int(there.rowcount + copied.rowcount)


def _next(stage: Table, waiting: ColumnElement[bool], size: int) -> Select[Any]:
    return select(stage.c.source_id).where(waiting).order_by(stage.c.source_id).limit(size)


def _is_there(table: LegacyTable, stage: Table) -> ColumnElement[bool]:
    target = table.target.alias("there")
    keys = (
        and_(*(target.c[name] == stage.c[other] for name, other in key.items()))
        for key in table.key
    )
    return exists().where(or_(*keys)).select_from(target)


def _is_taken(table: LegacyTable, stage: Table) -> ColumnElement[bool]:
    (key,) = table.target.primary_key
    taken = table.target.alias("taken")
    return exists().where(taken.c[key.name] == stage.c.source_id).correlate(stage)


def _insertion(table: LegacyTable, stage: Table, batch: ColumnElement[bool]) -> Any:
    """Return the INSERT; a row keeps its id if no other row has it."""
    target = table.target
    (key,) = target.primary_key
    largest = func.greatest(
        select(func.max(target.alias("there").c[key.name])).scalar_subquery(),
        select(func.max(stage.alias("staged").c.source_id)).scalar_subquery(),
    )
    fresh = largest + func.row_number().over(order_by=stage.c.source_id)
    rows = select(
        case((stage.c.reason == NEW_ID, fresh), else_=stage.c.source_id),
        *(stage.c[name] for name in table.columns),
        literal(IMPORTER),
        literal(f"imported from {table.source}"),
    ).where(batch)
    return insert(target).from_select(
        [key.name, *table.columns, "created_by", "change_reason"], rows, include_defaults=False
    )
