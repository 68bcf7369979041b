"""A database that is changed, and repaired by the script of a check."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from schemaproof.catalog.catalog import reading
from schemaproof.check.live_diff import read_state, with_repairs
from schemaproof.findings.findings import Report
from schemaproof.report import sql
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.catalog_reading import connected
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database

SCOPE = Scope(managed=("q",), shared=())


@dataclass(frozen=True)
class Changed:
    """A changed database, and its expected schema.

    Attributes:
        database: The database.
        expected: The expected schema.
        scope: The schemas and objects to read.
    """

    database: Database
    expected: Snapshot
    scope: Scope = SCOPE

    def report(self) -> Report:
        with connected(self.database) as connection, reading(connection):
            state = read_state(connection, self.scope, self.expected)
            return with_repairs(state, connection).report

    def script(self, *, destructive: bool = True) -> str:
        return str(sql.render(self.report(), destructive=destructive))

    def repair(self, *, destructive: bool = True) -> list[str]:
        """Run the script by psql; return the remaining differences."""
        run_script(self.database, self.script(destructive=destructive))
        return self.found()

    def found(self) -> list[str]:
        return [f"{one.code} {one.path}" for one in self.report().findings]

    def rows(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        tables = self.ask(
            "SELECT array_agg(c.oid::regclass::text) FROM pg_class AS c"
            " WHERE c.relnamespace = 'q'::regnamespace AND c.relkind IN ('r', 'p')"
        )
        return {table: self.ask(f"SELECT count(*) FROM {table}") for table in tables or ()}

    def ask(self, query: str) -> Any:
        with connected(self.database) as connection:
            return connection.execute(text(query)).scalar_one()


def read(connection: Connection, scope: Scope) -> Snapshot:
    with reading(connection):
        return read_state(connection, scope, Snapshot()).actual


@contextmanager
def changed(server: LocalServer, made: str, change: str, scope: Scope = SCOPE) -> Iterator[Changed]:
    """Create a schema, read it as the expected one, and change it."""
    from bench.drift.copies import new_database

    with new_database(server) as database:
        database.execute_each(made)
        with connected(database) as connection:
            expected = read(connection, scope)
        database.execute_each(change)
        yield Changed(database, expected, scope)
