"""Alembic's own command upgrades a database that is at a squashed revision."""

from __future__ import annotations

import pytest

from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.own_project import run_beside_scratch as run
from schemaproof_testing.project import Outcome, Programs
from schemaproof_testing.servers import Database

SECTION = """
[squashed]
script_location = %(here)s/migrations
version_locations = %(here)s/migrations/squashed
path_separator = os
"""
STOCK_ENV = """
import os
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ["STOCK_URL"]).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.fixture
def project(own_project: OwnProject, database: Database) -> OwnProject:
    """A history in which r1 to r3 are squashed, and a database at r1."""
    for name in ("one", "two", "three", "four"):
        create, drop = (f'op.execute("{verb} TABLE {name}{{}}")' for verb in ("CREATE", "DROP"))
        own_project.add(create.format(" ()"), drop.format(""))
    own_project.record()
    own_project.upgrade(database, "r1")
    squashed = run(own_project, database, "squash", "r3")
    assert squashed.code == 0, squashed.text
    with own_project.ini.open("a", encoding="utf-8") as ini:
        ini.write(SECTION)
    return own_project


def _alembic(project: OwnProject, database: Database, *arguments: str) -> Outcome:
    url = database.url.render_as_string(hide_password=False)
    environ = {**database.environ(), "STOCK_URL": url}
    return Programs(project.folder, environ).run("alembic", *arguments)


@pytest.mark.slow
@pytest.mark.parametrize("is_stock", [False, True])
def test_with_a_section_of_its_own(
    project: OwnProject, database: Database, *, is_stock: bool
) -> None:
    if is_stock:
        env = project.folder / "migrations" / "env.py"
        env.write_text(STOCK_ENV, "utf-8")
    for arguments, at in (
        (("-n", "squashed", "upgrade", "r3"), "r3"),
        (("upgrade", "head"), "r4"),
        (("-x", "accept-data-loss=true", "downgrade", "r3"), "r3"),
        (("-n", "squashed", "-x", "accept-data-loss=true", "downgrade", "r2"), "r2"),
    ):
        outcome = _alembic(project, database, *arguments)
        assert outcome.code == 0, (arguments, outcome.text)
        assert database.query("TABLE alembic_version") == [(at,)]
