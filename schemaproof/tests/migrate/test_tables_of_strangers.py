"""A role that may create in public makes our tables, before a check or right after it."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from schemaproof.connection.diagnostics import read_sqlstate
from schemaproof.connection.own_settings import ours, theirs
from schemaproof.errors import TamperedHistoryError
from schemaproof.lint import linting
from schemaproof.migrate import ledger_writer
from schemaproof.roles.roles import Roles, script
from schemaproof_testing import own_project as own_projects
from schemaproof_testing import strangers
from schemaproof_testing.lint_revisions import linted, revision
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import PROJECT, Alembic, unpooled_engine
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database
from schemaproof_testing.strangers import (
    PLANTED,
    TABLE,
    VERSION,
    Mallory,
    said_so,
    superuser_database,
)

mallory = strangers.mallory
own_project = own_projects.own_project

PICKS: Final = "public.tracking_clv_picks"
PLANTED_PICKS: Final = {
    "view": f"CREATE VIEW {PICKS} AS SELECT 1 AS id, 'x' AS pick_id WHERE public.evil()",
    "trigger": f"CREATE TABLE {PICKS} (id int GENERATED ALWAYS AS IDENTITY, pick_id text);"
    f"CREATE TRIGGER evil BEFORE INSERT ON {PICKS} FOR EACH ROW"
    " EXECUTE FUNCTION public.evil_trigger()",
}
COMMANDS: Final = (
    ("show", "picks"),
    ("show", "teams"),
    ("report", "clv"),
    ("load", "quantum-adn", "."),
    ("import-legacy",),
)


def run_on(database: Database, printed: str) -> str:
    """Run a script by psql with its default of continuing after an error."""
    done = subprocess.run(
        [database.server.binaries.psql, "--quiet", "--no-psqlrc"],
        input=printed,
        env=database.libpq_environ(),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stderr


def asked_names(database: Database, question: str) -> list[str]:
    return [name for (name,) in database.superuser.query(question)]


@pytest.mark.slow
@pytest.mark.parametrize("what", PLANTED_PICKS)
def test_no_command_touches_rows_where_a_table_of_the_models_is_a_stranger_s(
    mallory: Mallory, what: str
) -> None:
    Alembic(mallory.database).upgrade()
    run_script(superuser_database(mallory.database), f"DROP TABLE {PICKS}")
    mallory.does(PLANTED_PICKS[what])
    for given in COMMANDS:
        outcome = mallory.programs.monps_db(*given)
        assert (outcome.code, outcome.out) == (4, ""), (given, outcome.text)
        assert f"{PICKS} ({mallory.name})" in outcome.err
    assert not mallory.is_superuser()


def test_a_ledger_that_is_made_after_the_look_is_not_altered(mallory: Mallory) -> None:
    database = superuser_database(mallory.database)
    with unpooled_engine(database) as engine, engine.connect() as connection, ours(connection):
        before(connection, "DO $$", lambda: mallory.does(PLANTED["trigger"][0](TABLE)))
        with pytest.raises(TamperedHistoryError, match="somebody has just created it"):
            ledger_writer.prepare(connection, PROJECT.scope)
        connection.rollback()
    altered = (
        "SELECT conname FROM pg_constraint WHERE conname = 'ck_monps_migration_ledger_outcome'"
    )
    assert asked_names(mallory.database, altered) == []
    assert not mallory.is_superuser()


def test_a_ledger_that_is_changed_after_the_look_is_not_altered(database: Database) -> None:
    """The ledger is locked and then checked again."""
    with unpooled_engine(superuser_database(database)) as engine, engine.connect() as connection:
        with ours(connection), connection.begin():
            ledger_writer.prepare(connection, PROJECT.scope)
        trigger = (
            "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
            f"CREATE TRIGGER t BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION public.f()"
        )
        with ours(connection):
            before(connection, "LOCK", lambda: run_script(superuser_database(database), trigger))
            with pytest.raises(TamperedHistoryError, match="it has the trigger t"):
                ledger_writer.prepare(connection, PROJECT.scope)
            connection.rollback()


def before(connection: Any, beginning: str, act: Callable[[], None]) -> None:
    waiting = [act]

    @event.listens_for(connection, "before_cursor_execute")
    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if beginning in statement and waiting:
            waiting.pop()()


@pytest.mark.slow
@pytest.mark.parametrize(("table", "what"), [(TABLE, "trigger"), (VERSION, "view")])
def test_a_script_that_goes_on_after_an_error_does_nothing(
    mallory: Mallory, table: str, what: str
) -> None:
    mallory.does(PLANTED[what][0](table))
    database = superuser_database(mallory.database)
    printed = run_on(database, mallory.programs.monps_db("upgrade", "--sql").out)
    assert said_so(printed) or "already exists" in printed
    roles = Roles(mallory.name.replace("mallory", "roles"))
    assert said_so(run_on(database, script(PROJECT, roles)))
    made = (
        "SELECT nspname FROM pg_namespace WHERE nspname = 'quantum' UNION ALL"
        f" SELECT rolname FROM pg_roles WHERE rolname LIKE '{roles.prefix}%'"
    )
    assert asked_names(mallory.database, made) == []
    assert not mallory.is_superuser()


IN_AUTOCOMMIT: Final = """op.execute("CREATE TABLE first_half (id int)")
    with op.get_context().autocommit_block():
        op.execute("CREATE TABLE outside (id int)")
    op.execute("CREATE TABLE second_half (id int)")"""


@pytest.mark.parametrize("at_home", ["r1", None])
def test_what_stands_outside_of_transactions_waits_for_what_comes_before_it(
    own_project: OwnProject, database: Database, at_home: str | None
) -> None:
    own_project.add('op.execute("CREATE TABLE a (id int)")')
    own_project.add(IN_AUTOCOMMIT)
    own_project.record()
    if at_home:
        own_project.upgrade(database, at_home)
    config = Config(own_project.ini)
    config.output_buffer = io.StringIO()
    command.upgrade(config, "r1:r2", sql=True)
    printed = run_on(database, config.output_buffer.getvalue())
    names = ["first_half", "outside", "second_half"]
    found = asked_names(database, "SELECT relname FROM pg_class WHERE relname ~ 'half|outside'")
    assert sorted(found) == (names if at_home else []), printed


def test_a_revision_that_names_a_table_of_a_stranger_is_refused(
    mallory: Mallory, tmp_path: Path
) -> None:
    mallory.does("CREATE TABLE public.theirs (id int)")
    (tmp_path / "linted").mkdir()
    revision(tmp_path / "linted", 'op.execute("UPDATE theirs SET id = 1")')
    with (
        unpooled_engine(superuser_database(mallory.database)) as engine,
        engine.connect() as connection,
    ):
        found = linting.unsafe(
            connection, [linted(tmp_path / "linted")], PROJECT.scope, PROJECT.lint_options
        )
    printed = [(one.rule, one.message) for one in found if one.rule == "table-of-stranger"]
    assert printed == [("table-of-stranger", f"theirs belongs to {mallory.name}")]


def test_no_view_is_executed_by_a_statement_of_ours(any_database: Database) -> None:
    with unpooled_engine(any_database) as engine, engine.connect() as connection:
        connection.exec_driver_sql("CREATE VIEW public.v AS SELECT 1 AS a")
        connection.commit()
        with ours(connection), connection.begin():
            with theirs(connection):
                connection.exec_driver_sql("SELECT a FROM public.v")
            with pytest.raises(DBAPIError) as refused:
                connection.exec_driver_sql("SELECT a FROM public.v")
        assert read_sqlstate(refused.value) == "55000"
        connection.exec_driver_sql("SELECT a FROM public.v")
