"""The conditions that a revision sets for existing rows, derived from the snapshots. Pure.

The texts of conditions come from snapshots, in the form that PostgreSQL prints.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from postgast import pg_query_pb2 as pg

from schemaproof.schema.database_objects import Column, Constraint, Index, Relation, Snapshot
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql import quoting, sql_tree
from schemaproof.sql.quoting import literal
from schemaproof.sql.sql_tree import texts, unless_analysed

# The SQL is safe although it is formatted: names are quoted, and the texts between them were
# printed by PostgreSQL.
# ruff: noqa: S608

_RULES: Final = {
    **dict.fromkeys(("primary-key", "unique"), "unique-violated"),
    "foreign-key": "foreign-key-violated",
}
_KEYS: Final = frozenset({pg.CONSTR_UNIQUE, pg.CONSTR_PRIMARY})
_read_constraint = unless_analysed(otherwise=None)(sql_tree.constraint)
_read_statement = unless_analysed(otherwise=None)(sql_tree.statement)


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A condition that no row may violate.

    Attributes:
        rule: The rule of the linter.
        table: The table, with its schema.
        subject: The column, constraint or index that has the condition.
        query: The SQL that returns each violation as a JSON value ``offence``; empty where the
            condition cannot be analysed.
        other: The table that a foreign key refers to; None for any other condition.
    """

    rule: str
    table: ObjectPath
    subject: str
    query: str
    other: ObjectPath | None = None


def checks_between(before: Sequence[Snapshot], after: Snapshot) -> Iterator[RowCheck]:
    """Yield the checks for the tables that existed before.

    Args:
        before: The schemas of the revisions that the revision follows.
        after: The schema after the revision. A condition of a merge is checked only if it is new to
            every branch that has the table.
    """
    old = [dict(one.all_relations()) for one in before]
    for where, relation in after.all_relations():
        changes = [_Change(where.names[0], one[where], relation) for one in old if where in one]
        first, *others = [[*change.checks()] for change in changes] or [[]]
        asked = [{(check.rule, check.subject) for check in other} for other in others]
        yield from (one for one in first if all((one.rule, one.subject) in a for a in asked))


