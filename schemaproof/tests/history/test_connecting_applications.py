"""Applications that connect and create tables while they are imported."""

from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing.other_project import FIRST, MODELS, OtherProject, in_sync, make_project
from schemaproof_testing.servers import Database

APP: Final = """
from flask import Flask
from sqlalchemy import create_engine


def create_app():
    with create_engine({url!r}).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS audit.seen (id int)")
    return Flask("shop")
"""
SCHEMA: Final = "CREATE SCHEMA audit;"


def make(folder: Path, database: Database) -> OtherProject:
    imports = ("from flask import current_app", "from models import Base", "current_app.name")
    project = make_project(folder, database, imports=imports)
    url = database.url.render_as_string(hide_password=False)
    project.write("app.py", APP.format(url=url))
    project.write("first.sql", SCHEMA)
    project.configure(
        script_location='"alembic"', managed_schemas='["shop"]', scratch_sql='"first.sql"'
    )
    project.revision("a1", None, FIRST)
    return project


@pytest.mark.slow
def test_they_connect_to_scratch_databases(folder: Path, database: Database) -> None:
    """Their tables are not taken for the models, which are created in an empty database."""
    project = make(folder, database)
    outcome = project.monps_db("snapshot")
    assert (outcome.code, outcome.out) == (0, "a1 recorded\n"), outcome.text
    database.execute(SCHEMA)
    assert project.monps_db("upgrade").code == 0
    in_sync(project)
    project.write("models.py", MODELS.replace("String(100)", "String(90)"))
    assert "shop.customer.name" in project.monps_db("check").out


@pytest.mark.slow
def test_revisions_that_import_them_are_read(folder: Path, database: Database) -> None:
    project = make(folder, database)
    with (project.versions / "a1_.py").open("a") as file:
        file.write("\nfrom flask import current_app\nassert current_app.name == 'shop'\n")
    outcome = project.monps_db("snapshot")
    assert (outcome.code, outcome.out) == (0, "a1 recorded\n"), outcome.text
