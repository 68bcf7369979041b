"""The rows of existing tables as pending revisions leave them, written as a query. Pure.

A pending revision may require something of a column that an earlier one adds, fills or renames, and
the database has no such column yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from postgast import pg_query_pb2 as pg

from schemaproof.lint import backfills
from schemaproof.lint.relations import relation_path, with_schema
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.row_checks import RowCheck, default_value
from schemaproof.schema.database_objects import Column, Relation
from schemaproof.schema.paths import ObjectPath
from schemaproof.sql import quoting, sql_tree

# The SQL is safe although it is formatted: names are quoted, and the texts between them were parsed
# by the parser of PostgreSQL.
# ruff: noqa: S608

_PLACE: Final = "ctid"


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a table.

    Attributes:
        source: The rows as SQL that can follow FROM.
        columns: The names of the columns.
        made: The columns that pending revisions add.
        unknown: The columns whose values are not known.
    """

    source: str
    columns: tuple[str, ...]
    made: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def selected(self, changed: dict[str, str]) -> "_Rows":
        """Return the rows with other values in some columns; new columns are added."""
        names = (*self.columns, *(one for one in changed if one not in self.columns))
        values = ", ".join(
            f"{changed.get(name, quoting.name(name))} AS {quoting.name(name)}" for name in names
        )
        return replace(self, source=f"(SELECT {values} FROM {self.source} AS t)", columns=names)

    def renamed(self, old: str, new: str) -> "_Rows":
        """Return the rows after a column is renamed."""
        values = ", ".join(
            f"{quoting.name(name)} AS {quoting.name(new if name == old else name)}"
            for name in self.columns
        )
        columns, made, unknown = (
            (new if name == old else name for name in names)
            for names in (self.columns, self.made, self.unknown)
        )
        source = f"(SELECT {values} FROM {self.source} AS t)"
        return _Rows(source, tuple(columns), frozenset(made), frozenset(unknown))


@dataclass(slots=True)
class PendingRows:
    """The rows of the tables after the pending revisions that were read so far."""

    _tables: dict[ObjectPath, _Rows] = field(default_factory=dict)

    def source(self, check: RowCheck) -> str:
        """Return the rows that a condition is about as SQL that can follow FROM."""
        found = self._tables.get(check.table)
        return found.source if found else str(check.table)

    def are_made(self, check: RowCheck) -> bool:
        """Whether a condition is about columns that pending revisions add."""
        found = self._tables.get(check.table)
        return found is not None and not found.made.isdisjoint(check.columns)

    def are_unknown(self, check: RowCheck) -> bool:
        """Whether a condition is about values that are not known before the revisions run."""
        found = self._tables.get(check.table)
        return found is not None and not found.unknown.isdisjoint(check.columns)

    def read(self, revision: LintedRevision) -> None:
        """Read what a revision does to the rows."""
        if revision.before is None or revision.after is None:
            return
        old = {where: one for each in revision.before for where, one in each.all_relations()}
        steps: dict[ObjectPath, list[Any]] = {}
        for where, tree in _steps(revision):
            steps.setdefault(where, []).append(tree)
        for where, after in revision.after.all_relations():
            before = old.get(where)
            if before is not None and (where in steps or before.columns != after.columns):
                rows = self._tables.get(where) or _Rows(str(where), _names(before))
                self._tables[where] = _after(rows, after, steps.get(where, []))


def _names(relation: Relation) -> tuple[str, ...]:
    return tuple(column.name for column in relation.columns)


def _steps(revision: LintedRevision) -> Iterator[tuple[ObjectPath, Any]]:
    """Yield the renames of columns, and the updates in batches, with their tables."""
    for statement in revision.statements:
        if statement.not_analysed is not None:
            continue
        tree = statement.tree
        found = [tree] if _renames_column(tree) else backfills.updates_within(statement.sql)
        for one in found:
            yield statement.there(with_schema(relation_path(one.relation))), one


def _renames_column(tree: Any) -> bool:
    return isinstance(tree, pg.RenameStmt) and tree.rename_type == pg.OBJECT_COLUMN


def _after(rows: _Rows, relation: Relation, steps: list[Any]) -> _Rows:
    """Return the rows of a table after a revision."""
    for one in steps:
        if _renames_column(one):
            rows = rows.renamed(one.subname, one.newname)
    columns = {column.name: column for column in relation.columns}
    new = [column for name, column in columns.items() if name not in rows.columns]
    if new:
        made = rows.made.union(column.name for column in new)
        rows = replace(rows.selected({one.name: _value(one) for one in new}), made=made)
    for one in steps:
        if isinstance(one, pg.UpdateStmt):
            rows = _updated(rows, one, columns)
    return rows


def _value(column: Column) -> str:
    return f"CAST({default_value(column)} AS {column.type})"


def _updated(rows: _Rows, update: Any, columns: dict[str, Column]) -> _Rows:
    """Return the rows after an update, without values that a function returns."""
    condition = _condition(update)
    changed, unknown = {}, set()
    for target in (one.res_target for one in update.target_list):
        name, value = target.name, sql_tree.inner(target.val)
        if sql_tree.column_name(target.val) == name:
            continue
        if isinstance(value, pg.SetToDefault):
            text = default_value(columns[name]) if name in columns else "NULL"
        else:
            text = "NULL" if _calls(value) else sql_tree.text(target.val)
        if text == "NULL" or name not in columns or condition is None:
            unknown.add(name)
            continue
        then = f"CAST({text} AS {columns[name].type})"
        changed[name] = f"CASE WHEN {condition} THEN {then} ELSE {quoting.name(name)} END"
    made = rows.selected(changed) if changed else rows
    return replace(made, unknown=rows.unknown - changed.keys() | unknown)


def _condition(update: Any) -> str | None:
    """Return the condition for the rows without the limits of a batch; None if it is not known."""
    if update.from_clause:
        return None
    if not update.HasField("where_clause"):
        return "true"
    where = sql_tree.inner(update.where_clause)
    parts = [update.where_clause]
    if isinstance(where, pg.BoolExpr) and where.boolop == pg.AND_EXPR:
        parts = [one for one in where.args if _PLACE not in sql_tree.columns(one)]
    if any(_calls(one) for one in parts):
        return None
    return " AND ".join(f"({sql_tree.text(one)})" for one in parts) or "true"


def _calls(tree: Any) -> bool:
    return any(isinstance(one, pg.FuncCall) for one in sql_tree.within(tree))
