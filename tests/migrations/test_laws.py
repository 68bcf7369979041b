"""Rules for the history, verified with our own catalog reader on every supported major version."""

import ast
from pathlib import Path

import psycopg2
import pytest
from click.testing import CliRunner

from cli.main import group
from core.target import TARGET
from schemaproof.compare import compare
from schemaproof.history import record, replay
from schemaproof.history.history import read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof_testing.catalogs import contents
from schemaproof_testing.project import PROJECT, Alembic, history, revisions
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database

VERSIONS = sorted((PROJECT.script_location / "versions").glob("*.py"))


def test_the_first_revision_is_the_one_that_the_existing_database_says_it_is_at() -> None:
    assert revisions()[0] == "abbc4f65c12b"


@pytest.mark.slow
def test_every_revision_undone_and_applied_again_leaves_the_same_catalogs(
    any_database: Database,
) -> None:
    alembic = Alembic(any_database)
    before = contents(any_database)
    for revision in revisions():
        alembic.upgrade(revision)
        after = contents(any_database)
        alembic.downgrade("-1")
        assert contents(any_database) == before, f"downgrade of {revision}"
        alembic.upgrade(revision)
        assert contents(any_database) == after, f"second upgrade to {revision}"
        before = after


@pytest.mark.slow
def test_the_whole_history_can_be_undone_and_applied_again(any_database: Database) -> None:
    alembic = Alembic(any_database)
    empty = contents(any_database)
    alembic.upgrade()
    full = contents(any_database)
    alembic.downgrade("base")
    assert contents(any_database) == empty
    alembic.upgrade()
    assert contents(any_database) == full


@pytest.mark.slow
def test_replaying_the_revisions_gives_what_is_recorded(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "DB_SCRATCH_URL", any_database.superuser_url.render_as_string(hide_password=False)
    )
    with ProjectProbe(PROJECT) as probe:
        replayed = replay.replayed(probe, read_revisions(PROJECT))
    recorded = {revision.id: revision.recorded for revision in history().revisions.values()}
    assert list(replayed) == list(recorded)
    assert not [one for one in recorded if record.contradicts(recorded[one], replayed[one])]


@pytest.mark.slow
def test_the_models_ask_for_exactly_what_the_head_produces(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    [recorded] = history().recorded_heads
    monkeypatch.setenv(
        "DB_SCRATCH_URL", any_database.superuser_url.render_as_string(hide_password=False)
    )
    with ProjectProbe(PROJECT) as probe:
        declared = record.declared(probe, recorded.snapshot)
    assert declared.refused == ()
    comparison = compare(declared.snapshot, recorded.snapshot)
    assert comparison.differences == ()
    assert comparison.objects > 250


@pytest.mark.slow
def test_the_printed_script_builds_what_the_upgrade_builds(any_database: Database) -> None:
    upgraded = Alembic(any_database)
    upgraded.print_sql("head")
    run_script(any_database, upgraded.printed)
    by_script = contents(any_database)
    upgraded.downgrade("base")
    upgraded.upgrade()
    assert by_script == contents(any_database)


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_revision_imports_alembic_and_sqlalchemy_only(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= {"__future__", "alembic", "sqlalchemy"}


def test_the_file_names_sort_in_the_order_of_the_history() -> None:
    assert [path.stem.split("_")[4] for path in VERSIONS] == revisions()


def test_every_foreign_key_is_indexed(any_database: Database) -> None:
    Alembic(any_database).upgrade()
    with any_database.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conname
            FROM pg_constraint AS con
            WHERE contype = 'f' AND NOT EXISTS (
                SELECT FROM pg_index AS i
                WHERE i.indrelid = con.conrelid
                    AND i.indpred IS NULL
                    AND (i.indkey::int2[])[0:cardinality(con.conkey) - 1] = con.conkey
            )
            """
        )
        assert cursor.fetchall() == []
    connection.close()


def test_a_table_in_the_way_stops_the_upgrade_and_is_not_touched(database: Database) -> None:
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA quantum")
        cursor.execute("CREATE TABLE quantum.goalscorer_profiles (mine text)")
        cursor.execute("INSERT INTO quantum.goalscorer_profiles VALUES ('kept')")
    connection.commit()
    connection.close()
    before = contents(database)
    with pytest.raises(Exception, match="goalscorer_profiles") as refusal:
        Alembic(database).upgrade()
    assert isinstance(refusal.value.__cause__, psycopg2.errors.DuplicateTable)
    assert contents(database) == before


def test_the_linter_has_nothing_to_say() -> None:
    outcome = CliRunner().invoke(group, ["lint", "--offline", "--strict"], obj=TARGET)
    assert outcome.output == f"{len(revisions())} revisions, no problem found\n"
    assert outcome.exit_code == 0
