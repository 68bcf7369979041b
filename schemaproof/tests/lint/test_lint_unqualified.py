"""Unqualified names, where other roles may create objects in a schema of the search_path."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from schemaproof.lint import linting
from schemaproof.lint.findings import Level, LintFinding
from schemaproof_testing.lint_revisions import linted, revision
from schemaproof_testing.project import PROJECT, unpooled_engine
from schemaproof_testing.servers import Database

NOBODY = "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
EVERYBODY = "GRANT CREATE ON SCHEMA public TO PUBLIC"
# For each statement: the names that another role could take over.
CASES = [
    ("UPDATE q.x SET a = lower(b)", "lower()"),
    ("UPDATE q.x SET a = pg_catalog.lower(b) WHERE a || b LIKE c", "operator ||, operator ~~"),
    ("UPDATE q.x SET a = b OPERATOR(pg_catalog.||) c", None),
    ("ALTER TABLE q.x ADD COLUMN t timestamptz DEFAULT now()", None),
    ("ALTER TABLE q.x ADD COLUMN u uuid DEFAULT gen_random_uuid()", None),
    ("SELECT count(*), CURRENT_TIMESTAMP, EXTRACT(year FROM CURRENT_DATE)", None),
    ("SELECT setval('q.s', 5)", "setval()"),
    ("SELECT of_somebody()", "of_somebody()"),
    ("SELECT 'a'::text, '1'::int, 'x'::mood, 'y'::q.mood", "type mood"),
    ("ALTER TABLE q.x ADD CHECK (a IN ('a', 'b'))", "operator ="),
    ("CREATE INDEX ON q.x (lower(a)) WHERE b > 0", "lower(), operator >"),
    ("DO $$ BEGIN PERFORM lower('x'); END $$", None),
    ("CREATE TABLE q.y (a text)", None),
]


@pytest.fixture
def connection(any_database: Database) -> Iterator[Connection]:
    with unpooled_engine(any_database) as engine, engine.connect() as connected:
        yield connected


def found(connection: Connection, folder: Path, *statements: str) -> list[LintFinding]:
    revision(folder, "\n".join(f"op.execute({one!r})" for one in statements))
    return [
        one
        for one in linting.lint_pending(connection, [linted(folder)], PROJECT.scope, ())
        if one.rule == "unqualified-names"
    ]


@pytest.mark.parametrize(("statement", "named"), CASES)
def test_what_could_be_taken_over_is_named_once(
    connection: Connection, tmp_path: Path, statement: str, named: str | None
) -> None:
    connection.exec_driver_sql(EVERYBODY)
    findings = found(connection, tmp_path, statement, statement)
    expected = f"everybody may create objects in schema public that could take the place of {named}"
    assert [one.message for one in findings] == ([expected] if named else [])
    assert {(one.level, one.line) for one in findings} <= {(Level.WARNING, 11)}


@pytest.mark.parametrize(
    ("setup", "creators"),
    [
        (NOBODY, None),
        (f"{NOBODY}; GRANT CREATE ON SCHEMA public TO CURRENT_USER", None),
        (f"{NOBODY}; GRANT CREATE ON SCHEMA public TO pg_monitor", "pg_monitor"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC, pg_monitor", "everybody, pg_monitor"),
    ],
)
def test_it_depends_on_who_else_may_create(
    connection: Connection, tmp_path: Path, setup: str, creators: str | None
) -> None:
    connection.exec_driver_sql(setup)
    findings = found(connection, tmp_path, "UPDATE q.x SET a = lower(b)")
    assert [one.message.partition(" may")[0] for one in findings] == (
        [creators] if creators else []
    )


def test_a_name_that_is_said_to_be_open_is_taken_over_and_now_is_not(
    connection: Connection,
) -> None:
    connection.exec_driver_sql(
        "CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE sql AS $$ SELECT 'taken' $$"
    )
    connection.exec_driver_sql(
        "CREATE FUNCTION public.now() RETURNS text LANGUAGE sql AS $$ SELECT 'taken' $$"
    )
    connection.exec_driver_sql("SET LOCAL search_path = public")
    query = "SELECT lower('A'::varchar), now()::text <> 'taken'"
    assert connection.exec_driver_sql(query).one() == ("taken", True)
