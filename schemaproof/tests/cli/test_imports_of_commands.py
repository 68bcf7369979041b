"""The program imports nothing of the project: neither its models, nor SQLAlchemy and Alembic."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemaproof_testing import probed
from schemaproof_testing.probed import Probed
from schemaproof_testing.servers import Database

# What a program that runs a command has imported at its end.
RUN = """
import sys
from schemaproof.cli.entry import main
sys.argv[0] = "schemaproof"
try:
    main()
finally:
    print(sorted({"sqlalchemy", "alembic", "models"} & {*sys.modules}), file=sys.stderr)
"""
COMMANDS = (
    ["snapshot"],
    ["check", "--offline"],
    ["check"],
    ["status"],
    ["history"],
    ["revision", "-m", "The age"],
    ["check", "--offline"],
)


@pytest.mark.slow
def test_commands_import_nothing_of_the_project(folder: Path, database: Database) -> None:
    project = Probed(folder, probed.SYNC).make()
    project.write(
        "pyproject.toml",
        '[tool.schemaproof]\nmetadata = "models:Base.metadata"\nscript-location = "alembic"\n'
        f'python = "{sys.executable}"\n',
    )
    environment = {
        **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "DB_SCRATCH_URL": database.superuser_url.render_as_string(hide_password=False),
    }
    for number, arguments in enumerate(COMMANDS):
        if arguments[0] == "revision":
            project.write("models.py", probed.MODELS + "    age = Column(Integer)\n")
        done = subprocess.run(
            [sys.executable, "-c", RUN, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr.splitlines()[-1:] == ["[]"], (number, arguments, done.stderr)
        assert done.returncode in {0, 3}, (number, arguments, done.stdout)
