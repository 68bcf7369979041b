"""Alembic's own commands, from the command line."""

from contextlib import closing

import pytest

from schemaproof_testing.project import ACCEPT, ROOT, Alembic, Programs, revisions
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database

HEAD = revisions()[-1]


def current(programs: Programs) -> str:
    return programs.alembic("current").out.strip()


def test_upgrade_prints_a_line_about_the_state_after_each_revision(programs: Programs) -> None:
    outcome = programs.alembic("upgrade", "head")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert len(lines) == len(revisions())
    assert all(line.startswith("in sync: ") for line in lines)
    # The log does not mention that the SQL was printed and looked at before.
    assert outcome.err.count("Running upgrade") == len(lines)
    assert "static SQL" not in outcome.err


def test_relative_upgrades_and_downgrades_move_by_one(programs: Programs) -> None:
    seen = []
    for step in (["upgrade", "+1"], ["upgrade", "+1"], ["downgrade", "-1"]):
        assert programs.alembic("-x", "accept-data-loss=true", *step).code == 0
        seen.append(current(programs))
    assert seen == ["abbc4f65c12b", "3d5a71c08e42", "abbc4f65c12b"]


def test_stamp_moves_the_marker_alone_and_says_what_is_missing(
    database: Database, programs: Programs
) -> None:
    outcome = programs.alembic("stamp", "head").succeeded()
    assert "table-missing public.odds" in outcome.out
    assert current(programs) == f"{HEAD} (head)"
    assert database.query("SELECT to_regclass('public.odds')")[0] == (None,)


@pytest.mark.usefixtures("migrated")
def test_upgrade_at_head_does_nothing(programs: Programs) -> None:
    outcome = programs.alembic("upgrade", "head")
    assert (outcome.code, outcome.out) == (0, "")


def test_check_compares_the_models_with_the_history_and_not_with_the_target(
    programs: Programs,
) -> None:
    # The target is empty. Compared with it, every table would be a new upgrade operation.
    outcome = programs.alembic("check").succeeded()
    assert outcome.out == "No new upgrade operations detected.\n"


def test_history_and_heads_need_no_database(programs: Programs) -> None:
    nowhere = {"DB_HOST": "/nowhere"}
    assert programs.alembic("heads", **nowhere).out == f"{HEAD} (head)\n"
    assert len(programs.alembic("history", **nowhere).out.splitlines()) == len(revisions())


def test_the_printed_script_is_plain_sql_that_psql_runs(
    database: Database, programs: Programs
) -> None:
    script = programs.alembic("upgrade", "head", "--sql", DB_HOST="/nowhere").succeeded()
    assert "%%" not in script.out
    run_script(database, script.out)
    assert programs.monps_db("check").code == 0
    # A downgrade can undo the script, because the script has written the ledger, too.
    Alembic(database).downgrade("base")
    assert database.query("SELECT to_regclass('public.odds'), to_regnamespace('quantum')")[0] == (
        None,
        None,
    )


def test_alembic_works_from_any_folder(programs: Programs) -> None:
    assert programs.folder != ROOT
    assert programs.alembic("upgrade", "head").code == 0


def test_migrations_run_with_their_own_time_outs(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE quantum.team_quantum_dna")
        limits = {"MIGRATION_LOCK_TIMEOUT": "100ms", "MIGRATION_LOCK_ATTEMPTS": "2"}
        outcome = programs.alembic("upgrade", "head", **limits)
    assert outcome.code != 0
    assert "FAILED: canceling statement due to lock timeout, 2 times; blocked by" in outcome.out
    assert "MIGRATION_LOCK_TIMEOUT" in outcome.out


def test_revisions_before_the_one_that_fails_are_kept(
    database: Database, programs: Programs
) -> None:
    database.execute("CREATE SCHEMA quantum; CREATE TABLE quantum.team_quantum_dna ()")
    assert programs.alembic("upgrade", "head").code != 0
    assert current(programs) == "abbc4f65c12b"


@pytest.mark.usefixtures("migrated")
def test_at_the_base_there_is_nothing_to_be_in_sync_with(programs: Programs) -> None:
    last = programs.alembic(*ACCEPT, "downgrade", "base").out.splitlines()[-1]
    assert last == "at base: no object of the project is left to compare"
