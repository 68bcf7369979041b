"""Repairs of kinds that our project lacks: inheritance, types, wrappers, text search, grants."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text

from bench.drift.copies import new_database
from schemaproof.catalog.catalog import inside_transaction, read_snapshot
from schemaproof.catalog.dependencies import read_dependencies
from schemaproof.compare import compare
from schemaproof.findings.steps import Step
from schemaproof.findings.withheld import withheld
from schemaproof.repair.plan import repair
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope
from schemaproof.scratch.embedded.server import LocalServer

READER = "monps_test_reader"
SCOPE = Scope(managed=("q",), shared=(), roles=((READER, "reader"),))
SCHEMA = f"""
CREATE SCHEMA q;
ALTER DEFAULT PRIVILEGES IN SCHEMA q GRANT SELECT ON TABLES TO {READER};
CREATE TYPE q.address AS (street text, town text);
COMMENT ON COLUMN q.address.town IS 'with its name';
CREATE DOMAIN q.weight AS numeric DEFAULT 1 CONSTRAINT positive CHECK (VALUE > 0);
COMMENT ON CONSTRAINT positive ON DOMAIN q.weight IS 'no ghosts';
CREATE TYPE q.span AS RANGE (subtype = numeric, multirange_type_name = q.spans);
CREATE FUNCTION q.twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2 * n';
CREATE TABLE q.parent (id serial PRIMARY KEY, at timestamptz, price numeric DEFAULT 1);
CREATE TABLE q.heir (size q.weight, span q.span) INHERITS (q.parent);
CREATE TABLE q.log (day date NOT NULL, n integer DEFAULT q.twice(1), word text)
    PARTITION BY RANGE (day);
