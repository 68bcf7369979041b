"""The ledger has a row for each migration step if and only if the step was committed."""

import io
import subprocess
from contextlib import closing
from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from schemaproof.history.revision_files import file_checksum
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.project import ROOT, Alembic, revisions, script_directory, unpooled_engine
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import USER, Database


def created(database: Database, revision: str) -> list[str]:
    found: list[str] = database.query(
        "SELECT objects_created FROM public.monps_migration_ledger WHERE revision = %s", [revision]
    )[-1][0]
    return found


def test_every_step_has_a_row(database: Database) -> None:
    alembic = Alembic(database)
    alembic.upgrade()
    alembic.downgrade("-1")
    alembic.stamp("head")
    assert rows(database) == [
        *((revision, "upgrade") for revision in revisions()),
        (revisions()[-1], "downgrade"),
        (revisions()[-1], "stamp"),
    ]


def test_a_row_says_who_how_long_and_from_which_file(database: Database) -> None:
    Alembic(database).upgrade("abbc4f65c12b")
    [(role, duration, checksum)] = rows(database, "role, duration, file_checksum")
    file = script_directory().get_revision("abbc4f65c12b").path
    with open(file, "rb") as content:  # noqa: PTH123
        assert checksum == file_checksum(content.read())
    assert role == USER
    assert timedelta() < duration < timedelta(minutes=1)


def test_it_survives_a_downgrade_to_the_base(any_database: Database) -> None:
    alembic = Alembic(any_database)
    alembic.upgrade()
    alembic.downgrade("base")
    assert len(rows(any_database)) == 2 * len(revisions())


def test_it_names_what_a_revision_created(any_database: Database) -> None:
    Alembic(any_database).upgrade()
    assert created(any_database, "5b27e9c4f8a1") == [
        "index quantum.ix_team_quantum_dna_context_dna",
        "index quantum.ix_team_quantum_dna_market_dna",
        "index quantum.ix_team_quantum_dna_nemesis_dna",
    ]
    assert "schema quantum" in created(any_database, "3d5a71c08e42")
    assert "table quantum.team_quantum_dna" in created(any_database, "3d5a71c08e42")


def test_what_a_revision_only_altered_is_not_named(any_database: Database) -> None:
    Alembic(any_database).upgrade()
    assert created(any_database, "c1f6a83d9b05") == []


def test_what_was_there_before_is_not_named(any_database: Database) -> None:
    any_database.execute("CREATE SCHEMA quantum; CREATE TABLE public.odds (theirs text)")
    Alembic(any_database).upgrade()
    assert "schema quantum" not in created(any_database, "3d5a71c08e42")
    assert "table public.odds" not in created(any_database, "8e94b0f2d617")
    assert "table public.tracking_clv_picks" in created(any_database, "8e94b0f2d617")


def test_creation_is_also_seen_from_within_a_savepoint(any_database: Database) -> None:
    with unpooled_engine(any_database) as engine, engine.begin() as outer:
        config = Config(ROOT / "alembic.ini")
        config.attributes["connection"] = outer
        with outer.begin_nested():
            command.upgrade(config, "head")
        found = outer.scalar(
            text(
                "SELECT objects_created FROM public.monps_migration_ledger"
                " WHERE revision = '8e94b0f2d617'"
            )
        )
    assert "table public.odds" in found


def test_a_revision_that_fails_is_recorded_as_a_failed_attempt(database: Database) -> None:
    database.execute("CREATE SCHEMA quantum; CREATE TABLE quantum.team_quantum_dna ()")
    with pytest.raises(Exception, match="team_quantum_dna"):
        Alembic(database).upgrade()
    assert rows(database, "revision, outcome, error") == [
        ("abbc4f65c12b", "done", None),
        ("3d5a71c08e42", "failed", 'relation "team_quantum_dna" already exists'),
    ]


@pytest.mark.slow
def test_an_existing_odds_table_survives_everything(database: Database) -> None:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.odds AS SELECT 7 AS theirs")
        connection.commit()
        alembic = Alembic(database)
        alembic.upgrade()
        alembic.downgrade("base")
        alembic.upgrade()
        alembic.stamp("base")
        alembic.stamp("head")
        alembic.downgrade("base")
        cursor.execute("SELECT theirs FROM public.odds")
        assert cursor.fetchall() == [(7,)]


@pytest.mark.slow
def test_an_odds_table_made_after_a_downgrade_is_not_taken_for_ours(database: Database) -> None:
    alembic = Alembic(database)
    alembic.upgrade()
    alembic.downgrade("abbc4f65c12b")
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.odds AS SELECT 7 AS theirs")
        connection.commit()
        alembic.upgrade()
        alembic.downgrade("abbc4f65c12b")
        cursor.execute("SELECT theirs FROM public.odds")
        assert cursor.fetchall() == [(7,)]


def printed_downgrade(database: Database) -> str:
    """The script (``--sql``) of a downgrade to the revision of the existing database."""
    output = io.StringIO()
    config = Config(ROOT / "alembic.ini", stdout=output, output_buffer=output)
    command.downgrade(config, f"{revisions()[-1]}:abbc4f65c12b", sql=True)
    assert database.name not in output.getvalue()
    return output.getvalue()


def test_the_script_of_a_downgrade_undoes_what_an_upgrade_did(any_database: Database) -> None:
    Alembic(any_database).upgrade()
    run_script(any_database, printed_downgrade(any_database))
    assert rows(any_database)[-1] == ("3d5a71c08e42", "downgrade")


def test_the_script_of_a_downgrade_does_what_one_before_has_failed_at(
    any_database: Database,
) -> None:
    Alembic(any_database).upgrade()
    any_database.execute(
        "INSERT INTO public.monps_migration_ledger"
        " (revision, direction, duration, outcome, objects_created)"
        " SELECT revision, 'downgrade', '0', 'failed', objects_created"
        " FROM public.monps_migration_ledger"
    )
    run_script(any_database, printed_downgrade(any_database))
    assert rows(any_database)[-1] == ("3d5a71c08e42", "downgrade")


def test_the_script_of_a_downgrade_fails_where_no_upgrade_was_recorded(
    any_database: Database,
) -> None:
    Alembic(any_database).upgrade()
    any_database.superuser.execute("TRUNCATE public.monps_migration_ledger")
    with pytest.raises(subprocess.CalledProcessError) as failure:
        run_script(any_database, printed_downgrade(any_database))
    assert "was not applied here by an upgrade" in failure.value.stderr
    assert rows(any_database) == []
    assert any_database.query(
        "SELECT to_regclass('quantum.ix_team_quantum_dna_market_dna') IS NULL"
    )[0] == (False,)
