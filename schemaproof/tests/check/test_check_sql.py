"""``monps-db check --sql`` prints a script for psql that removes all drift."""

from collections.abc import Callable
from contextlib import closing

import pytest

from schemaproof_testing.project import Programs
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

HARMLESS = "DROP INDEX public.ix_odds_collected_at; COMMENT ON TABLE public.odds IS 'a \\ b''s'"
HARMFUL = "ALTER TABLE public.odds ADD COLUMN mood text, ALTER league TYPE text"


@pytest.fixture
def execute(migrated: Database) -> Callable[[str], None]:
    def run(statement: str) -> None:
        migrated.execute(statement)

    return run


def has_column(database: Database, name: str) -> bool:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_attribute WHERE attrelid = 'odds'::regclass AND attname = %s"
            " AND NOT attisdropped",
            [name],
        )
        return bool(cursor.rowcount == 1)


def test_the_script_repairs_what_cannot_lose_data(
    migrated: Database, programs: Programs, execute: Callable[[str], None]
) -> None:
    execute(HARMLESS)
    script = programs.monps_db("check", "--sql")
    assert script.code == 1
    run_script(migrated, script.out)
    assert programs.monps_db("check").code == 0


def test_what_can_lose_data_is_commented_out_unless_asked_for(
    migrated: Database, programs: Programs, execute: Callable[[str], None]
) -> None:
    execute(HARMFUL)
    run_script(migrated, programs.monps_db("check", "--sql").out)
    assert has_column(migrated, "mood")
    run_script(migrated, programs.monps_db("check", "--sql", "--destructive").out)
    assert not has_column(migrated, "mood")
    assert programs.monps_db("check").code == 0


def test_what_no_model_knows_is_never_dropped(
    migrated: Database, programs: Programs, execute: Callable[[str], None]
) -> None:
    execute("CREATE TABLE quantum.theirs AS SELECT 1 AS one")
    script = programs.monps_db("check", "--sql", "--destructive").out
    assert '-- DROP TABLE "quantum"."theirs";' in script
    run_script(migrated, script)
    assert "unmodelled: 1" in programs.monps_db("check").out


def test_what_the_baseline_accepts_is_left_alone(
    migrated: Database, programs: Programs, execute: Callable[[str], None]
) -> None:
    execute(HARMFUL)
    programs.monps_db("check", "--baseline", "a.toml", "--update-baseline")
    script = programs.monps_db("check", "--baseline", "a.toml", "--sql", "--destructive")
    assert script.out == "-- There is no drift to repair.\n"
    assert has_column(migrated, "mood")


@pytest.mark.usefixtures("migrated")
def test_without_drift_there_is_nothing_to_run(programs: Programs) -> None:
    script = programs.monps_db("check", "--sql")
    assert (script.code, script.out) == (0, "-- There is no drift to repair.\n")
