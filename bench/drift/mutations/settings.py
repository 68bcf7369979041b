"""Changes to the database itself, to what roles find set in it, and to Alembic's table."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import HISTORY, Kind

NOTHING: Final = "(SELECT ARRAY[]::text[] AS names, 'database' AS code) AS one"
# Each copy has a name of its own.
HERE: Final = (
    "$statement$DO $do$ BEGIN EXECUTE format('{}', current_database()); END $do$$statement$"
)
SETTINGS: Final = (
    ("search_path", "pg_catalog"),
    ("TimeZone", "''Asia/Tokyo''"),
    ("default_transaction_read_only", "on"),
    ("default_transaction_isolation", "serializable"),
    ("statement_timeout", "60000"),
    ("lock_timeout", "60000"),
    ("idle_in_transaction_session_timeout", "60000"),
    ("session_replication_role", "replica"),
    ("DateStyle", "''German''"),
    ("IntervalStyle", "iso_8601"),
    ("row_security", "off"),
    ("default_tablespace", "bench_space"),
    ("check_function_bodies", "off"),
    ("transform_null_equals", "on"),
    ("array_nulls", "off"),
    ("default_text_search_config", "simple"),
    ("work_mem", "''64kB''"),
    ("enable_indexscan", "off"),
)


def here(statement: str) -> str:
    return HERE.replace("{}", statement)


ROLES: Final = "who may do what with a database is set in each environment: monps-db roles"
KINDS: Final = (
    *(
        Kind(
            f"database setting {setting}",
            NOTHING,
            here(f"ALTER DATABASE %I SET {setting} = {value}"),
            "database-setting",
            names=f"ARRAY['{setting}']",
        )
        for setting, value in SETTINGS
    ),
    *(
        Kind(
            f"role setting {setting}",
            NOTHING,
            here(f"ALTER ROLE CURRENT_USER IN DATABASE %I SET {setting} = {value}"),
            "role-setting",
            names=f"ARRAY['{setting}']",
        )
        for setting, value in SETTINGS[:6]
    ),
    Kind(
        "database collation of another version",
        NOTHING,
        "'UPDATE pg_database SET datcollversion = ''0.bench'' WHERE datname = current_database()'",
        "database-collation-version",
    ),
    Kind(
        "database closed to PUBLIC",
        NOTHING,
        here("REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC"),
        "database-privileges",
        here=ROLES,
    ),
    Kind(
        "database open for new schemas",
        NOTHING,
        here("GRANT CREATE ON DATABASE %I TO PUBLIC"),
        "database-privileges",
        here=ROLES,
    ),
    Kind(
        "database owner",
        NOTHING,
        here("ALTER DATABASE %I OWNER TO bench_stranger"),
        "database-owner",
        here=ROLES,
    ),
    Kind(
        "alembic_version empty",
        NOTHING,
        "'DELETE FROM public.alembic_version'",
        "version-empty",
        names="ARRAY['alembic_version']",
        lost=HISTORY,
    ),
    Kind(
        "alembic_version with two rows",
        NOTHING,
        "'INSERT INTO public.alembic_version VALUES (''bench'')'",
        # The unknown one of the two is named.
        "version-rows revision-unknown",
        names="ARRAY['bench']",
        lost=HISTORY,
    ),
    Kind(
        "alembic_version of nobody",
        NOTHING,
        "'UPDATE public.alembic_version SET version_num = ''bench'''",
        "revision-unknown",
        names="ARRAY['bench']",
        lost=HISTORY,
    ),
)
