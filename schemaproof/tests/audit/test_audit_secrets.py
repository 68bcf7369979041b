"""No password is recorded: a statement that may contain one is left out completely."""

from typing import Final

import pytest

from schemaproof_testing import audits
from schemaproof_testing.audits import does, recorded, superuser
from schemaproof_testing.servers import Database

audited = audits.audited

SECRET: Final = "hunter2"
WRAPPER: Final = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER known FOREIGN DATA WRAPPER w"
STATEMENTS: Final = (
    f"CREATE USER MAPPING FOR CURRENT_USER SERVER known OPTIONS (user 'a', password '{SECRET}')",
    f"CREATE USER MAPPING FOR PUBLIC SERVER known OPTIONS (U&\"\\0070assword\" '{SECRET}')",
    f"CREATE SERVER other FOREIGN DATA WRAPPER w OPTIONS (host 'h', token '{SECRET}')",
    f"CREATE FOREIGN TABLE f (a int) SERVER known OPTIONS (key $${SECRET}$$)",
    (
        f"CREATE SUBSCRIPTION sub CONNECTION 'host=h password={SECRET}' PUBLICATION p"
        " WITH (connect = false)"
    ),
    f"CREATE TABLE a (x int); CREATE ROLE nobody_{{name}} PASSWORD '{SECRET}'",
    (
        f"DO $do$ BEGIN CREATE TABLE b (x int); CREATE ROLE someone_{{name}} PASSWORD '{SECRET}';"
        " END $do$"
    ),
    f"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 /* dblink('a {SECRET}') */ $$",
    f"CREATE VIEW v AS SELECT 'postgresql://user:{SECRET}@host/db'::text AS url",
    f"CREATE VIEW v2 AS SELECT E'\\x70assword={SECRET}'::text AS text",
    f"CREATE TABLE c (api_key text DEFAULT '{SECRET}')",
    f"/*{' ' * 70_000}*/ CREATE USER MAPPING FOR USER SERVER known OPTIONS (p '{SECRET}')",
)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one[:40])
def test_a_statement_that_may_hold_a_password_is_left_out_whole(
    audited: Database, statement: str
) -> None:
    name = audited.name
    with superuser(audited) as connection:
        does(connection, WRAPPER)
        try:
            does(connection, statement.format(name=name))
        finally:
            does(
                connection, f"DROP ROLE IF EXISTS nobody_{name}; DROP ROLE IF EXISTS someone_{name}"
            )
            if "SUBSCRIPTION" in statement:
                does(connection, "ALTER SUBSCRIPTION sub DISABLE")
                does(connection, "ALTER SUBSCRIPTION sub SET (slot_name = NONE)")
                does(connection, "DROP SUBSCRIPTION sub")
    rows = recorded(audited)
    assert SECRET not in repr(rows)
    assert {row["kept"] for row in rows} & {"omitted", "cut"}


def test_no_setting_of_a_session_changes_what_is_left_out(audited: Database) -> None:
    with superuser(audited) as connection:
        does(connection, "SET standard_conforming_strings = off", "SET quote_all_identifiers = on")
        does(connection, f"CREATE VIEW public.v AS SELECT E'\\x70assword={SECRET}'::text AS text")
        does(connection, "CREATE TYPE public.mood AS ENUM ()")
    view, mood = recorded(audited)
    assert (view["kept"], view["statement"]) == ("omitted", None)
    assert "public.mood" in mood["names"]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE account ADD COLUMN password_hash text",
        "ALTER TABLE account ADD COLUMN api_token uuid NOT NULL",
        "ALTER TABLE account ALTER COLUMN name SET DEFAULT 'nobody'",
    ],
)
def test_a_statement_without_a_text_that_could_be_one_is_kept(
    audited: Database, statement: str
) -> None:
    with superuser(audited) as connection:
        does(connection, "CREATE TABLE account (name text)", statement)
    assert recorded(audited)[-1]["statement"] == statement
