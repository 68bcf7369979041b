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
        shown: The SQL for the JSON value that shows a violation; empty where the condition cannot
            be analysed.
        rest: The SQL that follows the table in the query.
        columns: The columns of the table that the condition is about.
        new: The SQL for the columns that the revision adds; empty if the condition needs none.
        other: The table that a foreign key refers to; None for any other condition.
    """

    rule: str
    table: ObjectPath
    subject: str
    shown: str
    rest: str = ""
    columns: frozenset[str] = frozenset()
    new: str = ""
    other: ObjectPath | None = None

    def query(self, rows: str) -> str:
        """Return the SQL that returns each violation as a JSON value ``offence``.

        Args:
            rows: The rows before the revision, as SQL that can follow FROM.
        """
        given = f"(SELECT t.*, {self.new} FROM {rows} AS t)" if self.new else rows
        return f"SELECT {self.shown} AS offence FROM {given} AS t{self.rest}"


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

    @property
    def _name(self) -> ObjectPath:
        return path(self.schema, self.after.name)

    @property
    def _new(self) -> str:
        known = {column.name for column in self.before.columns}
        return ", ".join(new_column(one) for one in self.after.columns if one.name not in known)

    def _column(self, was: Column | None, column: Column) -> Iterator[RowCheck]:
        name = quoting.name(column.name)
        if was is None:
            is_filled = column.default or column.identity or column.generated
            if not column.nullable and not is_filled:
                yield self._offences("column-required", column.name, "true", set())
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
            named = sql_tree.columns(asked.raw_expr)
            yield self._offences("check-violated", name, condition, named, self._new)
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
            where = made.where_clause if made.HasField("where_clause") else None
            yield self._duplicates(index.name, keys, made, where)

    def _offences(
        self,
        rule: str,
        subject: str,
        condition: str,
        columns: Iterable[str] | None = None,
        new: str = "",
    ) -> RowCheck:
        key = _primary_key(self.before)
        shown = f"jsonb_build_object({_pairs(key)})" if key else "to_jsonb(t)"
        about = frozenset([subject] if columns is None else columns)
        return RowCheck(rule, self._name, subject, shown, _where([condition]), about, new)

    def _duplicates(
        self, subject: str, keys: Sequence[str], asked: Any, where: Any = None
    ) -> RowCheck:
        columns = [_column("t", key) for key in keys]
        shown = f"jsonb_build_object({_pairs(keys)}, 'rows', count(*))"
        conditions = [f"({sql_tree.text(where)})"] if where is not None else []
        if not asked.nulls_not_distinct:
            conditions += _not_null(columns)
        rest = f"{_where(conditions)} GROUP BY {', '.join(columns)} HAVING count(*) > 1"
        about = frozenset(keys) | (sql_tree.columns(where) if where is not None else set())
        return RowCheck("unique-violated", self._name, subject, shown, rest, about, self._new)

    def _orphans(self, subject: str, asked: Any) -> RowCheck:
        own, theirs = texts(asked.fk_attrs), texts(asked.pk_attrs)
        columns = [_column("t", name) for name in own]
        pairs = zip((_column("o", name) for name in theirs), columns, strict=True)
        other = path(*sql_tree.relation(asked.pktable))
        same = " AND ".join(f"{one} = {column}" for one, column in pairs)
        rest = _where([*_not_null(columns), f"NOT EXISTS (SELECT FROM {other} AS o WHERE {same})"])
        shown, about = f"jsonb_build_object({_pairs(own)})", frozenset(own)
        rule = "foreign-key-violated"
        return RowCheck(rule, self._name, subject, shown, rest, about, self._new, other)


def new_column(column: Column) -> str:
    """Return the SQL for a new column, which has its default in every row.

    nextval() is not called, because it would take a value from the sequence.
    """
    return f"CAST({default_value(column)} AS {column.type}) AS {quoting.name(column.name)}"


def _shorter(before: Column, after: Column) -> int | None:
    """Return the new maximum length of a text, if the old one was larger; None otherwise."""
    modifiers = [(one.type_modifier or "").strip("()") for one in (before, after)]
    old, limit = (int(one) if one.isdecimal() else None for one in modifiers)
    if limit is None or "character" not in after.type:
        return None
    return None if old is not None and old <= limit else limit


@unless_analysed(otherwise="NULL")
def default_value(column: Column) -> str:
    """Return the SQL for the value that a new column has in every row; NULL if none is known."""
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
