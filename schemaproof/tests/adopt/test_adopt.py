"""After ``monps-db adopt``, upgrade and check succeed, and the check still finds later changes."""

import json
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from schemaproof.migrate.migrator_lock import RUN, SPACE
from schemaproof_testing.existing_databases import BASELINE, SMALL, WHOLE, entries, existing
from schemaproof_testing.migrators import lock_held, sessions, wait_for
from schemaproof_testing.project import ACCEPT, EXISTING_DATABASE, Programs
from schemaproof_testing.psql import dump
from schemaproof_testing.servers import Database

OF_MIGRATORS = f"locktype = 'advisory' AND granted AND (classid, objid) = ({SPACE}, {RUN})"


@pytest.fixture(params=[SMALL, WHOLE], ids=["small", "legacy"])
def programs(request: pytest.FixtureRequest, any_database: Database, tmp_path: Path) -> Programs:
    return existing(any_database, tmp_path, request.param)


@pytest.fixture
def small(database: Database, tmp_path: Path) -> Programs:
    return existing(database, tmp_path, SMALL)


@pytest.mark.slow
def test_after_it_the_upgrade_and_the_check_are_clean(programs: Programs) -> None:
    assert programs.monps_db("adopt").code == 0
    assert programs.alembic("upgrade", "head").code == 0
    outcome = programs.monps_db("check", "--strict")
    assert (outcome.code, "in sync" in outcome.out) == (0, True)
    assert f"accepted: {len(entries(programs))}" in outcome.out


@pytest.mark.slow
def test_it_writes_nothing_into_the_database_but_the_ledger(
    programs: Programs, any_database: Database
) -> None:
    before = dump(any_database)
    programs.monps_db("adopt")
    assert dump(any_database, without=("public.monps_migration_ledger",)) == before


@pytest.mark.slow
def test_on_the_upgraded_database_it_accepts_the_same(programs: Programs) -> None:
    programs.monps_db("adopt")
    before = entries(programs)
    programs.alembic("upgrade", "head")
    (programs.folder / BASELINE).unlink()
    assert programs.monps_db("adopt").code == 0
    assert entries(programs) == before


def test_the_reconstructed_database_has_the_known_figures(
    any_database: Database, tmp_path: Path
) -> None:
    programs = existing(any_database, tmp_path, WHOLE)
    outcome = programs.monps_db("adopt", "--format", "json")
    report = json.loads(outcome.out)
    assert report["revision"] == "abbc4f65c12b"
    assert [one["path"] for one in report["untouched"]] == ["public.tracking_clv_picks"]
    assert Counter(one["kind"] for one in report["foreign"]) == {"table": 8, "view": 1}
    assert report["elsewhere"] == [["public", 45]]  # These are 43 tables and 2 views.
    counts = Counter(entry["code"] for entry in entries(programs))
    picks = ("column-missing", "column-unexpected", "column-type", "column-nullability")
    assert [counts[code] for code in picks] == [13, 47, 7, 6]
    assert counts["check-renamed"] + counts["primary-key-renamed"] + counts["index-renamed"] == 1
    assert len(entries(programs)) == 93 + 9


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE public.tracking_clv_picks ADD COLUMN surprise integer",
        "ALTER TABLE public.tracking_clv_picks ALTER COLUMN home_team TYPE varchar",
        "CREATE TABLE quantum.surprise (id integer)",
        "CREATE VIEW quantum.surprise AS SELECT 1",
        "DROP TABLE public.odds",
        "ALTER TABLE quantum.team_quantum_dna DROP COLUMN tier",
    ],
)
def test_anything_new_is_reported(small: Programs, database: Database, change: str) -> None:
    small.monps_db("adopt")
    small.alembic("upgrade", "head")
    database.execute(change)
    assert small.monps_db("check").code == 1


@pytest.mark.slow
def test_drift_of_what_an_upgrade_created_is_not_accepted(
    small: Programs, database: Database
) -> None:
    small.alembic("upgrade", "head")
    database.execute("ALTER TABLE public.odds DROP COLUMN line CASCADE")
    assert small.monps_db("adopt").code == 0
    assert not [one for one in entries(small) if one["path"].startswith("public.odds")]
    assert small.monps_db("check").code == 1


@pytest.mark.slow
def test_a_table_that_came_after_a_downgrade_is_not_taken_for_ours(
    small: Programs, database: Database
) -> None:
    small.alembic("upgrade", "head")
    small.alembic(*ACCEPT, "downgrade", EXISTING_DATABASE)
    database.execute("CREATE TABLE public.odds AS SELECT 7 AS theirs")
    small.alembic("upgrade", "head")
    assert small.monps_db("adopt").code == 0
    assert [one for one in entries(small) if one["path"].startswith("public.odds")]
    assert small.monps_db("check").code == 0


