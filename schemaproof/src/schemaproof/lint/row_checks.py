"""What a revision asks of the rows that are there, worked out from the snapshots around it. Pure.

The texts come from snapshots, so PostgreSQL has printed them: a definition has one form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from postgast import pg_query_pb2 as pg
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.compiler import IdentifierPreparer

from schemaproof.repair.ddl import literal
from schemaproof.schema.shapes import Column, Index, Relation, Snapshot
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tokens import NotAnalysed
from schemaproof.sql.sql_tree import relation, texts, unless_analysed

_RULES: Final = {
    **dict.fromkeys(("primary-key", "unique"), "unique-violated"),
    "foreign-key": "foreign-key-violated",
}
_KEYS: Final = frozenset({pg.CONSTR_UNIQUE, pg.CONSTR_PRIMARY})


@dataclass(frozen=True, slots=True)
class DataCheck:
    """A condition that no row may meet.

    Attributes:
        rule: The rule of the linter.
        table: The table, with its schema.
        subject: The column, constraint or index that asks for it.
        query: Returns every offence, as one JSON value each; empty where what is asked is not
            analysed.
        other: The table that a foreign key refers to; empty for any other condition.
    """

    rule: str
    table: str
    subject: str
    query: str
    other: str = ""


def between(before: Sequence[Snapshot], after: Snapshot) -> Iterator[DataCheck]:
    """Yield the checks for the tables that were there.

    Args:
        before: What each of the revisions that it follows produces.
        after: What it produces. What a merge asks, all branches that have the table lack.
    """
    old = [{_quoted(s.name, r.name): r for s in one.schemas for r in s.relations} for one in before]
    for schema in after.schemas:
        for table in schema.relations:
            name = _quoted(schema.name, table.name)
            first, *others = [
                list(_of_table(name, one[name], table)) for one in old if name in one
            ] or [[]]
            asked = [{(check.rule, check.subject) for check in other} for other in others]
            yield from (one for one in first if all((one.rule, one.subject) in a for a in asked))


def _of_table(name: str, was: Relation, table: Relation) -> Iterator[DataCheck]:
    if was != table:
        yield from _of_columns(name, was, table)
        yield from _of_constraints(name, was, table)
        yield from _of_indexes(name, was, table)


def _of_columns(table: str, before: Relation, after: Relation) -> Iterator[DataCheck]:
    old = {column.name: column for column in before.columns}
    for column in after.columns:
        was = old.get(column.name)
        if was == column:
            continue
        name = _quoted(column.name)
        if was is None:
            if _needs_value(column):
                yield _rows(table, column.name, "column-required", before, "true")
        elif was.nullable and not column.nullable:
            yield _rows(table, column.name, "not-null-violated", before, f"{name} IS NULL")
        if was is not None and (limit := _shorter(was, column)) is not None:
            yield _rows(table, column.name, "value-too-long", before, f"length({name}) > {limit}")


def _needs_value(column: Column) -> bool:
    filled = column.default or column.identity or column.generated
    return not column.nullable and not filled


def _shorter(before: Column, after: Column) -> int | None:
    old, limit = _length(before), _length(after)
    if limit is None or "character" not in after.type:
        return None
    return None if old is not None and old <= limit else limit


def _length(column: Column) -> int | None:
    number = (column.type_modifier or "").strip("()")
    return int(number) if number.isdecimal() else None


def _of_constraints(table: str, before: Relation, after: Relation) -> Iterator[DataCheck]:
    # One of the same name that says something else is another one.
    asked = {(one.name, one.definition) for one in before.constraints if one.validated}
    rows = _rows_then(table, before, after)
    for constraint in after.constraints:
        text = str(constraint.definition)
        if (constraint.name, constraint.definition) in asked or not constraint.validated:
            continue
        try:
            tree = sql_tree.constraint(text)
        except NotAnalysed:
            yield DataCheck(
                _RULES.get(constraint.kind, "check-violated"), table, constraint.name, ""
            )
        else:
            yield from _of_constraint(table, constraint.name, before, tree, rows)


def _of_constraint(
    table: str, name: str, before: Relation, asked: Any, rows: str
) -> Iterator[DataCheck]:
    """Yield what a constraint asks; keys of periods and what is not enforced are not counted."""
    if asked.contype == pg.CONSTR_CHECK and asked.is_enforced:
        condition = f"NOT coalesce({sql_tree.text(asked.raw_expr)}, true)"
        yield _rows(table, name, "check-violated", before, condition, rows)
    elif asked.contype in _KEYS and not asked.without_overlaps:
        keys, nulls_equal = texts(asked.keys), asked.nulls_not_distinct
        yield _duplicates(table, name, keys, "", rows, nulls_equal=nulls_equal)
    elif asked.contype == pg.CONSTR_FOREIGN and asked.is_enforced and not asked.fk_with_period:
        yield _orphans(table, name, asked, rows)


def _of_indexes(table: str, before: Relation, after: Relation) -> Iterator[DataCheck]:
    old = {(index.name, index.definition) for index in before.indexes}
    rows = _rows_then(table, before, after)
    for index in after.indexes:
        if (index.name, index.definition) in old or index.constraint is not None:
            continue
        if (check := _of_unique_index(table, index, rows)) is not None:
            yield check


def _of_unique_index(table: str, index: Index, rows: str) -> DataCheck | None:
    try:
        made = sql_tree.statement(str(index.definition))
    except NotAnalysed:
        return DataCheck("unique-violated", table, index.name, "")
    keys = tuple(key.index_elem.name for key in made.index_params)
    if not made.unique or not all(keys):
        return None
    where = sql_tree.text(made.where_clause) if made.HasField("where_clause") else ""
    nulls_equal = made.nulls_not_distinct
    return _duplicates(table, index.name, keys, where, rows, nulls_equal=nulls_equal)


def _rows_then(table: str, before: Relation, after: Relation) -> str:
    """Write what a query reads to see the rows as they will be: with the columns that come.

    A new column has its default in every row. What nextval() would give is not asked: it would be
    taken from the sequence.
    """
    known = {column.name for column in before.columns}
    new = ", ".join(
        f"CAST({_default(column)} AS {column.type}) AS {_quoted(column.name)}"
        for column in after.columns
        if column.name not in known
    )
    return f"(SELECT t.*, {new} FROM {table} AS t)" if new else table


@unless_analysed(otherwise="NULL")
def _default(column: Column) -> str:
    if column.generated is not None:
        return sql_tree.text(sql_tree.generated(str(column.generated)))
    if column.default is None:
        return "NULL"
    called = (
        texts(node.funcname)[-1]
        for node in sql_tree.within(sql_tree.expression(str(column.default)))
        if isinstance(node, pg.FuncCall)
    )
    return "NULL" if "nextval" in called else str(column.default)


def _rows(
    table: str,
    subject: str,
    rule: str,
    relation: Relation,
    condition: str,
    rows: str = "",
) -> DataCheck:
    key = _key(relation)
    shown = f"jsonb_build_object({key})" if key else "to_jsonb(t)"
    query = f"SELECT {shown} FROM {rows or table} AS t WHERE {condition}"
    return DataCheck(rule, table, subject, query)


def _key(relation: Relation) -> str:
    """Write the primary key as names and values; empty without one."""
    for constraint in relation.constraints:
        if constraint.kind == "primary-key":
            return _pairs(texts(sql_tree.constraint(str(constraint.definition)).keys))
    return ""


def _duplicates(
    table: str, subject: str, keys: Sequence[str], where: str, rows: str, *, nulls_equal: bool
) -> DataCheck:
    columns = [_quoted(key) for key in keys]
    conditions = [f"({where})"] if where else []
    if not nulls_equal:
        conditions += [f"{column} IS NOT NULL" for column in columns]
    pairs = _pairs(keys)
    filtered = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    query = (
        f"SELECT jsonb_build_object({pairs}, 'rows', count(*)) FROM {rows} AS t{filtered}"
        f" GROUP BY {', '.join(columns)} HAVING count(*) > 1"
    )
    return DataCheck("unique-violated", table, subject, query)


def _orphans(table: str, subject: str, asked: Any, rows: str) -> DataCheck:
    own = texts(asked.fk_attrs)
    columns, others = map(_quoted, own), map(_quoted, texts(asked.pk_attrs))
    pairs = list(zip(columns, others, strict=True))
    present = " AND ".join(f"t.{column} IS NOT NULL" for column, _ in pairs)
    same = " AND ".join(f"o.{other} = t.{column}" for column, other in pairs)
    other = _quoted(*relation(asked.pktable))
    query = (
        f"SELECT jsonb_build_object({_pairs(own, 't.')}) FROM {rows} AS t WHERE {present}"
        f" AND NOT EXISTS (SELECT FROM {other} AS o WHERE {same})"
    )
    return DataCheck("foreign-key-violated", table, subject, query, other)


def _pairs(columns: Iterable[str], table: str = "") -> str:
    """Write names and values as ``jsonb_build_object`` takes them."""
    return ", ".join(f"{literal(name)}, {table}{_quoted(name)}" for name in columns)


def _quoted(*names: str) -> str:
    quote = _preparer().quote
    return ".".join(quote(name) for name in names)


@cache
def _preparer() -> IdentifierPreparer:
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    return dialect.identifier_preparer
