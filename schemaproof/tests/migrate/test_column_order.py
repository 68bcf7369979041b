"""Columns in another order than after the last step: found, reported, refused by the gate."""

import pytest

from schemaproof.errors import MigrationRefusedError
from schemaproof_testing.gate_runs import allowing
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Alembic, Programs
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import USER, Database

PICK = (
    'op.execute("CREATE TABLE public.pick (id int, home text, gone int, away text);'
    ' CREATE TABLE public.twice (two int GENERATED ALWAYS AS (one * 2) STORED, one int)")'
)
LESS = 'op.execute("ALTER TABLE public.pick DROP COLUMN gone")'
NOTHING = 'op.execute("SELECT 1")'
SWAPPED = """
ALTER TABLE public.pick RENAME home TO mine;
ALTER TABLE public.pick RENAME away TO home;
ALTER TABLE public.pick RENAME mine TO away;
"""
ANEW = "ALTER TABLE public.pick DROP COLUMN home; ALTER TABLE public.pick ADD COLUMN home text;"


def add(project: OwnProject, *upgrades: str) -> None:
    for upgrade in upgrades:
        project.add(upgrade)
    project.record()


@pytest.fixture
def project(own_project: OwnProject, database: Database) -> OwnProject:
    """A database at r2 of three revisions."""
    add(own_project, PICK, LESS, NOTHING)
    own_project.upgrade(database, "r2")
    return own_project


@pytest.fixture
def programs(own_project: OwnProject, database: Database) -> Programs:
    superuser = database.superuser_url.render_as_string(hide_password=False)
    return Programs(own_project.folder, {**database.environ(), "DB_SCRATCH_URL": superuser})


def drift(programs: Programs) -> list[str]:
    """Return the differences from the revision; the project has no models."""
    lines = programs.monps_db("check").out.splitlines()
    return [line for line in lines if line.startswith("drift")]


def order(programs: Programs) -> list[str]:
    return [line for line in drift(programs) if "column-order" in line]


@pytest.mark.parametrize(
    ("statement", "columns", "reason"),
    [
        (SWAPPED, ["home", "away"], "its name was swapped"),
        (ANEW, ["home"], "dropped and created again"),
    ],
)
def test_what_only_the_numbers_of_columns_tell_is_found_and_refuses_the_next_migration(
    project: OwnProject,
    database: Database,
    programs: Programs,
    statement: str,
    columns: list[str],
    reason: str,
) -> None:
    database.superuser.execute(statement)
    outcome = programs.monps_db("check")
    assert outcome.code == 1
    for column in columns:
        assert f"column-order public.pick.{column}" in " ".join(outcome.out.split())
    assert reason in " ".join(outcome.out.split())
    with pytest.raises(MigrationRefusedError, match=r"column-order public\.pick\.home .*" + reason):
        project.upgrade(database)


def test_what_was_let_pass_is_said_until_somebody_accepts_it(
    project: OwnProject, database: Database, programs: Programs
) -> None:
    database.superuser.execute(SWAPPED)
    project.upgrade(database, **allowing("drift", "the night shift knows"))
    assert order(programs)
    project.stamp(database, "r2")
    assert order(programs) == []


def test_what_a_revision_drops_and_adds_again_is_its_own(
    project: OwnProject, database: Database, programs: Programs
) -> None:
    add(project, f'op.execute("{ANEW}")')
    project.upgrade(database)
    assert drift(programs) == []
    project.downgrade(database, "r3")
    assert drift(programs) == []


def test_what_was_let_pass_is_settled_by_a_revision_that_makes_the_column_anew(
    project: OwnProject, database: Database, programs: Programs
) -> None:
    database.superuser.execute(SWAPPED)
    add(project, f'op.execute("{ANEW}")')
    project.upgrade(database, **allowing("drift", "r4 makes it anew"))
    assert drift(programs) == []


def test_so_it_is_within_an_autocommit_block(
    project: OwnProject, database: Database, programs: Programs
) -> None:
    add(project, f'with op.get_context().autocommit_block(): op.execute("{ANEW}")')
    project.upgrade(database)
    assert drift(programs) == []


def test_the_script_swaps_the_names_back_and_what_was_made_anew_is_not_repaired(
    project: OwnProject, database: Database, programs: Programs
) -> None:
    add(
        project,
        'op.execute("CREATE INDEX ix ON public.pick (home); ALTER TABLE public.pick ALTER home'
        " TYPE int USING 1, ALTER away TYPE int USING 2, ALTER home SET NOT NULL, ALTER home ADD"
        ' GENERATED ALWAYS AS IDENTITY")',
    )
    project.upgrade(database)
    database.superuser.execute(SWAPPED)
    assert order(programs)
    run_script(database, programs.monps_db("check", "--sql", "--destructive").out)
    assert drift(programs) == []
    database.superuser.execute(
        "ALTER TABLE public.pick DROP COLUMN away; ALTER TABLE public.pick ADD COLUMN away int",
    )
    assert "There is no drift to repair" in programs.monps_db("check", "--sql").out


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE public.pick ADD COLUMN mine int; ALTER TABLE public.pick DROP COLUMN mine",
        (
            "CREATE TABLE public.copy AS TABLE public.pick; DROP TABLE public.pick;"
            " ALTER TABLE public.copy RENAME TO pick"
        ),
        (
            "ALTER TABLE public.twice DROP COLUMN two,"
            " ADD COLUMN two int GENERATED ALWAYS AS (one * 2) STORED"
        ),
        "UPDATE public.monps_migration_ledger SET column_numbers = NULL;" + SWAPPED,
        (
            "CREATE TABLE public.parent (home text, id int); CREATE TABLE public.child (away text,"
            " id int, home text) INHERITS (public.parent); DROP TABLE public.pick;"
            " ALTER TABLE public.child RENAME TO pick"
        ),
    ],
    ids=["added and dropped", "restored", "generated", "no record", "child"],
)
@pytest.mark.usefixtures("project")
def test_no_other_order_is_said(database: Database, programs: Programs, statement: str) -> None:
    database.superuser.execute(statement)
    assert order(programs) == []


@pytest.mark.usefixtures("project")
def test_a_role_that_may_not_read_the_ledger_hears_of_the_ledger_alone(
    database: Database, programs: Programs
) -> None:
    database.superuser.execute(SWAPPED + f"REVOKE ALL ON public.monps_migration_ledger FROM {USER}")
    out = programs.monps_db("check").out
    assert ("ledger-unreadable" in out, "column-order" in out) == (True, False)


def test_what_a_script_did_is_recorded_by_the_script(database: Database) -> None:
    alembic = Alembic(database)
    alembic.print_sql("head")
    run_script(database, alembic.printed)
    database.superuser.execute(
        "ALTER TABLE public.odds RENAME home_team TO x;"
        "ALTER TABLE public.odds RENAME away_team TO home_team;"
        "ALTER TABLE public.odds RENAME x TO away_team",
    )
    with pytest.raises(MigrationRefusedError, match=r"column-order public\.odds\.home_team"):
        alembic.downgrade("base")


def test_an_older_ledger_has_no_record_until_the_next_step(
    project: OwnProject, database: Database, programs: Programs
) -> None:
    database.superuser.execute(
        "ALTER TABLE public.monps_migration_ledger DROP COLUMN column_numbers,"
        f" DROP COLUMN sqlstate; {SWAPPED}",
    )
    assert order(programs) == []
    project.upgrade(database)
    assert order(programs) == []
    database.superuser.execute(SWAPPED)
    assert order(programs)
