"""``monps-db check`` on real databases: what it finds, and how it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2 import sql

from introspection import snapshot_file
from tests.project import ROOT, Alembic, Programs, revisions
from tests.servers import Database, administration

HEAD = revisions()[-1]
ALL = len(revisions())


def execute(database: Database, statement: str, *values: str) -> None:
    connection = database.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
    connection.close()


@pytest.mark.usefixtures("migrated")
def test_a_database_at_head_is_in_sync(programs: Programs) -> None:
    outcome = programs.monps_db("check")
    assert (outcome.code, outcome.err) == (0, "")
    assert re.fullmatch(r"in sync: 2\d\d objects, 2\d\d\d attributes\n", outcome.out)


@pytest.mark.usefixtures("migrated")
def test_a_database_in_sync_costs_no_import_of_sqlalchemy_alembic_or_models(
    programs: Programs,
) -> None:
    here = replace(programs, folder=ROOT)
    log = here.monps_db("check", PYTHONPROFILEIMPORTTIME="1").err
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in log.splitlines()}
    assert "introspection" in imported
    assert imported & {"sqlalchemy", "alembic", "models"} == set()


@pytest.mark.usefixtures("migrated")
def test_statements_are_shown_with_db_echo(programs: Programs) -> None:
    outcome = programs.monps_db("check", DB_ECHO="true")
    assert (outcome.code, "FROM pg_catalog.pg_class" in outcome.text) == (0, True)


def test_an_empty_database_has_everything_pending(programs: Programs) -> None:
    outcome = programs.monps_db("check")
    assert outcome.code == 3
    assert [revision for revision in revisions() if revision in outcome.out] == revisions()
    assert outcome.out.endswith(f"pending: {ALL}\n")


def test_pending_is_not_reported_as_drift(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    outcome = programs.monps_db("check", "--format", "json")
    assert outcome.code == 3
    assert json.loads(outcome.out)["summary"]["by_kind"] == {"pending": 3}


def test_a_pending_revision_says_what_it_would_create(programs: Programs) -> None:
    report = json.loads(programs.monps_db("check", "--format", "json").out)
    by_revision = {finding["path"]: finding["expected"] for finding in report["findings"]}
    assert "Creates public.odds, public.tracking_clv_picks." in by_revision["8e94b0f2d617"]


def test_drift_is_named_with_both_sides_and_advice(migrated: Database, programs: Programs) -> None:
    execute(migrated, "ALTER TABLE public.odds ALTER COLUMN league TYPE varchar(50)")
    outcome = programs.monps_db("check", "--format", "json")
    assert outcome.code == 1
    assert json.loads(outcome.out)["findings"] == [
        {
            "code": "column-type-modifier",
            "kind": "drift",
            "severity": "breaking",
            "path": "public.odds.league",
            "expected": "(100)",
            "actual": "(50)",
            "recommendation": "Check that the values fit, then change length or precision back.",
        }
    ]


def test_drift_outweighs_pending(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    execute(database, "DROP INDEX public.ix_odds_collected_at")
    assert programs.monps_db("check").code == 1


def test_a_table_that_no_model_knows_is_unmodelled_in_a_managed_schema(
    migrated: Database, programs: Programs
) -> None:
    execute(migrated, "CREATE TABLE quantum.scratchpad (id serial PRIMARY KEY)")
    outcome = programs.monps_db("check", "--format", "json")
    assert outcome.code == 1
    assert [
        (finding["kind"], finding["path"]) for finding in json.loads(outcome.out)["findings"]
    ] == [("unmodelled", "quantum.scratchpad")]


def test_a_table_of_somebody_else_in_a_shared_schema_is_none_of_our_business(
    migrated: Database, programs: Programs
) -> None:
    execute(migrated, "CREATE TABLE public.somebody_elses (id serial PRIMARY KEY)")
    assert programs.monps_db("check").code == 0


def test_one_schema_can_be_checked_alone(migrated: Database, programs: Programs) -> None:
    execute(migrated, "DROP INDEX public.ix_odds_collected_at")
    assert programs.monps_db("check", "--schema", "quantum").code == 0
    assert programs.monps_db("check", "--schema", "public").code == 1


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["0123456789ab"], "revision-unknown"),
        ([HEAD, "abbc4f65c12b"], "version-rows"),
    ],
    ids=["unknown revision", "two rows"],
)
def test_a_version_table_that_says_something_impossible_is_tampering(
    migrated: Database, programs: Programs, rows: list[str], code: str
) -> None:
    execute(migrated, "DELETE FROM public.alembic_version")
    for row in rows:
        execute(migrated, "INSERT INTO public.alembic_version VALUES (%s)", row)
    outcome = programs.monps_db("check", "--format", "json")
    assert outcome.code == 4
    assert code in json.loads(outcome.out)["summary"]["by_code"]


def test_an_empty_version_table_beside_our_objects_is_tampering_and_says_what_to_stamp(
    migrated: Database, programs: Programs
) -> None:
    execute(migrated, "DELETE FROM public.alembic_version")
    outcome = programs.monps_db("check")
    assert outcome.code == 4
    assert "version-empty public.alembic_version" in outcome.out
    assert f"no row, and the schema is that of {HEAD}" in outcome.out
    assert "pending" not in outcome.out


def test_our_objects_without_a_version_table_are_said_to_have_no_revision(
    migrated: Database, programs: Programs
) -> None:
    execute(migrated, "DROP TABLE public.alembic_version")
    outcome = programs.monps_db("check")
    assert outcome.code == 1
    assert "unverified [operational] version-missing public.alembic_version" in outcome.out
    assert f"no such table, and the schema is that of {HEAD}" in outcome.out
    assert outcome.out.endswith(f"pending: {ALL}, unmodelled: 5, unverified: 1\n")


def test_somebody_elses_table_of_a_name_of_ours_leaves_everything_pending(
    database: Database, programs: Programs
) -> None:
    execute(database, "CREATE TABLE public.odds (theirs text)")
    outcome = programs.monps_db("check")
    assert outcome.code == 3
    assert outcome.out.endswith(f"pending: {ALL}, unverified: 1\n")


@pytest.mark.usefixtures("migrated")
def test_a_revision_edited_after_it_was_recorded_is_tampering(
    programs: Programs, own_history: Path
) -> None:
    file = next(own_history.glob("versions/*5b27e9c4f8a1*.py"))
    file.write_text(file.read_text("utf-8") + "\n# improved\n", "utf-8")
    outcome = programs.monps_db("check")
    assert outcome.code == 4
    assert "revision-file-changed 5b27e9c4f8a1" in outcome.out


@pytest.mark.usefixtures("migrated")
def test_line_endings_of_a_revision_do_not_matter(programs: Programs, own_history: Path) -> None:
    for file in own_history.glob("versions/*.py"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert programs.monps_db("check").code == 0


@pytest.mark.usefixtures("migrated")
def test_a_head_without_a_snapshot_is_a_missing_revision(
    programs: Programs, own_history: Path
) -> None:
    (own_history / "snapshots" / f"{HEAD}.json").unlink()
    outcome = programs.monps_db("check")
    assert outcome.code == 1
    assert f"snapshot-missing {HEAD}" in outcome.out


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("content", ["", "{", '{"format": 99}', "[]"])
def test_a_snapshot_that_cannot_be_read_is_one_clear_line(
    programs: Programs, own_history: Path, content: str
) -> None:
    (own_history / "snapshots" / f"{HEAD}.json").write_text(content, "utf-8")
    outcome = programs.monps_db("check")
    assert outcome.code == 6
    assert outcome.err.startswith(f"monps-db: {HEAD}.json: ")
    assert outcome.err.count("\n") == 1


@pytest.mark.usefixtures("migrated")
def test_models_that_ask_for_more_than_the_head_are_a_missing_revision(
    programs: Programs,
) -> None:
    (programs.folder / "changed.py").write_text(
        "from sqlalchemy import Column, Text\n"
        "from models import Base, Odds\n"
        "Odds.__table__.append_column(Column('weather', Text))\n",
        "utf-8",
    )
    project = (programs.folder / "pyproject.toml").read_text("utf-8")
    (programs.folder / "pyproject.toml").write_text(
        project + 'metadata = "changed:Base.metadata"\n', "utf-8"
    )
    outcome = programs.monps_db("check", "--format", "json", PYTHONPATH=str(programs.folder))
    assert outcome.code == 1
    assert [
        (finding["kind"], finding["code"], finding["path"])
        for finding in json.loads(outcome.out)["findings"]
    ] == [("missing revision", "column-missing", "public.odds.weather")]


@pytest.mark.usefixtures("migrated")
def test_models_that_cannot_be_compared_are_unverified_and_fail_only_when_strict(
    programs: Programs, own_history: Path
) -> None:
    head = own_history / "snapshots" / f"{HEAD}.json"
    recorded = snapshot_file.loads(head.read_text("utf-8"))
    other = "sha256:of something else"
    changed = replace(recorded, models=other, model_sources=other)
    head.write_text(snapshot_file.dumps(changed), "utf-8")
    nobody = {"DB_SCRATCH_URL": "postgresql://nobody@localhost:1/none"}
    outcome = programs.monps_db("check", **nobody)
    assert outcome.code == 0
    assert "unverified [operational] models-unverified" in outcome.out
    assert programs.monps_db("check", "--strict", **nobody).code == 1


def test_a_snapshot_that_was_changed_by_hand_is_tampering(
    programs: Programs, own_history: Path
) -> None:
    head = own_history / "snapshots" / f"{HEAD}.json"
    changed = head.read_text("utf-8").replace('"text"', '"bytea"', 1)
    head.write_text(changed, "utf-8")
    outcome = programs.monps_db("check")
    assert (outcome.code, outcome.out) == (4, "")
    assert "the snapshot was changed after it was recorded" in outcome.err


@pytest.fixture
def reader(migrated: Database) -> Iterator[dict[str, str]]:
    """A role that may connect, and nothing else."""
    name = "monps_reader"
    with administration(migrated.server) as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'reader'")
    ours = "public.alembic_version, public.monps_migration_ledger"
    execute(migrated, f"GRANT SELECT ON {ours} TO {name}")
    try:
        yield {"DB_USER": name, "DB_PASSWORD": "reader"}
    finally:
        execute(migrated, f"REVOKE ALL ON {ours} FROM {name}")
        with administration(migrated.server) as cursor:
            cursor.execute(f"DROP ROLE {name}")


def test_a_role_that_may_only_read_the_catalogs_is_enough(
    programs: Programs, reader: dict[str, str]
) -> None:
    assert programs.monps_db("check", **reader).code == 0


def test_a_version_that_may_not_be_read_is_unverified_and_the_closest_revision_is_compared(
    migrated: Database, programs: Programs, reader: dict[str, str]
) -> None:
    execute(migrated, "REVOKE ALL ON public.alembic_version FROM monps_reader")
    outcome = programs.monps_db("check", **reader)
    assert (outcome.code, outcome.err) == (0, "")
    assert "version-unreadable public.alembic_version" in outcome.out
    assert f"compared with {HEAD}, whose schema is closest" in outcome.out
    assert "pending" not in outcome.out
    execute(migrated, "DROP INDEX public.ix_odds_collected_at")
    assert programs.monps_db("check", **reader).code == 1
    assert "revision:  may not be read\n" in programs.monps_db("status", **reader).out


def test_an_older_schema_is_recognised_where_the_version_may_not_be_read(
    migrated: Database, programs: Programs, reader: dict[str, str]
) -> None:
    execute(migrated, "REVOKE ALL ON public.alembic_version FROM monps_reader")
    Alembic(migrated).downgrade("8e94b0f2d617")
    outcome = programs.monps_db("check", **reader)
    assert outcome.code == 3
    assert "compared with 8e94b0f2d617" in outcome.out
    assert outcome.out.endswith(f"pending: {ALL - 3}, unverified: 1\n")


def test_a_ledger_that_may_not_be_read_is_unverified(
    migrated: Database, programs: Programs, reader: dict[str, str]
) -> None:
    execute(migrated, "REVOKE ALL ON public.monps_migration_ledger FROM monps_reader")
    outcome = programs.monps_db("check", **reader)
    assert outcome.code == 0
    assert "unverified [operational] ledger-unreadable" in outcome.out


def test_a_schema_that_may_not_be_used_is_unverified_as_well(
    migrated: Database, programs: Programs, reader: dict[str, str]
) -> None:
    execute(migrated, "REVOKE USAGE ON SCHEMA public FROM PUBLIC")
    outcome = programs.monps_db("check", **reader)
    assert (outcome.code, outcome.err) == (0, "")
    assert "version-unreadable public.alembic_version" in outcome.out


def rewrite_ledger(database: Database, *changed: str) -> None:
    """Say that revisions were applied from other files; only a superuser can."""
    with closing(database.connect_superuser()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.monps_migration_ledger SET file_checksum = 'sha256:other'"
            " WHERE revision = ANY (%s)",
            [list(changed)],
        )
        connection.commit()


def test_a_revision_that_was_applied_from_another_file_is_tampering(
    migrated: Database, programs: Programs
) -> None:
    rewrite_ledger(migrated, HEAD)
    outcome = programs.monps_db("check")
    assert outcome.code == 4
    assert f"revision-applied-otherwise {HEAD}" in outcome.out
    assert outcome.out.endswith("tampered: 1\n")


def test_a_revision_that_was_applied_otherwise_and_undone_is_no_tampering(
    database: Database, programs: Programs
) -> None:
    Alembic(database).upgrade()
    Alembic(database).downgrade("8e94b0f2d617")
    rewrite_ledger(database, *revisions())
    by_code = json.loads(programs.monps_db("check", "--format", "json").out)["summary"]["by_code"]
    assert by_code == {"revision-applied-otherwise": 3, "revision-pending": ALL - 3}


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
    assert facts["pending"] == f"c1f6a83d9b05, 5b27e9c4f8a1, {HEAD}"
    assert facts["server"].startswith("PostgreSQL ")
    assert facts["pool"].startswith("5 connections, 10 in overflow")


@pytest.mark.usefixtures("migrated", "own_history")
def test_the_usual_check_imports_neither_the_models_nor_alembic(programs: Programs) -> None:
    imported = programs.monps_db("check", PYTHONPROFILEIMPORTTIME="1")
    assert imported.code == 0
    modules = {line.rpartition("|")[2].strip() for line in imported.err.splitlines()}
    assert "introspection.catalog" in modules
    assert modules.isdisjoint({"models", "alembic", "sqlalchemy.orm.mapper", "structlog"})