CREATE INDEX ix_log ON q.log (word);
CREATE TABLE q.log_1 PARTITION OF q.log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
ALTER TABLE q.log_1 ALTER n SET DEFAULT 5;
CREATE INDEX ix_parent ON q.parent (abs(price)) WITH (fillfactor = 80);
COMMENT ON INDEX q.ix_parent IS 'searched';
CREATE VIEW q.weights AS SELECT size FROM q.heir;
ALTER VIEW q.weights ALTER size SET DEFAULT 7;
REVOKE SELECT ON q.weights FROM {READER};
GRANT SELECT ON q.weights TO PUBLIC;
CREATE VIEW q.above AS SELECT size FROM q.weights;
CREATE VIEW q.a_top AS SELECT size FROM q.above;
CREATE FOREIGN DATA WRAPPER q_wrapper OPTIONS (depth '1');
CREATE SERVER q_server VERSION '1' FOREIGN DATA WRAPPER q_wrapper OPTIONS (host 'x', size '2');
CREATE FOREIGN TABLE q.far (id integer OPTIONS (key 'true'), n integer) SERVER q_server;
CREATE TEXT SEARCH DICTIONARY q.words (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION q.english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION q.english ALTER MAPPING FOR word WITH q.words;
CREATE OPERATOR FAMILY q.family USING btree;
CREATE PUBLICATION q_news FOR TABLE q.parent
"""
CHANGES = {
    "partitioned table's column dropped": "ALTER TABLE q.log DROP n",
    "partitioned table's column renamed": "ALTER TABLE q.log RENAME n TO m",
    "partitioned table's column retyped": "ALTER TABLE q.log ALTER n TYPE bigint",
    "partitioned table's default": "ALTER TABLE q.log ALTER n SET DEFAULT 3",
    "partition dropped": "DROP TABLE q.log_1",
    "partitioned table dropped": "DROP TABLE q.log",
    "partitioned index dropped": "DROP INDEX q.ix_log",
    "column of heirs dropped": "ALTER TABLE q.parent DROP price",
    "storage of a domain": "ALTER TABLE q.heir ALTER size SET STORAGE external",
    "storage of a range": "ALTER TABLE q.heir ALTER span SET STORAGE external",
    "parent renamed": "ALTER TABLE q.parent RENAME TO other",
    "table of a serial dropped": "DROP TABLE q.parent CASCADE",
    "attribute's comment": "COMMENT ON COLUMN q.address.street IS 'new'",
    "attribute's comment gone": "COMMENT ON COLUMN q.address.town IS NULL",
    "domain's default": "ALTER DOMAIN q.weight SET DEFAULT 2",
    "domain's default dropped": "ALTER DOMAIN q.weight DROP DEFAULT",
    "domain that is required": "ALTER DOMAIN q.weight SET NOT NULL",
    "domain's check added": "ALTER DOMAIN q.weight ADD CONSTRAINT more CHECK (VALUE > 1)",
    "domain's check's comment": "COMMENT ON CONSTRAINT positive ON DOMAIN q.weight IS NULL",
    "multirange renamed": "ALTER TYPE q.spans RENAME TO others",
    "range over another type": "ALTER TABLE q.heir DROP span; DROP TYPE q.span;"
    " CREATE TYPE q.span AS RANGE (subtype = integer)",
    "argument renamed": "ALTER TABLE q.log ALTER n DROP DEFAULT;"
    " ALTER TABLE q.log_1 ALTER n DROP DEFAULT; DROP FUNCTION q.twice;"
    " CREATE FUNCTION q.twice(m integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2 * m'",
    "function renamed": "ALTER FUNCTION q.twice RENAME TO thrice",
    "type renamed": "ALTER TYPE q.address RENAME TO other",
    "index on another expression": "DROP INDEX q.ix_parent;"
    " CREATE INDEX ix_parent ON q.parent (sign(price)) WITH (fillfactor = 80)",
    "view dropped": "DROP VIEW q.weights CASCADE",
    "view that others read": "CREATE OR REPLACE VIEW q.weights AS SELECT size FROM q.heir LIMIT 5",
    "view of views": "CREATE OR REPLACE VIEW q.a_top AS SELECT size FROM q.weights",
    "view's default": "ALTER VIEW q.weights ALTER size DROP DEFAULT",
    "wrapper's option": "ALTER FOREIGN DATA WRAPPER q_wrapper OPTIONS (SET depth '2', ADD m '1')",
    "wrapper renamed": "ALTER FOREIGN DATA WRAPPER q_wrapper RENAME TO other",
    "wrapper dropped": "DROP FOREIGN DATA WRAPPER q_wrapper CASCADE",
    "server's version": "ALTER SERVER q_server VERSION '2'",
    "server's option": "ALTER SERVER q_server OPTIONS (DROP size)",
    "foreign table's option": "ALTER FOREIGN TABLE q.far OPTIONS (ADD depth '1')",
    "foreign column's option": "ALTER FOREIGN TABLE q.far ALTER id OPTIONS (DROP key, ADD m '1')",
    "foreign column's type": "ALTER FOREIGN TABLE q.far ALTER n TYPE bigint",
    "foreign column dropped": "ALTER FOREIGN TABLE q.far DROP id",
    "dictionary's options": "ALTER TEXT SEARCH DICTIONARY q.words (STOPWORDS, ACCEPT = false)",
    "dictionary renamed": "ALTER TEXT SEARCH DICTIONARY q.words RENAME TO others",
    "dictionary dropped": "DROP TEXT SEARCH DICTIONARY q.words CASCADE",
    "mapping": "ALTER TEXT SEARCH CONFIGURATION q.english DROP MAPPING FOR word",
    "member of a family": "ALTER OPERATOR FAMILY q.family USING btree"
    " ADD OPERATOR 1 < (int4, int8)",
    "publication renamed": "ALTER PUBLICATION q_news RENAME TO other",
    "publication's tables": "ALTER PUBLICATION q_news ADD TABLE q.log",
    "default privileges for PUBLIC": "ALTER DEFAULT PRIVILEGES IN SCHEMA q GRANT SELECT ON TABLES"
    " TO PUBLIC",
    "default privileges taken away": "ALTER DEFAULT PRIVILEGES IN SCHEMA q REVOKE ALL ON TABLES"
    f" FROM {READER}",
    "default privileges with grant option": "ALTER DEFAULT PRIVILEGES IN SCHEMA q GRANT SELECT ON"
    f" TABLES TO {READER} WITH GRANT OPTION",
    "default privileges everywhere": "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM"
    " PUBLIC",
    "granted to a named role": f"GRANT USAGE ON SCHEMA q TO {READER} WITH GRANT OPTION;"
    f" REVOKE SELECT ON q.weights FROM PUBLIC",
    "owner's own privileges": "REVOKE ALL ON q.parent, q.log FROM CURRENT_USER;"
    " REVOKE EXECUTE ON FUNCTION q.twice FROM CURRENT_USER",
    "schema dropped": "DROP SCHEMA q CASCADE",
}


@pytest.fixture(scope="module")
def made(any_server: LocalServer) -> Iterator[Connection]:
    """A connection to a database with the schema; every test rolls back."""
    with new_database(any_server) as database:
        engine = create_engine(database.url, poolclass=NullPool)
        with engine.connect() as connection:
            exists = connection.execute(text("SELECT to_regrole(:role)"), {"role": READER})
            if exists.scalar_one() is None:
                connection.exec_driver_sql(f"CREATE ROLE {READER}")
            connection.exec_driver_sql(SCHEMA)
            connection.commit()
            yield connection


def read(connection: Connection) -> Snapshot:
    with inside_transaction(connection):
        return read_snapshot(connection, SCOPE)


def steps_to(connection: Connection, before: Snapshot) -> list[Step]:
    """Return the steps from the present schema to the earlier one."""
    with inside_transaction(connection):
        found = read_snapshot(connection, SCOPE)
        dependencies = read_dependencies(connection, SCOPE)
    return repair(before, found, {"reader": READER}, dependencies)


def run(connection: Connection, steps: list[Step]) -> None:
    connection.exec_driver_sql("SET LOCAL check_function_bodies = off")
    for step in steps:
        connection.exec_driver_sql(step.sql)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_is_found_and_taken_back(made: Connection, change: str) -> None:
    with closing(made.begin()):
        before = read(made)
        made.exec_driver_sql(change)
        assert compare(before, read(made)).differences != ()
        run(made, steps_to(made, before))
        assert compare(before, read(made)).differences == ()


# These objects are unexpected, and other objects depend on them.
UNEXPECTED = {
    "server with a foreign table": "CREATE SERVER new FOREIGN DATA WRAPPER q_wrapper;"
    " CREATE FOREIGN TABLE q.new_far (id integer) SERVER new",
    "wrapper with a server with a foreign table": "CREATE FOREIGN DATA WRAPPER a_new;"
    " CREATE SERVER b_new FOREIGN DATA WRAPPER a_new;"
    " CREATE FOREIGN TABLE q.new_far (id integer) SERVER b_new",
    "type of a table": "CREATE TYPE q.a_new AS ENUM ('a'); CREATE TABLE q.new (m q.a_new)",
    "type of a function": "CREATE TYPE q.a_new AS ENUM ('a'); CREATE FUNCTION q.b_new(q.a_new)"
    " RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "type of a type": "CREATE TYPE q.a_new AS ENUM ('a'); CREATE TYPE q.b_new AS (m q.a_new)",
    "function of a trigger": "CREATE FUNCTION q.a_new() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NULL; END'; CREATE TRIGGER b_new AFTER INSERT ON q.parent FOR EACH ROW"
    " EXECUTE FUNCTION q.a_new()",
    "function of a default": "CREATE FUNCTION q.a_new() RETURNS integer LANGUAGE sql AS"
    " 'SELECT 1'; CREATE TABLE q.new (n integer DEFAULT q.a_new())",
    "function of an operator": "CREATE FUNCTION q.z_new(integer, integer) RETURNS integer"
    " LANGUAGE sql AS 'SELECT 1'; CREATE OPERATOR q.+! (FUNCTION = q.z_new, LEFTARG = integer,"
    " RIGHTARG = integer)",
    "table of a view": "CREATE TABLE q.a_new (n integer); CREATE VIEW q.b_new AS SELECT n FROM"
    " q.a_new",
    "publication of a table": "CREATE TABLE q.new (n integer);"
    " CREATE PUBLICATION p_new FOR TABLE q.new",
    "function of a cast": "CREATE FUNCTION q.z_new(q.address) RETURNS integer LANGUAGE sql AS"
    " 'SELECT 1'; CREATE CAST (q.address AS integer) WITH FUNCTION q.z_new(q.address)",
}


@pytest.mark.parametrize("change", UNEXPECTED.values(), ids=UNEXPECTED)
def test_what_depends_on_something_is_dropped_before_it(made: Connection, change: str) -> None:
    with closing(made.begin()):
        before = read(made)
        made.exec_driver_sql(change)
        run(made, steps_to(made, before))
        assert compare(before, read(made)).differences == ()


@pytest.mark.parametrize("change", UNEXPECTED.values(), ids=UNEXPECTED)
def test_what_is_in_force_runs_without_what_is_only_shown(made: Connection, change: str) -> None:
    with closing(made.begin()):
        before = read(made)
        made.exec_driver_sql(change)
        steps = steps_to(made, before)
        left_out = withheld(steps, (), destructive=True)
        run(made, [step for step in steps if not step.unmodelled and step.path not in left_out])
