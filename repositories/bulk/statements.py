"""The statements of a bulk write; none of them knows a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Executable,
    FromClause,
    MetaData,
    Select,
    Table,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.schema import CreateTable

from repositories.bulk.layout import Layout

SAVEPOINT: Final = text("SAVEPOINT monps_batch")
_TEMPORARY: Final[dict[str, Any]] = {
    "schema": "pg_temp",
    "prefixes": ["TEMPORARY"],
    "postgresql_on_commit": "DROP",
}
ROLL_BACK: Final = text("ROLLBACK TO SAVEPOINT monps_batch")
RELEASE: Final = text("RELEASE SAVEPOINT monps_batch")

HAS_TWINS: Final = text(
    "SELECT count(id) > count(DISTINCT id) FROM pg_temp.monps_seen, unnest(ids) AS id"
)
"""Whether a row was met more than once, over all batches."""

# To compress the ids of a batch takes half as long as to look its rows up.
_DO_NOT_COMPRESS: Final = text(
    "ALTER TABLE pg_temp.monps_seen"
    " ALTER ids SET STORAGE EXTERNAL, ALTER positions SET STORAGE EXTERNAL"
)

TWIN: Final = text("""
    SELECT min(position)
    FROM (
        SELECT position, row_number() OVER (PARTITION BY id ORDER BY position NULLS FIRST) AS nth
        FROM pg_temp.monps_seen, unnest(ids, positions) AS met (id, position)
    ) AS again
    WHERE nth > 1
""")
"""The first position at which a row was met again, over all batches."""

# A batch is a small part of the table: its rows are looked up by the index of the natural key. Only
# where a table looked empty to autovacuum while it was being filled (pages, and no rows), every way
# to look up seems free to the planner, and it may read the whole table for each row: join then.
_PLANS: Final = ("enable_hashjoin", "enable_mergejoin", "enable_nestloop")
KEEP_SETTINGS: Final = text("SELECT " + ", ".join(f"current_setting('{name}')" for name in _PLANS))


CHOOSE_PLAN: Final = text("""
    SELECT set_config('enable_hashjoin', is_misjudged::text, true),
        set_config('enable_mergejoin', 'false', true),
        set_config('enable_nestloop', (NOT is_misjudged)::text, true)
    FROM (
        SELECT reltuples = 0 AND relpages > 0 AS is_misjudged
        FROM pg_class
        WHERE oid = CAST(:target AS regclass)
    ) AS target
""")


def settings(given: Mapping[str, str]) -> Select[Any]:
    """Put the planner's settings back."""
    return select(
        *(
            func.set_config(name, value, True)  # noqa: FBT003 - PostgreSQL's argument
            for name, value in given.items()
        )
    )


def kept(row: Any) -> dict[str, str]:
    """Return the settings that were read with ``KEEP_SETTINGS``."""
    return dict(zip(_PLANS, row, strict=True))


@dataclass(frozen=True)
class Stamps:
    """Columns that are written beside what the rows give: who, why, when.

    Attributes:
        on_insert: Values of a new row.
        on_update: Values of a changed row.
    """

    on_insert: Mapping[str, Any] = field(default_factory=dict)
    on_update: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CopyTarget:
    """A temporary table that rows are copied to.

    Attributes:
        table: Its name.
        columns: The names of the columns, in the order of the data.
    """

    table: str
    columns: tuple[str, ...]
    schema: ClassVar[str] = "pg_temp"

    @property
    def statement(self) -> str:
        """The statement, which the data follows."""
        preparer = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]
        table, *names = map(preparer.quote, (self.table, *self.columns))
        columns = ", ".join(names)
        return f"COPY {self.schema}.{table} ({columns}) FROM STDIN WITH (FORMAT binary)"


