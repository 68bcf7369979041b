"""Every driver that env.py may use reads the same snapshot from the catalogs."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from schemaproof.catalog.catalog import inside_transaction, read_snapshot, reading
from schemaproof.connection import own_settings
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope
from schemaproof_testing.servers import Database

SCHEMA = """
CREATE SCHEMA q;
COMMENT ON SCHEMA q IS 'ours';
CREATE TYPE q.mood AS ENUM ('sad', 'glad, or so', 'ü');
CREATE DOMAIN q.amount AS numeric(12, 2) DEFAULT 0 CHECK (VALUE >= 0);
CREATE TYPE q.pair AS (a int, b text);
CREATE FUNCTION q.touch() RETURNS trigger LANGUAGE plpgsql
    SET search_path = '' AS 'BEGIN NEW.a := 1; RETURN NEW; END';
CREATE FUNCTION q.add(a int, b int DEFAULT 2, VARIADIC c int[] DEFAULT '{}') RETURNS int
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN a + b;
CREATE PROCEDURE q.nothing() LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
CREATE AGGREGATE q.total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE TABLE q.t (
    id bigint GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 10) PRIMARY KEY,
    a int NOT NULL DEFAULT 7 CHECK (a > 0), b int GENERATED ALWAYS AS (a * 2) STORED,
    kind q.mood DEFAULT 'sad', price q.amount, words text[] COLLATE "C",
    at timestamptz DEFAULT now(),
    doc jsonb, room int4range, owner oid, UNIQUE (a, kind),
    EXCLUDE USING gist (room WITH &&) WHERE (a > 0)
) WITH (fillfactor = 70);
COMMENT ON COLUMN q.t.a IS 'a % and a ''quote''';
ALTER TABLE q.t ALTER COLUMN doc SET STORAGE EXTERNAL, ALTER COLUMN a SET STATISTICS 500;
CREATE TABLE q.child (FOREIGN KEY (id) REFERENCES q.t ON DELETE CASCADE DEFERRABLE) INHERITS (q.t);
CREATE TABLE q.log (day date NOT NULL, n serial) PARTITION BY RANGE (day);
CREATE TABLE q.log_1 PARTITION OF q.log FOR VALUES FROM ('2024-01-01') TO (MAXVALUE);
CREATE INDEX ix ON q.t (lower(words[1]) DESC NULLS LAST, b) INCLUDE (a) WHERE a > 1;
CREATE INDEX ix_doc ON q.t USING gin (doc jsonb_path_ops);
CREATE STATISTICS q.s (ndistinct, mcv) ON a, kind FROM q.t;
CREATE TRIGGER tr BEFORE INSERT OR UPDATE OF a ON q.t FOR EACH ROW WHEN (NEW.a > 3)
    EXECUTE FUNCTION q.touch();
CREATE RULE r AS ON DELETE TO q.child DO INSTEAD NOTHING;
ALTER TABLE q.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON q.t FOR SELECT TO PUBLIC USING (a > 1);
CREATE VIEW q.v WITH (security_barrier) AS SELECT id, a FROM q.t;
CREATE MATERIALIZED VIEW q.m AS SELECT count(*) AS n FROM q.t;
CREATE SEQUENCE q.odd AS smallint INCREMENT -3 MINVALUE -100 MAXVALUE -1 START -4 CACHE 7 CYCLE;
GRANT SELECT (id), UPDATE ON q.t TO PUBLIC;
GRANT EXECUTE ON FUNCTION q.add TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA q GRANT SELECT ON TABLES TO PUBLIC;
CREATE OPERATOR q.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
CREATE CAST (q.pair AS text) WITH INOUT AS ASSIGNMENT;
CREATE COLLATION q.c (locale = 'C');
CREATE TEXT SEARCH CONFIGURATION q.words (COPY = simple);
"""


def read(connection: Connection) -> tuple[Snapshot, Snapshot]:
    """Read the schema as a check does, or as the runner does within a transaction."""
    scope = Scope(managed=("q",), shared=("public",), own=frozenset({("public", "x")}))
    with own_settings.ours(connection):
        with reading(connection):
            outside = read_snapshot(connection, scope)
        with connection.begin(), inside_transaction(connection):
            return outside, read_snapshot(connection, scope)


def by_sync(database: Database, driver: str) -> tuple[Snapshot, Snapshot]:
    url = database.superuser_url.set(drivername=f"postgresql+{driver}")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return read(connection)


def by_async(database: Database, driver: str) -> tuple[Snapshot, Snapshot]:
    url = database.superuser_url.set(drivername=f"postgresql+{driver}")

    async def run() -> tuple[Snapshot, Snapshot]:
        async with create_async_engine(url, poolclass=NullPool).connect() as connection:
            return await connection.run_sync(read)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("by", "driver"), [(by_sync, "psycopg"), (by_async, "asyncpg"), (by_async, "psycopg")]
)
def test_every_driver_reads_the_same(
    any_database: Database,
    by: Callable[[Database, str], tuple[Snapshot, Snapshot]],
    driver: str,
) -> None:
    any_database.execute_each(SCHEMA)
    outside, within = by_sync(any_database, "psycopg2")
    assert by(any_database, driver) == (outside, within)
    assert outside == within
    assert len([*outside.object_names()]) > 20
