"""``monps-db check`` on real databases: findings and exit codes."""

import json
import re

import pytest
from psycopg2 import sql

from schemaproof_testing.project import Alembic, Programs, revisions
from schemaproof_testing.servers import Database, administration

HEAD = revisions()[-1]
ALL = len(revisions())


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
def test_a_database_at_head_is_in_sync(programs: Programs) -> None:
    outcome = programs.monps_db("check")
    assert (outcome.code, outcome.err) == (0, "")
    assert re.fullmatch(
        r"in sync: 2\d\d objects, 2\d\d\d attributes, rows were not read\n", outcome.out
    )


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
def test_the_summary_does_not_say_that_rows_were_not_read_when_they_were(
    programs: Programs,
) -> None:
    assert "rows" not in programs.monps_db("check", "--data").out


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
def test_statements_are_shown_with_db_echo(programs: Programs) -> None:
    outcome = programs.monps_db("check", DB_ECHO="true")
    assert (outcome.code, "FROM pg_catalog.pg_class" in outcome.text) == (0, True)


def test_an_empty_database_has_everything_pending(programs: Programs) -> None:
    outcome = programs.monps_db("check")
    assert outcome.code == 3
    assert [revision for revision in revisions() if revision in outcome.out] == revisions()
    assert outcome.out.endswith(f"pending: {ALL}\n")


@pytest.mark.slow
def test_pending_is_not_reported_as_drift(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade(revisions()[-3])
    outcome = programs.monps_db("check", "--format", "json")
    assert outcome.code == 3
    assert json.loads(outcome.out)["summary"]["by_kind"] == {"pending": 2}


def test_a_pending_revision_says_what_it_would_create(programs: Programs) -> None:
    report = json.loads(programs.monps_db("check", "--format", "json").out)
    by_revision = {finding["path"]: finding["expected"] for finding in report["findings"]}
    assert "Creates public.odds, public.tracking_clv_picks." in by_revision["8e94b0f2d617"]


@pytest.mark.slow
def test_drift_is_named_with_both_sides_and_advice(migrated: Database, programs: Programs) -> None:
    migrated.execute_each("ALTER TABLE public.odds ALTER COLUMN league TYPE varchar(50)")
    outcome = programs.monps_db("check", "--format", "json")
    assert outcome.code == 1
    assert json.loads(outcome.out)["findings"] == [
        {
            "code": "column-type-modifier",
            "kind": "drift",
            "severity": "breaking",
            "path": "public.odds.league",
            "expected": "character varying(100)",
            "actual": "character varying(50)",
            "recommendation": "Check that the values fit, then change length or precision back.",
        }
    ]


@pytest.mark.slow
def test_drift_outweighs_pending(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    database.execute_each("DROP INDEX public.ix_odds_collected_at")
    assert programs.monps_db("check").code == 1


@pytest.mark.slow
def test_a_table_that_no_model_knows_is_unmodelled_in_a_managed_schema(
    migrated: Database, programs: Programs
) -> None:
    migrated.execute_each("CREATE TABLE quantum.scratchpad (id serial PRIMARY KEY)")
    outcome = programs.monps_db("check", "--format", "json")
    assert outcome.code == 1
    assert [
        (finding["kind"], finding["path"]) for finding in json.loads(outcome.out)["findings"]
    ] == [("unmodelled", "quantum.scratchpad")]


@pytest.mark.slow
def test_a_table_of_somebody_else_in_a_shared_schema_is_none_of_our_business(
    migrated: Database, programs: Programs
) -> None:
    migrated.execute_each("CREATE TABLE public.somebody_elses (id serial PRIMARY KEY)")
    assert programs.monps_db("check").code == 0


@pytest.mark.slow
def test_one_schema_can_be_checked_alone(migrated: Database, programs: Programs) -> None:
    migrated.execute_each("DROP INDEX public.ix_odds_collected_at")
    assert programs.monps_db("check", "--schema", "quantum").code == 0
    assert programs.monps_db("check", "--schema", "public").code == 1


@pytest.mark.slow
def test_the_check_writes_nothing(migrated: Database, programs: Programs) -> None:
    with administration(migrated.server) as cursor:
        cursor.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(
                sql.Identifier(migrated.name)
            )
        )
    found = json.loads(programs.monps_db("check", "--format", "json").out)["findings"]
    assert [one["path"] for one in found] == ["database.default_transaction_read_only"]


def test_status_says_where_the_database_stands(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    facts = dict(
        re.split(r":\s+", line, maxsplit=1) for line in programs.monps_db("status").out.splitlines()
    )
    assert facts["revision"] == "8e94b0f2d617"
    assert facts["head"] == HEAD
    assert facts["pending"] == f"c1f6a83d9b05, 5b27e9c4f8a1, e7d04b6a52c9, {HEAD}"
    assert facts["server"].startswith("PostgreSQL ")
    assert facts["pool"].startswith("5 connections, 10 in overflow")


@pytest.mark.slow
@pytest.mark.usefixtures("migrated", "own_history")
def test_the_usual_check_imports_neither_the_models_nor_alembic_nor_sqlalchemy(
    programs: Programs,
) -> None:
    imported = programs.monps_db("check", PYTHONPROFILEIMPORTTIME="1").succeeded()
    modules = {line.rpartition("|")[2].strip() for line in imported.err.splitlines()}
    assert "schemaproof.catalog.catalog" in modules
    assert not modules & {"models", "alembic", "sqlalchemy", "structlog", "postgast"}
