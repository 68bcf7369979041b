"""Only the event triggers write to the audit; no role gains privileges or hides commands by it."""

import secrets
from collections.abc import Iterator
from typing import Final

import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812 -- as the class it is

from schemaproof.migrate.migrator_lock import REVISION, RUN, SPACE
from schemaproof_testing import audits
from schemaproof_testing.audits import does, recorded, refusal, superuser
from schemaproof_testing.servers import Database

audited = audits.audited

INSERT: Final = (
    "INSERT INTO schemaproof_audit.command (transaction_id, event, tag, session_role,"
    " application_name, kept, objects, names, migrators_lock)"
    " VALUES ('1', 'sql_drop', 'x', 'x', 'x', 'whole', '[]', '{}', false)"
)


@pytest.fixture
def mallory(audited: Database) -> Iterator[Connection]:
    """A role that owns the database, may create objects in public, and reads the audit."""
    name = f"mallory_{secrets.token_hex(4)}"
    with superuser(audited) as connection:
        does(connection, f"CREATE ROLE {name}; GRANT pg_read_all_stats TO {name}")
        does(connection, f"ALTER DATABASE {audited.name} OWNER TO {name}")
        does(connection, f"GRANT CREATE ON SCHEMA public TO {name}")
        does(connection, f"SET SESSION AUTHORIZATION {name}")
        yield connection
        does(connection, "RESET SESSION AUTHORIZATION", "RESET ROLE", "DISCARD ALL")
        does(connection, f"ALTER DATABASE {audited.name} OWNER TO {audited.server.superuser}")
        does(connection, f"DROP OWNED BY {name} CASCADE", f"DROP ROLE {name}")


