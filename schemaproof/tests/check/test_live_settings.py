"""A check finds settings of the database and of roles that the project does not declare."""

import tomllib
from collections.abc import Iterator

import pytest
from psycopg2 import sql

from schemaproof.catalog.catalog import reading
from schemaproof.check.live.database_settings import setting_findings
from schemaproof.schema.scope import Scope
from schemaproof_testing.catalog_reading import connected
from schemaproof_testing.servers import Database, administration

SCOPE = Scope(managed=("q",), shared=("public",), roles=(("desk_of_the_test", "desk"),))


@pytest.fixture
def owned(any_database: Database) -> Iterator[Database]:
    any_database.execute_each("CREATE SCHEMA q")
    with administration(any_database.server) as cursor:
        cursor.execute("CREATE ROLE desk_of_the_test")
    yield any_database
    with administration(any_database.server) as cursor:
        cursor.execute("DROP ROLE desk_of_the_test")


def change(database: Database, what: str, clause: str) -> None:
    name = sql.Identifier(database.name if what == "DATABASE" else "desk_of_the_test")
    statement = sql.SQL("ALTER {} {} " + clause).format(sql.SQL(what), name)
    with administration(database.server) as cursor:
        cursor.execute(statement)


def found(database: Database, **declared: str) -> list[tuple[str, str, str | None, str | None]]:
    settings = {name.replace("__", "."): value for name, value in declared.items()}
    with connected(database) as connection, reading(connection):
        findings = [finding for finding, _ in setting_findings(connection, SCOPE, settings)]
    return [(one.code, one.path, one.expected, one.actual) for one in findings]


def test_an_untouched_database_has_no_finding(owned: Database) -> None:
    assert found(owned) == []


@pytest.mark.parametrize(
    ("clause", "name", "value"),
    [
        ("SET search_path TO legacy, public", "search_path", "legacy, public"),
        ("SET TimeZone TO 'Europe/Paris'", "TimeZone", "Europe/Paris"),
        ("SET default_transaction_read_only TO on", "default_transaction_read_only", "on"),
        ("SET statement_timeout TO '5s'", "statement_timeout", "5s"),
    ],
)
def test_a_setting_that_nobody_declared_is_found(
    owned: Database, clause: str, name: str, value: str
) -> None:
    change(owned, "DATABASE", clause)
    assert found(owned) == [("database-setting", f"database.{name}", None, value)]


def test_how_a_named_role_works_is_decided_in_each_environment(owned: Database) -> None:
    change(owned, "ROLE", "SET TimeZone TO 'Europe/Paris'")
    assert found(owned) == []


def test_a_declared_setting_is_expected(owned: Database) -> None:
    change(owned, "DATABASE", "SET statement_timeout TO '5s'")
    change(owned, "ROLE", "SET lock_timeout TO '1s'")
    assert found(owned, statement_timeout="5s", desk__lock_timeout="1s") == []


def test_a_declared_setting_that_is_missing_or_different_is_found(owned: Database) -> None:
    change(owned, "DATABASE", "SET statement_timeout TO '5s'")
    assert found(owned, statement_timeout="9s", desk__lock_timeout="1s") == [
        ("database-setting", "database.statement_timeout", "9s", "5s"),
        ("role-setting", "role.desk.lock_timeout", "1s", None),
    ]


def test_encoding_and_collation_are_compared_when_declared(owned: Database) -> None:
    with connected(owned) as connection:
        collation = connection.exec_driver_sql(
            "SELECT datcollate FROM pg_database WHERE datname = current_database()"
        ).scalar_one()
    assert found(owned, encoding="UTF8", lc_collate=str(collation)) == []
    assert found(owned, encoding="LATIN1") == [
        ("database-setting", "database.encoding", "LATIN1", "UTF8")
    ]


def test_the_repair_takes_the_setting_back(owned: Database) -> None:
    change(owned, "DATABASE", "SET search_path TO legacy, public")
    change(owned, "ROLE", "SET lock_timeout TO '9s'")
    declared = {"desk.lock_timeout": "1s"}
    with connected(owned) as connection:
        steps = [step for _, step in setting_findings(connection, SCOPE, declared)]
    owned.superuser.execute_each(*[step.sql for step in steps if step is not None])
    assert found(owned, desk__lock_timeout="1s") == []


def test_settings_of_other_roles_and_databases_are_no_business_of_ours(owned: Database) -> None:
    owned.superuser.execute_each("CREATE ROLE stranger_of_the_test")
    try:
        owned.superuser.execute_each("ALTER ROLE stranger_of_the_test SET TimeZone TO 'UTC'")
        assert found(owned) == []
    finally:
        owned.superuser.execute_each("DROP ROLE stranger_of_the_test")


def graded(database: Database, what: str, clause: str) -> list[tuple[str, str | None]]:
    """Return severity and advice of the findings about a setting."""
    scope = Scope(managed=("q",), shared=("public",))
    change(database, what, clause)
    with connected(database) as connection, reading(connection):
        findings = [finding for finding, _ in setting_findings(connection, scope, {})]
    return [(one.severity, one.hint) for one in findings]


@pytest.mark.parametrize(
    "clause",
    [
        *("SET work_mem TO '64MB'", "SET jit TO off", "SET jit_above_cost TO 5"),
        *("SET enable_seqscan TO off", "SET random_page_cost TO 1.1", "SET application_name TO x"),
        *("SET log_min_duration_statement TO 5", "SET max_parallel_workers_per_gather TO 0"),
        *("SET maintenance_work_mem TO '1GB'", "SET track_io_timing TO on"),
    ],
)
def test_what_only_makes_queries_slower_or_faster_breaks_nothing(
    owned: Database, clause: str
) -> None:
    assert [severity for severity, _ in graded(owned, "DATABASE", clause)] == ["operational"]


@pytest.mark.parametrize(
    "clause",
    [
        *("SET search_path TO x", "SET TimeZone TO 'UTC'", "SET statement_timeout TO '5s'"),
        *("SET default_transaction_read_only TO on", "SET row_security TO off"),
        *("SET temp_file_limit TO 1", "SET my.own TO 1", "SET synchronous_commit TO off"),
    ],
)
def test_what_changes_or_ends_a_query_breaks_it(owned: Database, clause: str) -> None:
    assert [severity for severity, _ in graded(owned, "DATABASE", clause)] == ["breaking"]


def test_a_finding_has_the_line_that_declares_the_setting(owned: Database) -> None:
    ((_, hint),) = graded(owned, "DATABASE", """SET "my.own" TO 'it''s "so"'""")
    assert hint == r"""in [tool.schemaproof.settings]: "my.own" = "it's \"so\"" """.strip()


def test_the_line_is_one_that_the_check_accepts(owned: Database) -> None:
    change(owned, "DATABASE", "SET TimeZone TO 'Europe/Paris'")
    with connected(owned) as connection, reading(connection):
        ((finding, _),) = setting_findings(connection, SCOPE, {})
        declared = tomllib.loads((finding.hint or "").partition(": ")[2])
        assert list(setting_findings(connection, SCOPE, declared)) == []
