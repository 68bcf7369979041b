"""Read the ledger of a database."""

from typing import Any

from schemaproof_testing.servers import Database


def rows(database: Database, columns: str = "revision, direction") -> list[tuple[Any, ...]]:
    """Return some columns of all rows, oldest first."""
    return database.query(f"SELECT {columns} FROM public.monps_migration_ledger ORDER BY id")


# This is the table of the runner's first version.
FIRST_FORM = """
CREATE TABLE public.monps_migration_ledger (
    id bigint GENERATED ALWAYS AS IDENTITY,
    revision text NOT NULL,
    direction text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    duration interval NOT NULL,
    role text NOT NULL DEFAULT session_user,
    file_checksum text,
    objects_created text[] NOT NULL DEFAULT '{}',
    CONSTRAINT pk_monps_migration_ledger PRIMARY KEY (id),
    CONSTRAINT ck_monps_migration_ledger_direction
        CHECK (direction IN ('upgrade', 'downgrade', 'stamp'))
);
INSERT INTO public.monps_migration_ledger (revision, direction, duration)
VALUES ('abbc4f65c12b', 'upgrade', '3 s');
"""
