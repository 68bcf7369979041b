"""Find a generated backfill whose value was not filled in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import postgast
from postgast import pg_query_pb2 as pg

from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tree import column_name, inner, unless_analysed, within


@unless_analysed(otherwise=())
def unfilled(sql: str) -> tuple[str, ...]:
    """Return the columns that a statement sets to NULL where they are NULL, also within DO."""
    return tuple(name for update in _updates(sql) for name in _columns_without_value(update))


@unless_analysed(otherwise=())
def updates_within(sql: str) -> tuple[Any, ...]:
    """Return the trees of the UPDATE statements within DO."""
    found = [one.sql for one in sql_tree.statements(sql) if isinstance(one.tree, pg.DoStmt)]
    return tuple(update for one in found for update in _updates(one))


def _updates(sql: str) -> Iterator[Any]:
    found = [*sql_tree.statements(sql)]
    trees = [one.tree for one in found]
    for one in found:
        if isinstance(one.tree, pg.DoStmt):
            trees += (tree for query in _queries(one.sql) for tree in _read(query))
    for tree in trees:
        yield from (node for node in within(tree) if isinstance(node, pg.UpdateStmt))


def _queries(sql: str) -> Iterator[str]:
    """Yield the SQL within a block of PL/pgSQL; nothing of another language."""
    try:
        waiting: list[Any] = [postgast.parse_plpgsql(sql)]
    except (postgast.PgQueryError, json.JSONDecodeError):
        return
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
            if isinstance(query := one.get("query"), str):
                yield query
        elif isinstance(one, list):
            waiting += one


@unless_analysed(otherwise=())
def _read(query: str) -> tuple[Any, ...]:
    return tuple(one.tree for one in sql_tree.statements(query))


def _columns_without_value(update: Any) -> Iterator[str]:
    for target in (one.res_target for one in update.target_list):
        if _is_null(inner(target.val)) and _asks_for_null(update, target.name):
            yield target.name


def _is_null(value: Any) -> bool:
    while isinstance(value, pg.TypeCast):
        value = inner(value.arg)
    return isinstance(value, pg.A_Const) and value.isnull


def _asks_for_null(tree: Any, column: str) -> bool:
    return tree.HasField("where_clause") and any(
        node.nulltesttype == pg.IS_NULL and column_name(node.arg) == column
        for node in within(inner(tree.where_clause))
        if isinstance(node, pg.NullTest)
    )
