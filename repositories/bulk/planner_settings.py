"""Planner settings with which the statements of one batch find its rows by an index.

A batch is a small part of the table: its rows are looked up one by one, by the index of the natural
key. If many of them have the same first column of the key (all prices of a match), all rows with
these values are read by the same index and joined, which takes half as long.

If autovacuum saw a table as empty while it was being filled (pages, but no rows), the planner
considers every plan free, and may read the whole table for each row: then the join is forced.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    column,
    false,
    func,
    not_,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import REGCLASS

TOGETHER: Final = 8
"""The least average number of rows with the same value for which reading them together pays."""

_SETTINGS: Final = ("enable_hashjoin", "enable_mergejoin", "enable_nestloop")
READ_SETTINGS: Final = text(
    "SELECT " + ", ".join(f"current_setting('{name}')" for name in _SETTINGS)
)
_pg_class = table("pg_class", column("oid"), column("reltuples"), column("relpages"))


def restore(given: Mapping[str, str]) -> Select[Any]:
    """Restore the planner's settings."""
    return select(
        *(
            func.set_config(name, value, True)  # noqa: FBT003 - PostgreSQL's argument
            for name, value in given.items()
        )
    )


def read(row: Any) -> dict[str, str]:
    """Return the settings in a row of ``READ_SETTINGS``."""
    return dict(zip(_SETTINGS, row, strict=True))


def choose(target: str, stage: Table, first: Column[Any]) -> Select[Any]:
    """Return the statement that decides whether rows are found by a join or one by one.

    The parameter ``count`` of the statement is the number of rows in the stage.

    Args:
        target: The table's name in SQL.
        stage: The temporary table with the batch.
        first: The first column of the natural key.
    """
    # The CTE is materialized, because it is used several times and has to be computed once.
    counted = select(_is_together(target, stage, first).label("together")).cte("counted")
    together = counted.prefix_with("MATERIALIZED")
    plans = {
        "enable_hashjoin": together.c.together,
        "enable_mergejoin": false(),
        "enable_nestloop": not_(together.c.together),
    }
    return select(
        together.c.together,
        *(
            func.set_config(name, cast(value, Text), True)  # noqa: FBT003 - PostgreSQL's argument
            for name, value in plans.items()
        ),
    )


def _is_together(target: str, stage: Table, first: Column[Any]) -> ColumnElement[bool]:
    is_misjudged = (
        select(and_(_pg_class.c.reltuples == 0, _pg_class.c.relpages > 0))
        .where(_pg_class.c.oid == cast(target, REGCLASS))
        .scalar_subquery()
    )
    different = select(stage.c[first.name]).distinct().subquery()
    groups = select(func.count()).select_from(different).scalar_subquery()
    return or_(is_misjudged, groups * TOGETHER <= bindparam("count"))