@dataclass(frozen=True, slots=True)
class _Change:
    """A table before and after a revision; in queries its name is ``t``."""

    schema: str
    before: Relation
    after: Relation

    def checks(self) -> Iterator[RowCheck]:
        """Yield the conditions of the change for the rows."""
        if self.before == self.after:
            return
        old = {column.name: column for column in self.before.columns}
        for column in self.after.columns:
            if old.get(column.name) != column:
                yield from self._column(old.get(column.name), column)
        # A constraint of the same name with another definition is another constraint.
        asked = {(one.name, one.definition) for one in self.before.constraints if one.validated}
        for constraint in self.after.constraints:
            if constraint.validated and (constraint.name, constraint.definition) not in asked:
                yield from self._constraint(constraint)
        made = {(index.name, index.definition) for index in self.before.indexes}
        for index in self.after.indexes:
            if (index.name, index.definition) not in made and index.constraint is None:
                yield from self._index(index)

    def _check(
        self, rule: str, subject: str, query: str, other: ObjectPath | None = None
    ) -> RowCheck:
        return RowCheck(rule, self._name, subject, query, other)

    @property
    def _name(self) -> ObjectPath:
        return path(self.schema, self.after.name)

    @property
    def _rows(self) -> str:
        return f"{self._name} AS t"

    @property
    def _rows_then(self) -> str:
        """The SQL for the rows of the table, with the new columns.

        A new column has its default in every row. nextval() is not called, because it would take a
        value from the sequence.
        """
        known = {column.name for column in self.before.columns}
        new = [
            f"CAST({_default(column)} AS {column.type}) AS {quoting.name(column.name)}"
            for column in self.after.columns
            if column.name not in known
        ]
        return f"(SELECT t.*, {', '.join(new)} FROM {self._rows}) AS t" if new else self._rows

    def _column(self, was: Column | None, column: Column) -> Iterator[RowCheck]:
        name = quoting.name(column.name)
        if was is None:
            is_filled = column.default or column.identity or column.generated
            if not column.nullable and not is_filled:
                yield self._offences("column-required", column.name, "true")
            return
        if was.nullable and not column.nullable:
            yield self._offences("not-null-violated", column.name, f"{name} IS NULL")
        if (limit := _shorter(was, column)) is not None:
            yield self._offences("value-too-long", column.name, f"length({name}) > {limit}")

    def _constraint(self, constraint: Constraint) -> Iterator[RowCheck]:
        """Yield the check of a constraint; none for keys over periods and unenforced ones."""
        name, asked = constraint.name, _read_constraint(str(constraint.definition))
        if asked is None:
            yield RowCheck(_RULES.get(constraint.kind, "check-violated"), self._name, name, "")
        elif asked.contype == pg.CONSTR_CHECK and asked.is_enforced:
            condition = f"NOT coalesce({sql_tree.text(asked.raw_expr)}, true)"
            yield self._offences("check-violated", name, condition, self._rows_then)
        elif asked.contype in _KEYS and not asked.without_overlaps:
            yield self._duplicates(name, texts(asked.keys), asked)
        elif asked.contype == pg.CONSTR_FOREIGN and asked.is_enforced and not asked.fk_with_period:
            yield self._orphans(name, asked)

    def _index(self, index: Index) -> Iterator[RowCheck]:
        made = _read_statement(str(index.definition))
        if made is None:
            yield RowCheck("unique-violated", self._name, index.name, "")
            return
        keys = tuple(key.index_elem.name for key in made.index_params)
        if made.unique and all(keys):
            where = [sql_tree.text(made.where_clause)] if made.HasField("where_clause") else []
            yield self._duplicates(index.name, keys, made, where)

    def _offences(
        self, rule: str, subject: str, condition: str, rows: str | None = None
    ) -> RowCheck:
        key = _primary_key(self.before)
        shown = f"jsonb_build_object({_pairs(key)})" if key else "to_jsonb(t)"
        query = f"SELECT {shown} AS offence FROM {rows or self._rows} WHERE {condition}"
        return self._check(rule, subject, query)

    def _duplicates(
        self, subject: str, keys: Sequence[str], asked: Any, where: Iterable[str] = ()
    ) -> RowCheck:
        columns = [_column("t", key) for key in keys]
        shown = f"jsonb_build_object({_pairs(keys)}, 'rows', count(*))"
        conditions = [f"({one})" for one in where]
        if not asked.nulls_not_distinct:
            conditions += _not_null(columns)
        query = f"SELECT {shown} AS offence FROM {self._rows_then}{_where(conditions)}"
        query += f" GROUP BY {', '.join(columns)} HAVING count(*) > 1"
        return self._check("unique-violated", subject, query)

    def _orphans(self, subject: str, asked: Any) -> RowCheck:
        own, theirs = texts(asked.fk_attrs), texts(asked.pk_attrs)
        columns = [_column("t", name) for name in own]
        pairs = zip((_column("o", name) for name in theirs), columns, strict=True)
        other = path(*sql_tree.relation(asked.pktable))
        same = " AND ".join(f"{one} = {column}" for one, column in pairs)
        conditions = [
            *_not_null(columns),
            f"NOT EXISTS (SELECT FROM {other} AS o WHERE {same})",
        ]
        query = f"SELECT jsonb_build_object({_pairs(own)}) AS offence FROM {self._rows_then}"
        return self._check("foreign-key-violated", subject, query + _where(conditions), other)


def _shorter(before: Column, after: Column) -> int | None:
    """Return the new maximum length of a text, if the old one was larger; None otherwise."""
    modifiers = [(one.type_modifier or "").strip("()") for one in (before, after)]
    old, limit = (int(one) if one.isdecimal() else None for one in modifiers)
    if limit is None or "character" not in after.type:
        return None
    return None if old is not None and old <= limit else limit


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


def _primary_key(relation: Relation) -> tuple[str, ...]:
    keys = (one for one in relation.constraints if one.kind == "primary-key")
    return next((texts(sql_tree.constraint(str(one.definition)).keys) for one in keys), ())


def _pairs(columns: Iterable[str]) -> str:
    """Return names and values as ``jsonb_build_object`` takes them."""
    return ", ".join(f"{literal(name)}, {_column('t', name)}" for name in columns)


def _not_null(columns: Iterable[str]) -> list[str]:
    return [f"{column} IS NOT NULL" for column in columns]


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _column(alias: str, name: str) -> str:
    return f"{alias}.{quoting.name(name)}"