@pytest.mark.slow
def test_a_table_that_would_stop_the_upgrade_is_named_and_nothing_is_written(
    small: Programs, database: Database
) -> None:
    database.execute("CREATE TABLE quantum.goalscorer_profiles (mine text)")
    outcome = small.monps_db("adopt")
    assert outcome.code == 1
    assert "to be moved before an upgrade: 1\n  quantum.goalscorer_profiles" in outcome.out
    assert not (small.folder / BASELINE).exists()
    assert small.alembic("upgrade", "head").code != 0


@pytest.mark.slow
def test_where_the_ledger_was_lost_nothing_that_its_revision_expects_is_in_the_way(
    small: Programs, database: Database
) -> None:
    small.alembic("upgrade", "head")
    database.execute("DROP TABLE public.monps_migration_ledger")
    outcome = small.monps_db("adopt").succeeded()
    assert "to be moved before an upgrade: 0\n" in outcome.out


@pytest.mark.slow
def test_reasons_that_stand_in_the_file_are_kept(small: Programs) -> None:
    small.monps_db("adopt", "--reason", "the picks stay until 2027")
    before = entries(small)
    assert {entry["reason"] for entry in before} == {"the picks stay until 2027"}
    small.monps_db("adopt")
    assert entries(small) == before


@pytest.mark.slow
def test_a_dry_run_writes_no_file(small: Programs) -> None:
    assert small.monps_db("adopt", "--dry-run").code == 0
    assert not (small.folder / BASELINE).exists()


@pytest.mark.slow
def test_without_a_baseline_in_the_configuration_it_says_how_to_name_one(small: Programs) -> None:
    configuration = small.folder / "pyproject.toml"
    text = configuration.read_text("utf-8")
    configuration.write_text(text.replace(f'baseline = "{BASELINE}"\n', ""), "utf-8")
    outcome = small.monps_db("adopt")
    assert f'[tool.schemaproof] baseline = "{BASELINE}"' in outcome.out
    small.alembic("upgrade", "head")
    assert small.monps_db("check").code == 1
    assert small.monps_db("check", "--baseline", BASELINE).code == 0


@pytest.mark.slow
def test_a_database_of_another_history_is_refused(small: Programs, database: Database) -> None:
    database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    outcome = small.monps_db("adopt")
    assert outcome.code == 6
    assert "ffffffffffff, which is not a revision of this history" in outcome.err


@pytest.mark.slow
def test_a_version_table_of_several_rows_is_refused(small: Programs, database: Database) -> None:
    database.execute("INSERT INTO alembic_version VALUES ('3d5a71c08e42')")
    outcome = small.monps_db("adopt")
    assert (outcome.code, (small.folder / BASELINE).exists()) == (6, False)
    assert "alembic_version says 3d5a71c08e42, abbc4f65c12b" in outcome.err


@pytest.mark.slow
def test_while_a_migrator_is_at_work_nothing_is_adopted(
    small: Programs, database: Database
) -> None:
    with lock_held(database):
        outcome = small.monps_db("adopt")
    assert (outcome.code, (small.folder / BASELINE).exists()) == (6, False)
    assert outcome.err.startswith("monps-db: another migrator is at work: pid ")


@pytest.mark.slow
def test_what_is_recorded_is_looked_at_under_the_migrators_lock(
    small: Programs, database: Database
) -> None:
    with closing(database.connect()) as connection:
        connection.cursor().execute("LOCK TABLE public.alembic_version IN ACCESS EXCLUSIVE MODE")
        process = small.start("monps-db", "adopt", stdout=None, stderr=None)
        wait_for(lambda: bool(sessions(database, "wait_event_type = 'Lock'")))
        holding = f"pid IN (SELECT pid FROM pg_locks WHERE {OF_MIGRATORS})"
        holders = sessions(database, f"{holding} AND wait_event_type = 'Lock'")
        connection.rollback()
        assert process.wait(timeout=120) == 0
    assert len(holders) == 1


@pytest.mark.slow
def test_an_empty_database_has_nothing_to_accept(database: Database, tmp_path: Path) -> None:
    programs = existing(database, tmp_path, Path("/dev/null"))
    outcome = programs.monps_db("adopt")
    assert "baseline: 0 differences" in outcome.out
    assert " adopt base " in programs.monps_db("history").out
    programs.alembic("upgrade", "head")
    assert programs.monps_db("check").code == 0
