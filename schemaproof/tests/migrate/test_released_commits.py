"""A COMMIT in a revision is refused before it is recorded, and replayed afterwards."""

from pathlib import Path

import pytest

from schemaproof_testing.env_templates import CREATE, HEAD, RECIPES, url
from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

COMMITS = """
op.add_column("customer", sa.Column("a", sa.Integer()), schema="shop")
op.execute("COMMIT")
op.add_column("customer", sa.Column("b", sa.Integer()), schema="shop")
"""
DRIVERS = ("connection", "psycopg2"), ("connection", "psycopg"), ("run_sync", "asyncpg")
LEDGER = "SELECT revision, direction, outcome FROM public.schemaproof_ledger ORDER BY id"
COLUMNS = (
    "SELECT attname FROM pg_attribute WHERE attrelid = 'shop.customer'::regclass AND attnum > 2"
)


@pytest.fixture
def project(database: Database, tmp_path: Path) -> OtherProject:
    made = make_project(tmp_path, database)
    made.revision("a1", None, CREATE)
    made.configure(
        metadata='"models:Base.metadata"',
        script_location='"alembic"',
        managed_schemas='["shop"]',
        lint_ignore='["downgrade-missing", "sql-unknown"]',
    )
    assert made.programs.run("schemaproof", "snapshot").code == 0
    made.revision("a2", "a1", COMMITS)
    return made


def test_lint_and_gate_refuse_one_that_is_not_recorded(
    project: OtherProject, database: Database
) -> None:
    project.write("alembic/env.py", HEAD + RECIPES["connection", "psycopg"])
    environ = {"URL": url(database, "psycopg")}
    linted = project.programs.run("schemaproof", "lint", "--offline", **environ)
    assert (linted.code, "transaction-control" in linted.text) == (5, True)
    refused = project.programs.run("alembic", "upgrade", "head", **environ)
    assert (refused.code, "transaction-control" in refused.text) == (5, True)
    assert database.query("SELECT to_regclass('shop.customer') IS NULL") == [(True,)]


@pytest.mark.parametrize(("recipe", "driver"), DRIVERS)
def test_a_released_one_is_recorded_and_applied_as_it_is(
    project: OtherProject, database: Database, recipe: str, driver: str
) -> None:
    project.write("alembic/env.py", HEAD + RECIPES[recipe, driver])
    environ = {"URL": url(database, driver)}
    recorded = project.programs.run("schemaproof", "snapshot", **environ)
    assert recorded.out.endswith("a2 recorded\n"), recorded.text
    assert project.programs.run("schemaproof", "lint", "--offline", **environ).code == 0
    done = project.programs.run("alembic", "upgrade", "head", **environ)
    assert done.code == 0, done.text
    assert [tuple(row) for row in database.query(LEDGER)] == [
        ("a1", "upgrade", "done"),
        ("a2", "upgrade", "done"),
    ]
    assert [row[0] for row in database.query(COLUMNS)] == ["a", "b"]
    assert database.query("SELECT version_num FROM alembic_version") == [("a2",)]
    checked = project.programs.run("schemaproof", "check", **environ)
    assert "drift" not in checked.out, checked.text
