"""A change made by hand becomes a revision, so that models, history and database agree again."""

import re
from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing import audits
from schemaproof_testing.audits import does, recorded, superuser
from schemaproof_testing.other_project import FIRST, OtherProject, make_project
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database
from schemaproof_testing.strangers import superuser_database

pytestmark = pytest.mark.slow

MODEL: Final = "    name: Mapped[str] = mapped_column(String(100), unique=True)\n"


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OtherProject:
    """A project of one table, migrated by its own env.py, with the audit installed."""
    project = make_project(tmp_path, superuser_database(database))
    project.revision("r1", None, FIRST)
    run(project, "snapshot")
    project.alembic("upgrade", "head")
    audits.install(database)
    return project


def run(project: OtherProject, *arguments: str, code: int = 0) -> str:
    outcome = project.monps_db(*arguments)
    assert outcome.code == code, outcome.text
    return outcome.text


def hot_fix(database: Database, *statements: str) -> str:
    """Change something by hand, and return the number of the last recorded command."""
    with superuser(database) as connection:
        does(connection, *statements)
    return str(recorded(database)[-1]["id"])


def files(project: OtherProject) -> list[str]:
    return sorted(path.name for path in project.folder.rglob("*") if "r1" not in path.name)


def test_one_command_brings_history_and_database_in_sync(
    shop: OtherProject, database: Database
) -> None:
    number = hot_fix(
        database, "ALTER TABLE shop.customer ADD COLUMN since date DEFAULT '2020-01-01'"
    )
    assert "column-unexpected" in run(shop, "check", code=1)
    text = run(shop, "audit", "revision", number, "-m", "since when", "--rev-id", "r2", code=1)
    assert "+ shop.customer.since" in text
    assert "the models do not declare this yet" in text
    [file] = shop.versions.glob("r2*.py")
    content = file.read_text("utf-8")
    assert "ADD COLUMN since date DEFAULT '2020-01-01'" in content
    assert "DROP COLUMN" in content
    assert "downgrade_loses = " in content
    models = shop.folder / "models.py"
    column = (
        "    since: Mapped[date | None] = mapped_column(server_default=text(\"'2020-01-01'\"))\n"
    )
    changed = models.read_text("utf-8").replace(MODEL, MODEL + column)
    models.write_text(f"from datetime import date\n{changed}", "utf-8")
    assert "in sync" in run(shop, "check")
    # In databases that nobody has changed by hand, the revision makes the change.
    shop.alembic("downgrade", "r1")
    shop.alembic("upgrade", "head")
    assert "in sync" in run(shop, "check")


def test_several_commands_become_one_revision(shop: OtherProject, database: Database) -> None:
    first = hot_fix(database, "ALTER TABLE shop.customer ADD COLUMN age smallint")
    second = hot_fix(database, "ALTER TABLE shop.customer ALTER COLUMN age TYPE integer")
    text = run(shop, "audit", "revision", first, "-m", "age", code=6)
    assert "its result differs from the database" in text
    run(shop, "audit", "revision", first, second, "-m", "age", "--rev-id", "r2", code=1)
    assert not re.search("column-", run(shop, "check", code=1).split("missing revision")[0])


def test_what_cannot_run_in_a_transaction_runs_outside(
    shop: OtherProject, database: Database
) -> None:
    number = hot_fix(database, "CREATE INDEX CONCURRENTLY by_name ON shop.customer (name, id)")
    run(shop, "audit", "revision", number, "-m", "index", "--rev-id", "r2", code=1)
    [file] = shop.versions.glob("r2*.py")
    assert "autocommit_block" in file.read_text("utf-8")
    shop.alembic("downgrade", "r1")
    shop.alembic("upgrade", "head")


def test_a_text_that_looks_like_a_parameter_is_none(shop: OtherProject, database: Database) -> None:
    number = hot_fix(
        database, "ALTER TABLE shop.customer\n  ADD COLUMN t text DEFAULT 'at 12:30 :x %s \\:y'"
    )
    run(shop, "audit", "revision", number, "-m", "text", "--rev-id", "r2", code=1)
    assert "drift" not in run(shop, "check", code=1)


