"""The objects that are read and compared."""

from dataclasses import dataclass
from typing import Final

from schemaproof.schema.hypertable import Hypertable
from schemaproof.schema.partitioning import Partitioning
from schemaproof.schema.paths import path
from schemaproof.sql.sql_names import derived

USUAL_SCHEMA: Final = "public"
"""The schema of objects that are named without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The objects of a database that are compared.

    In a managed schema every object belongs to the project. In a shared schema only the objects
    named in ``own`` are compared (all of them when ``own`` is None, as in a scratch database, where
    nothing else exists). ``ignored`` names objects as ``schema.name``; ``*`` and ``?`` are
    wildcards.

    Attributes:
        managed: Schemas in which everything belongs to the project.
        shared: Schemas in which others have objects too.
        ignored: Patterns of names of objects that are not compared.
        own: The schema and name of each object of the project; None for all objects.
        roles: The names of roles, each with the part that it plays.
        version_table: The table of Alembic; its owner is the role that migrates.
        ledger_table: The runner's table.
        hypertables: Tables that TimescaleDB divides by time.
        partitioned: Tables partitioned by time, whose partitions are compared separately.
    """

    managed: tuple[str, ...]
    shared: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    own: frozenset[tuple[str, str]] | None = None
    roles: tuple[tuple[str, str], ...] = ()
    version_table: tuple[str, str] = ("public", "alembic_version")
    ledger_table: tuple[str, str] = ("public", "schemaproof_ledger")
    hypertables: tuple[Hypertable, ...] = ()
    partitioned: tuple[Partitioning, ...] = ()

    @property
    def schemas(self) -> tuple[str, ...]:
        """All managed and shared schemas."""
        return (*self.managed, *self.shared)

    @property
    def backfill_table(self) -> tuple[str, str]:
        """The table of the positions of backfills, in the same schema as the ledger."""
        schema, table = self.ledger_table
        return schema, derived("", table, "_backfills")

    @property
    def history_tables(self) -> tuple[str, str]:
        """The paths of the version table and the ledger, which no model declares."""
        return path(*self.version_table), path(*self.ledger_table)
