"""The commands with each documented pair of versions, and with Flask-Migrate."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from schemaproof_testing import probed
from schemaproof_testing.probed import Probed, columns
from schemaproof_testing.project import ROOT, Programs
from schemaproof_testing.servers import Database
from schemaproof_testing.versions import Versions

PAIRS = (
    Versions("1.4", "1.8", python="python3.8"),
    Versions("1.4", None),
    Versions("2.0", "1.8"),
    Versions("2.0", "1.9"),
    Versions("2.0", "1.13"),
    Versions("2.0", None),
    Versions("2.1", "1.13"),
    Versions("2.1", None),
)
OLDEST = Versions("2.0", "1.8", oldest=True)
FLASK = Versions("2.0", None, ("flask-migrate", "flask-sqlalchemy"))
GUARDED = """
from alembic import context
from sqlalchemy import create_engine
from models import Base
from schemaproof.alembic import run_migrations

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    run_migrations(connection, target_metadata=Base.metadata)
"""
ENVIRONMENTS = {"Alembic's own": probed.FROM_CONFIG, "with run_migrations": GUARDED}
CASES = [(pair, env) for pair in PAIRS for env in ENVIRONMENTS if pair.has_runner or "own" in env]


def settings(python: Path, database: Database) -> dict[str, str]:
    return {
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "DB_SCRATCH_URL": database.superuser_url.render_as_string(hide_password=False),
        "VIRTUAL_ENV": str(python.parent.parent),
    }


def walk_through(programs: Programs, models: Path, new: str) -> None:
    """Use the commands as a developer who adds a column."""
    more = [("revision", "-m", "Age"), ("upgrade",), ("check",), ("downgrade", "-1")]
    for arguments in [("snapshot",), ("check", "--offline"), ("upgrade",), ("check",), *more]:
        if arguments[0] == "revision":
            models.write_text(models.read_text("utf-8") + new, "utf-8")
        done = programs.run("schemaproof", *arguments)
        # The engine refuses to lose data without this option.
        if arguments[0] == "downgrade" and done.code == 5:
            done = programs.run("schemaproof", *arguments, "--accept-data-loss")
        assert done.code == 0, (arguments, done.text)


@pytest.mark.slow
@pytest.mark.parametrize(("versions", "env"), CASES, ids=str)
def test_the_commands_work(versions: Versions, env: str, folder: Path, database: Database) -> None:
    python = versions.environment()
    programs = Programs(folder, settings(python, database))
    make_project(folder, ENVIRONMENTS[env])
    walk_through(programs, folder / "models.py", "    age = Column(Integer)\n")
    assert columns(database) == ["id", "name", "pk_customer"]


@pytest.mark.slow
def test_the_commands_work_with_the_oldest_of_what_the_engine_needs(
    folder: Path, database: Database
) -> None:
    """The engine is installed in the environment of the project."""
    python = OLDEST.environment()
    make_project(folder, GUARDED)
    for arguments in ("snapshot", "upgrade", "check", "check --format json", "history", "status"):
        programs = Programs(folder, settings(python, database))
        main = "from schemaproof.cli.entry import main; main()"
        done = programs.shell(f'{python} -c "{main}" {arguments}')
        assert done.code == 0, (arguments, done.text)
    assert columns(database) == ["id", "name", "pk_customer"]


def make_project(folder: Path, env: str) -> None:
    project = Probed(folder, env).make()
    project.write(
        "pyproject.toml",
        '[tool.schemaproof]\nmetadata = "models:Base.metadata"\nscript-location = "alembic"\n',
    )


APP = """
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
import os

db = SQLAlchemy()


class Customer(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(50))
{more}

def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    db.init_app(app)
    Migrate(app, db)
    return app
"""
# The keys are in the template, and the values replace them.
CALLS = {
    "        context.configure(\n            connection=connection,": (
        "        run_migrations(\n            connection,"
    ),
    "\n        with context.begin_transaction():\n            context.run_migrations()\n\n\nif": (
        "\n\nif"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["as it is", "with run_migrations"])
def test_the_template_of_flask_migrate_works(folder: Path, database: Database, recipe: str) -> None:
    python = FLASK.environment()
    [template] = python.parent.parent.glob(
        "lib/python3*/site-packages/flask_migrate/templates/flask"
    )
    project = Probed(folder, "").make()
    shutil.move(folder / "alembic" / "versions", folder / "versions")
    shutil.rmtree(folder / "alembic")
    shutil.copytree(template, folder / "migrations")
    shutil.move(folder / "versions", folder / "migrations" / "versions")
    (folder / "migrations" / "alembic.ini.mako").rename(folder / "migrations" / "alembic.ini")
    (folder / "alembic.ini").unlink()
    env = folder / "migrations" / "env.py"
    text = env.read_text("utf-8")
    for old, new in CALLS.items() if recipe == "with run_migrations" else ():
        assert text.count(old) == 1
        text = text.replace(old, new)
    if recipe == "with run_migrations":
        env.write_text(f"from schemaproof.alembic import run_migrations\n{text}", "utf-8")
    app = project.write("app.py", APP.format(more=""))
    project.write(
        "pyproject.toml",
        '[tool.schemaproof]\nscript-location = "migrations"\n'
        'alembic-ini = "migrations/alembic.ini"\n',
    )
    programs = Programs(folder, settings(python, database))
    with_age = APP.format(more="    age = db.Column(db.Integer)\n")
    assert programs.run("schemaproof", "snapshot").code == 0
    for arguments in [
        ("upgrade",),
        ("check",),
        ("revision", "-m", "Age"),
        ("upgrade",),
        ("check",),
    ]:
        if arguments[0] == "revision":
            app.write_text(with_age, "utf-8")
        done = programs.run("schemaproof", *arguments)
        assert done.code == 0, (arguments, done.text)
    assert columns(database) == ["age", "customer_pkey", "id", "name"]


def test_the_documentation_names_these_pairs() -> None:
    text = (ROOT / "docs" / "other-projects.md").read_text("utf-8")
    listed = re.findall(r"^\| (\d\.\d) \| ([\d.]+|newest) \|", text, re.MULTILINE)
    assert listed == [(pair.sqlalchemy, pair.alembic or "newest") for pair in PAIRS]
