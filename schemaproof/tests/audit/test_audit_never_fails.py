"""No DDL command fails because of a fault in the audit."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import pytest

from schemaproof_testing import audits
from schemaproof_testing.audits import does, recorded, superuser
from schemaproof_testing.servers import Database

audited = audits.audited

TABLE: Final = "schemaproof_audit.command"
# Each entry damages the audit. The command that follows has to succeed all the same.
DAMAGE: Final = {
    "table dropped": f"DROP TABLE {TABLE}",
    "table renamed": f"ALTER TABLE {TABLE} RENAME TO gone",
    "column dropped": f"ALTER TABLE {TABLE} DROP COLUMN kept",
    "column of another type": f"ALTER TABLE {TABLE} ALTER COLUMN migrators_lock TYPE text",
    "column that nothing fills": f"ALTER TABLE {TABLE} ADD COLUMN more int NOT NULL",
    "check that refuses": f"ALTER TABLE {TABLE} ADD CHECK (tag = 'nothing') NOT VALID",
    "trigger that raises": (
        "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS"
        f" 'BEGIN RAISE EXCEPTION ''no''; END'; CREATE TRIGGER no BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION public.no()"
    ),
    "trigger whose assertion fails": (
        "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS"
        f" 'BEGIN ASSERT false; END'; CREATE TRIGGER no BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION public.no()"
    ),
    "sequence at its end": (
        f"ALTER TABLE {TABLE} ALTER COLUMN id SET MAXVALUE 5; SELECT setval('{TABLE}_id_seq', 5)"
    ),
    "key taken": f"ALTER TABLE {TABLE} ADD CONSTRAINT once UNIQUE (tag)",
    "privileges revoked": f"ALTER TABLE {TABLE} OWNER TO {{owner}}",
    "foreign table of nobody": f"DROP TABLE {TABLE}; CREATE VIEW {TABLE} AS SELECT 1 AS id",
    "schema renamed": "ALTER SCHEMA schemaproof_audit RENAME TO elsewhere",
}
COMMANDS: Final = (
    "CREATE TABLE public.after (a int)",
    "ALTER TABLE public.after ADD COLUMN b int",
    "CREATE INDEX CONCURRENTLY after_b ON public.after (b)",
    "GRANT SELECT ON public.after TO PUBLIC",
    "DROP TABLE public.after",
)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_audit_stops_no_command(audited: Database, damage: str) -> None:
    with superuser(audited) as connection:
        does(connection, DAMAGE[damage].format(owner=audited.user))
    with superuser(audited) as connection:
        does(connection, *COMMANDS)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    with closing(database.connect_superuser()) as connection:
        does(connection, f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


def test_a_session_that_ends_with_an_error_does_not_end_with_ours(audited: Database) -> None:
    with superuser(audited) as connection:
        does(connection, DAMAGE["table dropped"], "SET exit_on_error = on", *COMMANDS)


def test_a_locked_table_stops_no_command(audited: Database) -> None:
    with superuser(audited) as connection:
        with locked(audited):
            does(connection, "SET lock_timeout = '1ms'", "CREATE TABLE public.after (a int)")
        does(connection, "CREATE TABLE public.later (a int)")
    assert [row["names"] for row in recorded(audited)] == [["public.later"]]


SESSIONS: Final[dict[str, tuple[str, ...]]] = {
    "no path": ("SET search_path = ''",),
    "names quoted": ("SET quote_all_identifiers = on",),
    "replica": ("SET session_replication_role = replica",),
    "strings": ("SET standard_conforming_strings = off",),
    "no variable": ("SET plpgsql.variable_conflict = 'use_column'",),
    "extra checks": ("SET plpgsql.extra_errors = 'all'",),
    "errors end the session": ("SET exit_on_error = on",),
    "serializable": ("SET default_transaction_isolation = 'serializable'",),
    "row security off": ("SET row_security = off",),
    "another encoding": ("SET client_encoding = 'LATIN1'",),
    "shadowed": (
        "CREATE SCHEMA shadow",
        (
            "CREATE FUNCTION shadow.left(text, int) RETURNS text LANGUAGE plpgsql AS"
            " 'BEGIN RAISE EXCEPTION ''shadow''; END'"
        ),
        "SET search_path = shadow, pg_catalog, public",
    ),
    "temporary namesake": (
        "CREATE TEMP TABLE command (a int)",
        (
            "CREATE FUNCTION pg_temp.current_query() RETURNS text LANGUAGE plpgsql AS"
            " 'BEGIN RAISE EXCEPTION ''shadow''; END'"
        ),
    ),
}


@pytest.mark.parametrize("session", SESSIONS)
def test_no_setting_of_a_session_stops_a_command_or_the_record(
    audited: Database, session: str
) -> None:
    with superuser(audited) as connection:
        does(connection, *SESSIONS[session])
        does(connection, *COMMANDS)
    about = recorded(audited, "names @> '{public.after}'")
    assert {row["tag"] for row in about} >= {"CREATE TABLE", "ALTER TABLE", "DROP TABLE"}


def test_a_time_out_in_the_record_stops_neither(audited: Database) -> None:
    """The function sleeps, so that the statement's time-out ends before the row is written."""
    slow = (
        (
            "CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_sleep(0.3); RETURN new; END'"
        ),
        f"CREATE TRIGGER slow BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION public.slow()",
    )
    with superuser(audited) as connection:
        does(connection, *slow, "SET statement_timeout = '150ms'")
        does(connection, "CREATE TABLE public.after (a int)")
        does(connection, "RESET statement_timeout")
    assert recorded(audited, "names @> '{public.after}'")


def test_it_works_within_savepoints_and_after_errors(audited: Database) -> None:
    with closing(audited.connect_superuser()) as connection:
        does(connection, "SAVEPOINT one", "CREATE TABLE public.a (a int)", "ROLLBACK TO one")
        does(connection, "CREATE TABLE public.b (a int)")
        connection.commit()
    assert [row["names"] for row in recorded(audited)] == [["public.b"]]