@pytest.mark.parametrize(
    "statement",
    [
        INSERT,
        "UPDATE schemaproof_audit.command SET tag = 'x'",
        "DELETE FROM schemaproof_audit.command",
        "TRUNCATE schemaproof_audit.command",
        "DROP TABLE schemaproof_audit.command",
        "ALTER TABLE schemaproof_audit.command DISABLE TRIGGER ALL",
        (
            "CREATE TRIGGER t BEFORE INSERT ON schemaproof_audit.command FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        ),
        "CREATE RULE r AS ON INSERT TO schemaproof_audit.command DO INSTEAD NOTHING",
        "CREATE TABLE schemaproof_audit.mine (a int)",
        "CREATE TABLE public.child () INHERITS (schemaproof_audit.command)",
        "SELECT setval('schemaproof_audit.command_id_seq', 1)",
        "SELECT nextval('schemaproof_audit.command_id_seq')",
        (
            "CREATE OR REPLACE FUNCTION schemaproof_audit.record() RETURNS event_trigger"
            " LANGUAGE plpgsql AS 'BEGIN END'"
        ),
        "CREATE FUNCTION schemaproof_audit.left(text, int) RETURNS text LANGUAGE sql AS 'SELECT 1'",
        "CREATE EVENT TRIGGER mine ON sql_drop EXECUTE FUNCTION schemaproof_audit.record()",
        "ALTER EVENT TRIGGER schemaproof_audit_command DISABLE",
        "DROP EVENT TRIGGER schemaproof_audit_command",
        "DROP FUNCTION schemaproof_audit.record()",
        "DROP SCHEMA schemaproof_audit CASCADE",
        "ALTER SCHEMA schemaproof_audit RENAME TO x",
        "DO 'BEGIN LOCK TABLE schemaproof_audit.command IN ROW EXCLUSIVE MODE; END'",
        "DO 'BEGIN LOCK TABLE schemaproof_audit.command IN ACCESS EXCLUSIVE MODE; END'",
        "SELECT schemaproof_audit.record()",
        "SET session_replication_role = replica",
    ],
)
def test_the_owner_of_the_database_may_not(mallory: Connection, statement: str) -> None:
    state = refusal(mallory, statement)
    assert state in {"42501", "0A000", "42P17"}, state


def test_nor_turn_event_triggers_off(mallory: Connection) -> None:
    if mallory.server_version >= 170_000:
        assert refusal(mallory, "SET event_triggers = off") == "42501"


def test_reading_is_for_those_who_see_the_statements_of_others(
    audited: Database, mallory: Connection
) -> None:
    reader = f"reader_{secrets.token_hex(4)}"
    assert refusal(mallory, "SELECT count(*) FROM schemaproof_audit.command") == ""
    with superuser(audited) as connection:
        does(connection, f"CREATE ROLE {reader}; SET ROLE {reader}")
        assert refusal(connection, "SELECT count(*) FROM schemaproof_audit.command") == "42501"
        does(connection, f"RESET ROLE; DROP ROLE {reader}")


def test_the_function_is_nothing_that_a_session_can_shadow(
    audited: Database, mallory: Connection
) -> None:
    """Mallory's functions match each call of the audit's function better than PostgreSQL's own."""
    does(
        mallory,
        "CREATE SCHEMA evil",
        "CREATE FUNCTION evil.own() RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
        " EXECUTE format('ALTER ROLE %I SUPERUSER', session_user); END $$",
        *(
            f"CREATE FUNCTION {schema}.{name} RETURNS {result} LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM evil.own(); RETURN NULL; END'"
            for schema in ("evil", "pg_temp")
            for name, result in (
                ("current_query()", "text"),
                ("left(text, integer)", "text"),
                ("inet_client_addr()", "inet"),
                ("length(text)", "integer"),
                ("pg_backend_pid()", "integer"),
                ("current_setting(text)", "text"),
                ("cardinality(text[])", "integer"),
            )
        ),
        "CREATE OPERATOR evil.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.textcat)",
        "SET search_path = evil, pg_temp, pg_catalog, public",
        "CREATE TABLE public.after (a int)",
    )
    [row] = recorded(audited, "names @> '{public.after}'")
    assert row["statement"] == "CREATE TABLE public.after (a int)"
    with superuser(audited) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname ~ '^mallory'")
        assert cursor.fetchone() == (0,)


def test_who_takes_the_migrators_lock_is_recorded_all_the_same(
    audited: Database, mallory: Connection
) -> None:
    does(
        mallory,
        "SET application_name = 'schemaproof migrator ada@host'",
        *(f"SELECT pg_advisory_lock({SPACE}, {number})" for number in (RUN, REVISION)),
        "CREATE TABLE public.after (a int)",
    )
    [row] = recorded(audited, "names @> '{public.after}'")
    assert row["migrators_lock"] is True
    assert row["session_role"].startswith("mallory")


def test_a_time_out_just_before_the_record_hides_nothing(
    audited: Database, mallory: Connection
) -> None:
    """Statements time out while they are recorded; each command that succeeds has a record."""
    does(
        mallory,
        "CREATE FUNCTION public.late(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM pg_sleep(0.0185); EXECUTE format('CREATE TABLE public.%I (a int)', name);"
        " PERFORM 1; END $$",
        "SET statement_timeout = '20ms'",
    )
    for number in range(40):
        refusal(mallory, f"SELECT public.late('late{number}')")
    does(mallory, "RESET statement_timeout")
    found = audited.superuser.query(
        "SELECT 'public.' || relname FROM pg_class WHERE relname ~ '^late[0-9]'"
    )
    there = {name for (name,) in found}
    assert there <= {name for row in recorded(audited) for name in row["names"]}


def test_an_index_whose_function_asks_for_the_record_cannot_forge_it(
    audited: Database, mallory: Connection
) -> None:
    """CREATE INDEX runs Mallory's function with Mallory's privileges, within an event."""
    does(
        mallory,
        "CREATE TABLE public.t (a int)",
        "INSERT INTO public.t VALUES (1)",
        "CREATE FUNCTION public.forge(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN"
        f" EXECUTE $sql$ {INSERT} $sql$; RETURN a; EXCEPTION WHEN OTHERS THEN RETURN a; END $$",
        "CREATE INDEX i ON public.t (public.forge(a))",
    )
    assert not recorded(audited, "tag = 'x'")


def test_no_depth_of_the_stack_hides_a_command(audited: Database, mallory: Connection) -> None:
    """A command fails if the stack has no room to record it."""
    does(
        mallory,
        "CREATE FUNCTION public.deep(n int, name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
        " IF n = 0 THEN EXECUTE format('CREATE TABLE public.%I (a int)', name);"
        " ELSE PERFORM public.deep(n - 1, name); END IF; END $$",
    )
    most = next(n for n in range(20, 5_000, 20) if refusal(mallory, f"SELECT deep({n}, 'd{n}')"))
    for depth in range(most - 40, most + 1):
        refusal(mallory, f"SELECT public.deep({depth}, 'deep{depth}')")
    found = audited.superuser.query(
        "SELECT 'public.' || relname FROM pg_class WHERE relname ~ '^d(eep)?[0-9]'"
    )
    there = {name for (name,) in found}
    assert there
    assert there <= {name for row in recorded(audited) for name in row["names"]}
