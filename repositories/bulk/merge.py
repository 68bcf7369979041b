"""The statements for one batch, for either way of finding its existing rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from repositories.bulk.audit_values import AuditValues
from repositories.bulk.layout import Layout, comparable
from repositories.bulk.staging import Staging


@dataclass(frozen=True)
class Merge:
    """The statements for the rows of a batch.

    Attributes:
        staging: The temporary tables.
        audit_values: The audit values that are written with the rows.
        together: Whether existing rows are found by a join on the first column of the key, not one
            by one.
    """

    staging: Staging
    audit_values: AuditValues
    together: bool

    @property
    def layout(self) -> Layout:
        """The columns and the key of the bulk write."""
        return self.staging.layout

    @property
    def stage(self) -> Table:
        """The temporary table that contains the batch."""
        return self.staging.stage

    @cached_property
    def compare(self) -> Select[int, int]:
        """Count new and changed rows, and record all existing rows in a temporary table.

        It locks no row and writes only the temporary table.
        """
        id_ = self._id
        position = self.stage.c.monps_position
        is_there = id_.is_not(None)
        found = (
            select(
                func.array_agg(id_).filter(is_there).label("ids"),
                func.array_agg(position).filter(is_there).label("positions"),
                func.count().filter(id_.is_(None)).label("fresh"),
                func.count().filter(and_(is_there, self._is_changed)).label("changed"),
            )
            .select_from(self._joined)
            .cte("found")
        )
        noted = (
            insert(self.staging.seen)
            .from_select(
                ["ids", "positions"],
                select(found.c.ids, found.c.positions).where(found.c.ids.is_not(None)),
            )
            .cte("noted")
        )
        return select(found.c.fresh, found.c.changed).add_cte(noted)

    @cached_property
    def insert_all(self) -> Select[int, int]:
        """Insert a batch of new rows; this fails if another session inserted one of them."""
        return self._counted(_insert(self.layout.table, self._rows.select_from(self.stage)))

    @cached_property
    def upsert(self) -> Select[int, int]:
        """Update the changed rows, and insert the new ones."""
        return self._write(self._pending)

    @cached_property
    def upsert_some(self) -> Select[int, int]:
        """Insert or update the rows at positions ``low`` (included) to ``high`` (excluded)."""
        position = self.stage.c.monps_position
        low = bindparam("low", type_=BigInteger)
        high = bindparam("high", type_=BigInteger)
        return self._write(and_(self._pending, position >= low, position < high))

    @cached_property
    def _there(self) -> FromClause:
        """The existing rows with which the rows of the batch are compared."""
        table, first = self.layout.table, self.layout.key[0]
        if not self.together:
            return table
        given = select(self.stage.c[first.name]).distinct().scalar_subquery()
        is_given = first == func.any(func.array(given))
        found = or_(is_given, first.is_(None)) if first.nullable else is_given
        return select(table).where(found).subquery("there")

    @property
    def _id(self) -> ColumnElement[Any]:
        return self._there.c[self.layout.primary_key.name]

    @cached_property
    def _joined(self) -> FromClause:
        pairs = (
            (column, self._there.c[column.name], self.stage.c[column.name])
            for column in self.layout.key
        )
        same = (
            there.is_not_distinct_from(given) if column.nullable else there == given
            for column, there, given in pairs
        )
        return self.stage.outerjoin(self._there, and_(true(), *same))

    @property
    def _changing(self) -> list[Column[Any]]:
        return [column for column in self.layout.columns if column not in self.layout.key]

    @property
    def _is_changed(self) -> ColumnElement[bool]:
        return self._differ(self._there.c, self.stage.c)

    @property
    def _pending(self) -> ColumnElement[bool]:
        return or_(self._id.is_(None), self._is_changed)

    def _differ(self, there: Any, given: Any) -> ColumnElement[bool]:
        return or_(
            false(),
            *(
                comparable(there[column.name]).is_distinct_from(comparable(given[column.name]))
                for column in self._changing
            ),
        )

    @property
    def _rows(self) -> Select[Any]:
        """The rows of the batch as they are inserted, with their audit values."""
        given = {column.name: self.stage.c[column.name] for column in self.layout.columns}
        audit_values = {
            name: literal(value, self.layout.table.c[name].type)
            for name, value in self.audit_values.on_insert.items()
        }
        return select(*(value.label(name) for name, value in {**audit_values, **given}.items()))

    def _write(self, pending: ColumnElement[bool]) -> Select[int, int]:
        """Insert and update in one statement.

        Only rows that look new are inserted, because an INSERT uses up a generated key even if the
        row exists. ON CONFLICT serves rows that another session inserted in between.
        """
        new = and_(pending, self._id.is_(None))
        insertion = _insert(self.layout.table, self._rows.select_from(self._joined).where(new))
        key = [column.name for column in self.layout.key]
        if not self._changing:
            return self._counted(insertion.on_conflict_do_nothing(index_elements=key))
        given = {column.name: insertion.excluded[column.name] for column in self._changing}
        insertion = insertion.on_conflict_do_update(
            index_elements=key,
            set_=self._changes(given),
            where=self._differ(self.layout.table.c, insertion.excluded),
        )
        return self._counted(insertion, self._update(pending))

    def _update(self, pending: ColumnElement[bool]) -> Update:
        """Update existing rows."""
        table, id_ = self.layout.table, self.layout.primary_key
        is_there = and_(pending, self._id.is_not(None))
        given = [self.stage.c[column.name] for column in self._changing]
        changed = (
            select(self._id.label("monps_id"), *given)
            .select_from(self._joined)
            .where(is_there)
            .cte("changed")
            .prefix_with("MATERIALIZED")
        )
        ids = func.array(select(changed.c.monps_id).scalar_subquery())
        return (
            update(table)
            .values(self._changes({each.name: changed.c[each.name] for each in self._changing}))
            # The array makes PostgreSQL use the index, whatever join the planner is told to use.
            .where(id_ == changed.c.monps_id, id_ == func.any(ids))
            .where(self._differ(table.c, changed.c))
        )

    def _changes(self, given: Mapping[str, Any]) -> dict[str, Any]:
        moments = {
            column.name: column.onupdate.arg  # type: ignore[attr-defined]
            for column in self.layout.table.columns
            if column.onupdate is not None
        }
        return {**moments, **self.audit_values.on_update, **given}

    def _counted(self, insertion: Insert, change: Update | None = None) -> Select[int, int]:
        """Combine INSERT and UPDATE, and count the rows of each."""
        id_ = self.layout.primary_key
        # A new row has xmax = 0, because no transaction has deleted or locked it. An INSERT into a
        # partitioned table cannot return xmax; there all rows count as new, even one that another
        # session has inserted in between.
        is_partitioned = self.layout.table.dialect_options["postgresql"]["partition_by"] is not None
        is_new = true() if is_partitioned else literal_column("xmax = 0", Boolean)
        inserted = insertion.returning(id_.label("id"), is_new.label("is_new")).cte("inserted")
        written: FromClause = inserted
        if change is not None:
            updated = change.returning(id_.label("id")).cte("updated")
            written = union_all(
                select(inserted.c.id, inserted.c.is_new), select(updated.c.id, false())
            ).cte("written")
        noted = (
            insert(self.staging.seen)
            .from_select(
                ["ids", "changed"],
                select(
                    func.array_agg(written.c.id).filter(written.c.is_new),
                    func.array_agg(written.c.id).filter(not_(written.c.is_new)),
                ),
            )
            .cte("noted")
        )
        return select(
            func.count().filter(written.c.is_new), func.count().filter(not_(written.c.is_new))
        ).add_cte(noted)


def _insert(table: Table, rows: Select[Any]) -> Insert:
    return insert(table).from_select(
        list(rows.selected_columns.keys()), rows, include_defaults=False
    )