@dataclass(frozen=True)
class Statements:
    """All statements of one bulk write.

    The rows of a batch are copied into ``stage``. ``seen`` remembers which rows of the table were
    met, so that a key that comes twice is found, also in different batches.
    """

    layout: Layout
    stamps: Stamps

    @cached_property
    def stage(self) -> Table:
        """The temporary table of a batch: positions, and the columns that are given."""
        given = self.layout.columns
        defaults = [column for column in self.layout.key if column not in given]
        return Table(
            "monps_stage",
            MetaData(),
            Column("monps_position", BigInteger),
            *(Column(column.name, column.type) for column in given),
            *(Column(each.name, each.type, server_default=_default(each)) for each in defaults),
            **_TEMPORARY,
        )

    @cached_property
    def seen(self) -> Table:
        """The temporary table of the rows that were met."""
        return Table(
            "monps_seen",
            MetaData(),
            Column("ids", ARRAY(self.layout.primary_key.type)),
            Column("positions", ARRAY(BigInteger)),
            **_TEMPORARY,
        )

    @cached_property
    def create(self) -> tuple[Executable, ...]:
        """Make the temporary tables, which go with the transaction."""
        return (CreateTable(self.seen), _DO_NOT_COMPRESS, CreateTable(self.stage))

    @cached_property
    def drop(self) -> Executable:
        """Drop the temporary tables, for the next bulk write of the transaction."""
        return text("DROP TABLE pg_temp.monps_stage, pg_temp.monps_seen")

    @cached_property
    def empty(self) -> Executable:
        """Empty the stage."""
        return text("TRUNCATE pg_temp.monps_stage")

    @cached_property
    def target(self) -> str:
        """The table's name in SQL."""
        preparer = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]
        return preparer.format_table(self.layout.table)

    @cached_property
    def copy(self) -> CopyTarget:
        """Where a batch is copied to: the stage."""
        given = (column.name for column in self.layout.columns)
        return CopyTarget(self.stage.name, ("monps_position", *given))

    @cached_property
    def compare(self) -> Select[int, int]:
        """Count the rows that are new and those that say something else; remember the others too.

        It takes no lock and writes nothing but the temporary table.
        """
        id_ = self.layout.primary_key
        position = self.stage.c.monps_position
        is_there = id_.is_not(None)
        found = (
            select(
                func.array_agg(id_).filter(is_there).label("ids"),
                func.array_agg(position).filter(is_there).label("positions"),
                func.count().filter(id_.is_(None)).label("fresh"),
                func.count().filter(and_(is_there, self._differs(self.stage))).label("changed"),
            )
            .select_from(self._joined)
            .cte("found")
        )
        noted = (
            insert(self.seen)
            .from_select(
                ["ids", "positions"],
                select(found.c.ids, found.c.positions).where(found.c.ids.is_not(None)),
            )
            .cte("noted")
        )
        return select(found.c.fresh, found.c.changed).add_cte(noted)

    @cached_property
    def insert_all(self) -> Select[int, int]:
        """Insert a batch of which no row was there; fails if one has come meanwhile."""
        return self._counted(_insert(self.layout.table, self._rows(self.stage, {})))

    @cached_property
    def upsert(self) -> Select[int, int]:
        """Insert the new rows and change those that say something else."""
        return self._counted(self._upsert(self._pending))

    @cached_property
    def upsert_some(self) -> Select[int, int]:
        """Do so for the rows from position ``low`` to before ``high``."""
        position = self.stage.c.monps_position
        low = bindparam("low", type_=BigInteger)
        high = bindparam("high", type_=BigInteger)
        return self._counted(self._upsert(and_(self._pending, position >= low, position < high)))

    @cached_property
    def twin_in_batch(self) -> Select[int]:
        """The first position in the stage at which a key comes again."""
        position = self.stage.c.monps_position
        keys = [self.stage.c[column.name] for column in self.layout.key]
        nth = func.row_number().over(partition_by=keys, order_by=position)
        again = select(position.label("position"), nth.label("nth")).subquery()
        return select(func.min(again.c.position)).where(again.c.nth > 1)

    @cached_property
    def _joined(self) -> FromClause:
        pairs = ((column, self.stage.c[column.name]) for column in self.layout.key)
        same = (
            column.is_not_distinct_from(given) if column.nullable else column == given
            for column, given in pairs
        )
        return self.stage.outerjoin(self.layout.table, and_(true(), *same))

    @property
    def _changing(self) -> list[Column[Any]]:
        return [column for column in self.layout.columns if column not in self.layout.key]

    @property
    def _pending(self) -> ColumnElement[bool]:
        return or_(self.layout.primary_key.is_(None), self._differs(self.stage))

    def _differs(self, given: Any) -> ColumnElement[bool]:
        source = given.c if isinstance(given, Table) else given
        return or_(
            false(),
            *(column.is_distinct_from(source[column.name]) for column in self._changing),
        )

    def _rows(self, source: FromClause, kept: Mapping[str, Any]) -> Select[Any]:
        """The rows to insert, each column under its name."""
        given = {column.name: self.stage.c[column.name] for column in self.layout.columns}
        stamps = {
            name: literal(value, self.layout.table.c[name].type)
            for name, value in self.stamps.on_insert.items()
        }
        every = {**kept, **stamps, **given}
        return select(*(value.label(name) for name, value in every.items())).select_from(source)

    def _upsert(self, pending: ColumnElement[bool]) -> Insert:
        # What is not given and needs a value is taken from the row that is there: PostgreSQL
        # looks at NOT NULL before it looks for the conflict.
        kept = {
            column.name: column
            for column in self.layout.table.columns
            if not (column.nullable or column.primary_key or column.server_default is not None)
            and column not in self.layout.columns
        }
        statement = _insert(self.layout.table, self._rows(self._joined, kept).where(pending))
        key = [column.name for column in self.layout.key]
        if not self._changing:
            return statement.on_conflict_do_nothing(index_elements=key)
        return statement.on_conflict_do_update(
            index_elements=key,
            set_=self._changes(statement),
            where=self._differs(statement.excluded),
        )

    def _changes(self, statement: Insert) -> dict[str, Any]:
        moments = {
            column.name: column.onupdate.arg  # type: ignore[attr-defined]
            for column in self.layout.table.columns
            if column.onupdate is not None
        }
        given = {column.name: statement.excluded[column.name] for column in self._changing}
        return {**moments, **self.stamps.on_update, **given}

    def _counted(self, statement: Insert) -> Select[int, int]:
        """Run an insertion and count what it inserted and what it changed."""
        id_ = self.layout.primary_key
        # A row version that no transaction has ended or locked is one that was not there before.
        is_new = literal_column("xmax = 0", Boolean)
        written = statement.returning(id_.label("id"), is_new.label("is_new")).cte("written")
        noted = (
            insert(self.seen)
            .from_select(["ids"], select(func.array_agg(written.c.id)).where(written.c.is_new))
            .cte("noted")
        )
        return select(
            func.count().filter(written.c.is_new), func.count().filter(not_(written.c.is_new))
        ).add_cte(noted)


def _insert(table: Table, rows: Select[Any]) -> Insert:
    return insert(table).from_select(
        list(rows.selected_columns.keys()), rows, include_defaults=False
    )


def _default(column: Column[Any]) -> Any:
    """The default of a column, for the stage."""
    return None if column.server_default is None else column.server_default.arg  # type: ignore[attr-defined]
