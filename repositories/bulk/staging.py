"""The temporary tables of a bulk write.

The rows of a batch are copied into the stage. Another table records which rows of the target were
found or changed, so that a key that occurs twice is found, also in different batches.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Executable,
    MetaData,
    Table,
    TextClause,
    bindparam,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.schema import CreateTable

from repositories.bulk.layout import Layout

HAS_DUPLICATES: Final = text(
    "SELECT count(id) > count(DISTINCT id) FROM pg_temp.monps_seen, unnest(ids) AS id"
)
"""The query whether a row occurred more than once, in all batches together."""

FIRST_DUPLICATE: Final = text("""
    SELECT min(position)
    FROM (
        SELECT position, row_number() OVER (PARTITION BY id ORDER BY position NULLS FIRST) AS nth
        FROM pg_temp.monps_seen, unnest(ids, positions) AS met (id, position)
    ) AS again
    WHERE nth > 1
""")
"""The query of the first position at which a row occurred again, in all batches together."""

_CHANGED: Final = text("""
    SELECT array_agg(id)
    FROM pg_temp.monps_seen, unnest(changed) AS id
    WHERE id = ANY (:held)
""")

EMPTY: Final = text("TRUNCATE pg_temp.monps_stage")
DROP: Final = text("DROP TABLE pg_temp.monps_stage, pg_temp.monps_seen")
"""The statement that drops the tables, for the next bulk write of the same transaction."""

# Compressing the ids of a batch would take half as long as the look-up of its rows.
_DO_NOT_COMPRESS: Final = text(
    "ALTER TABLE pg_temp.monps_seen"
    " ALTER ids SET STORAGE EXTERNAL, ALTER positions SET STORAGE EXTERNAL,"
    " ALTER changed SET STORAGE EXTERNAL"
)
_TEMPORARY: Final[dict[str, Any]] = {
    "schema": "pg_temp",
    "prefixes": ["TEMPORARY"],
    "postgresql_on_commit": "DROP",
}


@dataclass(frozen=True)
class CopyTarget:
    """A temporary table that rows are copied to.

    Attributes:
        table: The name of the temporary table.
        columns: The names of the columns, in the order of the data.
    """

    table: str
    columns: tuple[str, ...]
    schema: ClassVar[str] = "pg_temp"

    @property
    def statement(self) -> str:
        """The COPY statement."""
        preparer = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]
        table, *names = map(preparer.quote, (self.table, *self.columns))
        columns = ", ".join(names)
        return f"COPY {self.schema}.{table} ({columns}) FROM STDIN WITH (FORMAT binary)"


@dataclass(frozen=True)
class Staging:
    """The temporary tables of one bulk write."""

    layout: Layout

    @cached_property
    def stage(self) -> Table:
        """The temporary table for a batch: the position and the given columns of each row."""
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
        """The temporary table of the rows of the target that the batches found or changed."""
        return Table(
            "monps_seen",
            MetaData(),
            Column("ids", ARRAY(self.layout.primary_key.type)),
            Column("positions", ARRAY(BigInteger)),
            Column("changed", ARRAY(self.layout.primary_key.type)),
            **_TEMPORARY,
        )

    @cached_property
    def changed(self) -> TextClause:
        """The query for the keys in the parameter ``held`` whose rows any batch changed."""
        held = bindparam("held", type_=ARRAY(self.layout.primary_key.type))
        return _CHANGED.bindparams(held)

    @cached_property
    def create(self) -> tuple[Executable, ...]:
        """The statements that create the temporary tables, to be dropped with the transaction."""
        return (CreateTable(self.seen), _DO_NOT_COMPRESS, CreateTable(self.stage))

    @cached_property
    def copy(self) -> CopyTarget:
        """The target of COPY for a batch."""
        given = (column.name for column in self.layout.columns)
        return CopyTarget(self.stage.name, ("monps_position", *given))


def _default(column: Column[Any]) -> Any:
    """Return the default of a column for the temporary table of a batch."""
    return None if column.server_default is None else column.server_default.arg  # type: ignore[attr-defined]
