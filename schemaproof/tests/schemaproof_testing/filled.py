"""Insert rows into every table, and compute digests that show lost or changed rows."""

from contextlib import closing
from pathlib import Path
from typing import Final

from psycopg2 import sql

from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database

ROWS: Final = Path(__file__).with_name("rows.sql")
FILLED_FROM: Final = "8e94b0f2d617"
"""The first revision that has all the tables."""

_TABLES = """
    SELECT n.nspname, c.relname
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r'
        AND n.nspname IN ('public', 'quantum')
        AND c.relname NOT IN ('alembic_version', 'monps_migration_ledger')
    ORDER BY 1, 2
"""
# The columns that a later revision adds are left out.
_DIGEST = """
    SELECT count(*), md5(string_agg(t.row::text, ',' ORDER BY t.row::text))
    FROM (
        SELECT to_jsonb(r) - 'created_by' - 'updated_by' - 'change_reason' AS row FROM {} AS r
    ) AS t
"""


def fill(database: Database) -> None:
    """Insert rows into every table of ours."""
    run_script(database, ROWS.read_text("utf-8"))


def digests(database: Database) -> dict[str, tuple[int, str | None]]:
    """Return the number of rows of each table, and a digest of them."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(_TABLES)
        found = {}
        for schema, table in cursor.fetchall():
            cursor.execute(sql.SQL(_DIGEST).format(sql.Identifier(schema, table)))
            found[f"{schema}.{table}"] = cursor.fetchone()
        return found