def test_it_is_stamped_unless_it_is_not_to_be(shop: OtherProject, database: Database) -> None:
    number = hot_fix(database, "COMMENT ON TABLE shop.customer IS 'who buys'")
    text = run(shop, "audit", "revision", number, "-m", "c", "--rev-id", "r2", "--no-stamp", code=1)
    assert "alembic stamp r2" in text
    assert "revision-pending" in run(shop, "check", code=1)
    shop.alembic("stamp", "r2")
    assert "revision-pending" not in run(shop, "check", code=1)


REFUSED: Final = {
    "omitted": (
        "ALTER TABLE shop.customer ADD COLUMN secret text DEFAULT 'x'",
        "it may hold a password",
    ),
    "cut": (
        f"ALTER TABLE shop.customer ADD COLUMN a int /*{'x' * 70_000}*/",
        "it is too long",
    ),
    "of several": (
        "ALTER TABLE shop.customer ADD COLUMN a int; ALTER TABLE shop.customer ADD COLUMN b int",
        "with other statements (2 in all)",
    ),
    "by another": (
        "DO $$ BEGIN ALTER TABLE shop.customer ADD COLUMN a int; END $$",
        "another statement ran it",
    ),
    "undone": (
        "ALTER TABLE shop.customer ADD COLUMN a int; ALTER TABLE shop.customer DROP COLUMN a",
        "with other statements (2 in all)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_become_a_revision_is_refused_with_the_reason(
    shop: OtherProject, database: Database, case: str
) -> None:
    statement, reason = REFUSED[case]
    before = files(shop)
    number = hot_fix(database, statement)
    text = run(shop, "audit", "revision", number, "-m", "x", code=6)
    assert reason in text
    assert "cannot become a revision" in text
    assert files(shop) == before


def test_what_was_taken_back_or_is_elsewhere_is_refused(
    shop: OtherProject, database: Database
) -> None:
    before = files(shop)
    added = hot_fix(database, "ALTER TABLE shop.customer ADD COLUMN a int")
    dropped = hot_fix(database, "ALTER TABLE shop.customer DROP COLUMN a")
    assert "differs from the database" in run(shop, "audit", "revision", added, "-m", "x", code=6)
    both = run(shop, "audit", "revision", added, dropped, "-m", "x", code=6)
    assert "changes nothing" in both
    other = hot_fix(database, "CREATE SCHEMA elsewhere")
    assert run(shop, "audit", "revision", other, "-m", "x", code=6)
    assert "no command 999" in run(shop, "audit", "revision", "999", "-m", "x", code=6)
    assert files(shop) == before


def test_a_database_with_pending_revisions_is_refused(
    shop: OtherProject, database: Database
) -> None:
    number = hot_fix(database, "ALTER TABLE shop.customer ADD COLUMN a int")
    shop.revision("r2", "r1", "op.execute('COMMENT ON TABLE shop.customer IS NULL')")
    run(shop, "snapshot")
    assert "is not at head" in run(shop, "audit", "revision", number, "-m", "x", code=6)


def test_where_the_engine_migrates_the_ledger_says_that_it_was_stamped(
    programs: Programs, own_history: Path, migrated: Database
) -> None:
    audits.install(migrated)
    number = hot_fix(migrated, "ALTER TABLE public.odds ADD COLUMN surplus int")
    with superuser(migrated) as connection:
        does(connection, f"GRANT pg_read_all_stats TO {migrated.user}")
        written = programs.monps_db("audit", "revision", number, "-m", "x", "--rev-id", "aaaa")
        does(connection, f"REVOKE pg_read_all_stats FROM {migrated.user}")
    assert (written.code, "public.odds.surplus" in written.out) == (1, True), written.text
    assert (own_history / "snapshots" / "aaaa.json").exists()
    assert "stamp aaaa" in programs.monps_db("history").out
    check = programs.monps_db("check").out
    assert "missing revision" in check
    assert "drift" not in check
