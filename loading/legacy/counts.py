"""Count what happened to every row and every column of an import."""

from collections.abc import Mapping

from sqlalchemy import Connection, column, func, select

from core.sql_files import statement
from loading.legacy.batches import NEW_ID
from loading.legacy.report import ColumnAccount, RefusedRow, TableAccount
from loading.legacy.tables import KEPT, PICKS, LegacyTable


def count_table(
    connection: Connection, table: LegacyTable, *, zone: str, notes: tuple[str, ...]
) -> TableAccount:
    """Count what happened to the rows of a table, at the end of its import."""
    stage = table.stage
    states: dict[str, int] = dict(
        connection.execute(select(stage.c.state, func.count()).group_by(stage.c.state))
        .tuples()
        .all()
    )
    refused = connection.execute(
        select(stage.c.source_id, stage.c.reason)
        .where(stage.c.state == "refused")
        .order_by(stage.c.source_id)
    )
    return TableAccount(
        source=table.source,
        target=table.target.fullname,
        rows=sum(states.values()),
        copied=states.get("copied", 0),
        already_there=states.get("already there", 0),
        refused=tuple(RefusedRow(row.source_id, row.reason) for row in refused),
        new_ids=connection.scalar(
            select(func.count()).where(stage.c.state == "copied", stage.c.reason == NEW_ID)
        )
        or 0,
        columns=_columns(connection, table, zone=zone),
        notes=notes,
    )


def count_picks(rows: int) -> TableAccount:
    """Count the picks, which are not copied."""
    return TableAccount(
        PICKS, None, rows, notes=("not copied: running code reads and writes this table",)
    )


def _columns(connection: Connection, table: LegacyTable, *, zone: str) -> tuple[ColumnAccount, ...]:
    present = list(
        connection.scalars(statement("loading.legacy", "columns"), {"table": table.source})
    )
    stage = table.stage
    name = func.unnest(column("converted")).column_valued("name", joins_implicitly=True)
    counted = select(name, func.count()).select_from(stage).group_by(name)
    copied = connection.execute(counted.where(stage.c.state == "copied"))
    converted: Mapping[str, int] = dict(copied.tuples().all())
    accounts = [
        ColumnAccount(name, table.fates.get(name, KEPT).format(zone=zone), converted.get(name, 0))
        for name in present
    ]
    absent = [
        ColumnAccount(name, "missing, read as null") for name in table.fates if name not in present
    ]
    return (*accounts, *absent)
