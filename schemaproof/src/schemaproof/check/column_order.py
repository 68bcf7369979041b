"""Check that the columns of each table have the positions that the last migration recorded."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemaproof.catalog.catalog_queries import is_in_scope
from schemaproof.compare.column_numbers import Moved, Numbers, crosswise, moved
from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.findings.findings import Finding, Kind
from schemaproof.findings.steps import Phase, Step
from schemaproof.history.ledger_sql import with_ledger
from schemaproof.history.queries import SQL
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope
from schemaproof.sql import quoting

_MEANWHILE = "schemaproof_meanwhile"
_WITH_CARE = "-- Right if the names were swapped, and wrong if the rows were moved along with them."


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose columns have other numbers than the ledger records.

    Attributes:
        schema: Its schema.
        name: Its name.
        recorded: The number of each column, as the ledger has it.
        live: The number of each column in the database.
        generated: The columns whose values are computed.
    """

    schema: str
    name: str
    recorded: Numbers
    live: Numbers
    generated: Sequence[str]

    @property
    def moved(self) -> list[Moved]:
        """The columns at another position."""
        return moved(self.recorded, self.live, self.generated)


def moved_tables(connection: AnyConnection, scope: Scope) -> list[Table]:
    """Return the tables that differ from their record, within the current transaction.

    The ledger must be there, readable, and as the runner made it.
    """
    sql = with_ledger(SQL, scope).for_driver("column_numbers")
    return [one for one in (Table(**row) for row in rows(connection, sql, {})) if one.moved]


def ours(tables: Iterable[Table], scope: Scope, names: Collection[tuple[str, str]]) -> list[Table]:
    """Return the tables that belong to the project and are not ignored."""
    return [
        one
        for one in tables
        if (one.schema, one.name) in names and is_in_scope(scope, one.schema, one.name)
    ]


def order_findings(tables: Sequence[Table]) -> Iterator[tuple[Finding, Step | None]]:
    """Yield a finding for each moved column, and a repair step for columns that swapped names."""
    for table in tables:
        found = table.moved
        back = {ring[0]: _renamed_back(table, ring) for ring in crosswise(found)}
        for one in found:
            where = path(table.schema, table.name, one.name)
            was, now = f"column {one.was}", f"column {one.number}"
            finding = Finding(Code("column", "order"), Kind.DRIFT, where, was, now, hint=one.reason)
            yield finding, back.get(one.name)


def _renamed_back(table: Table, ring: Sequence[str]) -> Step:
    """Return the repair step that gives columns which swapped names their own names again."""
    target = quoting.name(table.schema, table.name)
    *others, last = ring
    names = [(last, _MEANWHILE), *reversed([*zip(others, ring[1:], strict=True)])]
    renames = [
        f"ALTER TABLE {target} RENAME COLUMN {quoting.name(one)} TO {quoting.name(other)}"
        for one, other in [*names, (_MEANWHILE, ring[0])]
    ]
    sql = "\n".join([_WITH_CARE, ";\n".join(renames)])
    where = path(table.schema, table.name, ring[0])
    return Step(where, Phase.RENAME, sql, destructive=True)
