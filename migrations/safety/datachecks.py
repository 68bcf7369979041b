"""What a revision asks of the rows that are there, worked out from the snapshots around it. Pure.

The texts come from snapshots, so PostgreSQL has printed them: a definition has one form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.compiler import IdentifierPreparer

from introspection.shapes import Column, Constraint, Index, Relation, Snapshot


@dataclass(frozen=True, slots=True)
class DataCheck:
    """A condition that no row may meet.

    Attributes:
        rule: The rule of the linter.
        table: The table, with its schema.
        subject: The column, constraint or index that asks for it.
        query: Returns every offence, as one JSON value each.
    """

    rule: str
    table: str
    subject: str
    query: str


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
    new = re.fullmatch(r"\((\d+)\)", after.type_modifier or "")
    if new is None or "character" not in after.type:
        return None
    old = re.fullmatch(r"\((\d+)\)", before.type_modifier or "")
    limit = int(new[1])
    return None if old is not None and int(old[1]) <= limit else limit


def _of_constraints(table: str, before: Relation, after: Relation) -> Iterator[DataCheck]:
    # One of the same name that says something else is another one.
    asked = {(one.name, one.definition) for one in before.constraints if one.validated}
    rows = _rows_then(table, before, after)
    for constraint in after.constraints:
        text = str(constraint.definition)
        if (constraint.name, constraint.definition) in asked or not constraint.validated:
            continue
        if check := re.fullmatch(r"CHECK \((.*)\)(?: NO INHERIT)?", text, re.DOTALL):
            condition = f"NOT coalesce({check[1]}, true)"
            yield _rows(table, constraint.name, "check-violated", before, condition, rows)
        elif unique := re.match(r"(UNIQUE|PRIMARY KEY)( NULLS NOT DISTINCT)? \((.*?)\)", text):
            nulls_equal = bool(unique[2])
            yield _duplicates(table, constraint.name, unique[3], "", rows, nulls_equal=nulls_equal)
        elif (orphans := _orphans(table, constraint, text, rows)) is not None:
            yield orphans


def _of_indexes(table: str, before: Relation, after: Relation) -> Iterator[DataCheck]:
    old = {(index.name, index.definition) for index in before.indexes}
    rows = _rows_then(table, before, after)
    for index in after.indexes:
        if (index.name, index.definition) in old or index.constraint is not None:
            continue
        if (check := _of_unique_index(table, index, rows)) is not None:
            yield check


def _of_unique_index(table: str, index: Index, rows: str) -> DataCheck | None:
    found = re.fullmatch(
        r"CREATE UNIQUE INDEX .*? USING btree \((?P<keys>.*?)\)(?: INCLUDE \(.*?\))?"
        r"(?P<nulls> NULLS NOT DISTINCT)?(?: WITH \(.*?\))?(?: WHERE (?P<where>.*))?",
        str(index.definition),
        re.DOTALL,
    )
    if found is None or "(" in found["keys"]:
        return None
    keys = ", ".join(key.split(" ")[0] for key in found["keys"].split(", "))
    return _duplicates(
        table, index.name, keys, found["where"] or "", rows, nulls_equal=bool(found["nulls"])
    )


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


def _default(column: Column) -> str:
    text = str(column.default or column.generated or "NULL")
    text = re.sub(r" (?:STORED|VIRTUAL)$", "", text)
    return "NULL" if "nextval(" in text else text


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
        if found := re.match(r"PRIMARY KEY \((.*?)\)", str(constraint.definition)):
            columns = found[1].split(", ")
            return _pairs(columns)
    return ""


def _duplicates(
    table: str, subject: str, keys: str, where: str, rows: str, *, nulls_equal: bool
) -> DataCheck:
    columns = keys.split(", ")
    conditions = [f"({where})"] if where else []
    if not nulls_equal:
        conditions += [f"{column} IS NOT NULL" for column in columns]
    pairs = _pairs(columns)
    filtered = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    query = (
        f"SELECT jsonb_build_object({pairs}, 'rows', count(*)) FROM {rows} AS t{filtered}"
        f" GROUP BY {keys} HAVING count(*) > 1"
    )
    return DataCheck("unique-violated", table, subject, query)


def _orphans(table: str, constraint: Constraint, text: str, rows: str) -> DataCheck | None:
    found = re.match(r"FOREIGN KEY \((.*?)\) REFERENCES (.+?)\((.*?)\)", text)
    if found is None:
        return None
    own, other = found[1].split(", "), found[3].split(", ")
    present = " AND ".join(f"t.{column} IS NOT NULL" for column in own)
    same = " AND ".join(f"o.{b} = t.{a}" for a, b in zip(own, other, strict=True))
    pairs = _pairs(own, "t.")
    query = (
        f"SELECT jsonb_build_object({pairs}) FROM {rows} AS t WHERE {present}"
        f" AND NOT EXISTS (SELECT FROM {found[2]} AS o WHERE {same})"
    )
    return DataCheck("foreign-key-violated", table, constraint.name, query)


def _pairs(columns: Iterable[str], table: str = "") -> str:
    """Write names and values as ``jsonb_build_object`` takes them."""
    return ", ".join(f"{_text(name)}, {table}{name}" for name in columns)


def _text(name: str) -> str:
    """Turn a name as SQL has it into a text."""
    bare = name[1:-1].replace('""', '"') if name.startswith('"') else name
    return "'" + bare.replace("'", "''") + "'"


def _quoted(*names: str) -> str:
    quote = _preparer().quote
    return ".".join(quote(name) for name in names)


@cache
def _preparer() -> IdentifierPreparer:
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    return dialect.identifier_preparer
