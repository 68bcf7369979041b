"""The audit records each DDL command: object, role, client address and statement."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from typing import Final

import psycopg2
import pytest

from schemaproof_testing import audits
from schemaproof_testing.audits import does, recorded, superuser
from schemaproof_testing.servers import Database

audited = audits.audited

BEFORE: Final = """
CREATE SCHEMA s;
CREATE TABLE s.t (id serial PRIMARY KEY, x text, y int);
CREATE TABLE s.other (id int);
CREATE INDEX there ON s.other (id);
CREATE FUNCTION s.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TYPE s.mood AS ENUM ('good');
CREATE VIEW s.v AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW s.m AS SELECT 1 AS one;
"""

# Each statement stands with the command tag and the object that are recorded for it.
RECORDED: Final = (
    ("CREATE SCHEMA z", "CREATE SCHEMA", "z"),
    ("CREATE TABLE s.made (a int)", "CREATE TABLE", "s.made"),
    ("CREATE TABLE s.of AS SELECT 1 AS a", "CREATE TABLE AS", "s.of"),
    ("SELECT 1 AS a INTO s.selected", "SELECT INTO", "s.selected"),
    ("ALTER TABLE s.t ADD COLUMN z int", "ALTER TABLE", "s.t"),
    ("ALTER TABLE s.t ALTER COLUMN x SET DEFAULT 'a'", "ALTER TABLE", "s.t"),
    ("ALTER TABLE s.t DISABLE TRIGGER ALL", "ALTER TABLE", "s.t"),
    ("ALTER TABLE s.t RENAME COLUMN y TO why", "ALTER TABLE", "s.t.why"),
    ("ALTER TABLE s.t DROP COLUMN x", "ALTER TABLE", "s.t.x"),
    ("CREATE INDEX i ON s.t (x)", "CREATE INDEX", "s.i"),
    ("CREATE INDEX CONCURRENTLY ic ON s.t (x)", "CREATE INDEX", "s.ic"),
    ("DROP INDEX s.there", "DROP INDEX", "s.there"),
    ("CREATE OR REPLACE VIEW s.v AS SELECT 1 AS one, 2 AS two", "CREATE VIEW", "s.v"),
    ("CREATE TRIGGER tr BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.touch()",
     "CREATE TRIGGER", "tr on s.t"),
    ("CREATE POLICY p ON s.t", "CREATE POLICY", "p on s.t"),
    ("CREATE RULE r AS ON DELETE TO s.t DO NOTHING", "CREATE RULE", "r on s.t"),
    ("ALTER TYPE s.mood ADD VALUE 'bad'", "ALTER TYPE", "s.mood"),
    ("CREATE DOMAIN s.d AS int", "CREATE DOMAIN", "s.d"),
    ("CREATE FUNCTION s.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION",
     "s.f(integer)"),
    ("ALTER SEQUENCE s.t_id_seq INCREMENT 2", "ALTER SEQUENCE", "s.t_id_seq"),
    ("CREATE STATISTICS s.st ON x, y FROM s.t", "CREATE STATISTICS", "s.st"),
    ("COMMENT ON TABLE s.t IS 'x'", "COMMENT", "s.t"),
    ("CREATE PUBLICATION pg_temp FOR TABLE s.t", "CREATE PUBLICATION", "pg_temp"),
    ("ALTER TABLE s.t RENAME TO t2", "ALTER TABLE", "s.t2"),
    ("ALTER TABLE s.t SET SCHEMA public", "ALTER TABLE", "public.t"),
    ("GRANT SELECT ON s.t TO PUBLIC", "GRANT", None),
    ("REVOKE ALL ON SCHEMA s FROM PUBLIC", "REVOKE", None),
    ("ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO PUBLIC",
     "ALTER DEFAULT PRIVILEGES", None),
    ("DROP TABLE s.other", "DROP TABLE", "s.other"),
    ("DROP SCHEMA s CASCADE", "DROP SCHEMA", "s"),
    ("DROP OWNED BY {role}", "DROP OWNED", None),
)  # fmt: skip


@pytest.fixture
def role(audited: Database) -> Iterator[str]:
    """A role that may create objects in the schema public."""
    name = f"alice_{secrets.token_hex(4)}"
    with superuser(audited) as connection:
        does(connection, f"CREATE ROLE {name}; GRANT CREATE ON SCHEMA public TO {name}")
        yield name
        does(connection, f"DROP OWNED BY {name}; DROP ROLE {name}")


def test_each_command_is_recorded_with_what_it_is_about(audited: Database, role: str) -> None:
    with superuser(audited) as connection:
        for template, tag, identity in RECORDED:
            statement = template.format(role=role)
            does(connection, BEFORE)
            last = recorded(audited)[-1]["id"]
            does(connection, statement)
            rows = recorded(audited, f"id > {last}")
            assert tag in {row["tag"] for row in rows}, statement
            identities = {one["identity"] for row in rows for one in row["objects"]}
            assert identity in identities, (statement, identities)
            assert all(row["statement"] == statement for row in rows)
            does(connection, "DROP SCHEMA IF EXISTS s, z CASCADE; DROP TABLE IF EXISTS public.t")
            does(connection, "DROP PUBLICATION IF EXISTS pg_temp")


def test_what_fires_no_event_is_not_recorded(audited: Database) -> None:
    role = f"gap_{secrets.token_hex(4)}"
    with superuser(audited) as connection:
        does(connection, BEFORE)
        before = recorded(audited)
        does(
            connection,
            f"CREATE ROLE {role}",
            f"ALTER ROLE {role} SET work_mem = '1MB'",
            f"ALTER DATABASE {audited.name} SET work_mem = '1MB'",
            f"COMMENT ON ROLE {role} IS 'x'",
            f"DROP ROLE {role}",
            "CREATE FUNCTION pg_temp.one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE TEMP TABLE temporary (a int)",
            "CREATE TRIGGER tr BEFORE INSERT ON temporary FOR EACH ROW EXECUTE FUNCTION s.touch()",
            "CREATE INDEX ON temporary (a)",
            "DROP TABLE temporary",
            "INSERT INTO s.t (x) VALUES ('a')",
            "TRUNCATE s.t",
            "SELECT setval('s.t_id_seq', 5)",
            "REFRESH MATERIALIZED VIEW s.m",
            "VACUUM s.t",
            "ANALYZE s.t",
            "CREATE TABLE IF NOT EXISTS s.t (a int)",
            "DROP TABLE IF EXISTS s.nothing",
        )
    assert recorded(audited) == before


def test_a_reindex_is_recorded_from_17_on(audited: Database) -> None:
    with superuser(audited) as connection:
        does(connection, BEFORE)
        does(connection, "REINDEX INDEX s.t_pkey")
        major = connection.server_version // 10_000
    identities = [
        one["identity"] for one in recorded(audited, "tag = 'REINDEX'") for one in one["objects"]
    ]
    assert identities == (["s.t_pkey"] if major >= 17 else [])


def test_it_says_who_and_from_where(audited: Database, role: str) -> None:
    session = {**audited.server.connect_parameters(audited.name), "application_name": "by hand"}
    with closing(psycopg2.connect(**session)) as connection:
        does(connection, f"SET ROLE {role}", "CREATE TABLE public.hers (a int)")
        connection.commit()
    [row] = recorded(audited, "tag = 'CREATE TABLE'")
    assert row["session_role"] == audited.server.superuser
    assert (row["set_role"], row["application_name"]) == (role, "by hand")
    assert row["migrators_lock"] is False


def test_what_is_rolled_back_is_not_recorded(audited: Database) -> None:
    with closing(audited.connect_superuser()) as connection:
        does(connection, "CREATE TABLE public.never (a int)")
        connection.rollback()
    assert recorded(audited) == []


def test_a_long_statement_is_cut_and_many_objects_are_capped(audited: Database) -> None:
    with superuser(audited) as connection:
        does(connection, f"CREATE TABLE public.long (a int) /* {'é' * 1_000_000} */")
        does(connection, "CREATE SCHEMA many")
        tables = "; ".join(f"CREATE TABLE many.t{one} (a int)" for one in range(1_100))
        does(connection, tables, "DROP SCHEMA many CASCADE")
    [long] = recorded(audited, "names @> '{public.long}'")
    assert (long["kept"], len(long["statement"])) == ("cut", 65_536)
    [dropped] = recorded(audited, "tag = 'DROP SCHEMA'")
    assert len(dropped["objects"]) == 1_000


@pytest.mark.parametrize(
    "name",
    ['"; DROP TABLE x; --', "Ünïcödé", "a\nb", "\u202eevil", "::error::x", "%s %(a)s", "x" * 63],
)
def test_hostile_names_are_recorded_as_they_are(audited: Database, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    with superuser(audited) as connection:
        does(connection, f"CREATE TABLE public.{quoted} (a int)")
    [row] = recorded(audited)
    assert row["objects"][0]["names"] == ["public", name]
    assert row["names"][0].startswith("public.")
