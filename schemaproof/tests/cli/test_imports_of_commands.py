"""The program imports nothing of the project, and neither SQLAlchemy nor Alembic."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemaproof_testing import probed
from schemaproof_testing.environments import make_environment
from schemaproof_testing.probed import Probed
from schemaproof_testing.servers import Database

# The program runs a command and then prints the modules of the project that it has imported.
RUN = """
import sys
from schemaproof.cli.entry import main
sys.argv[0] = "schemaproof"
try:
    main()
finally:
    print(sorted({"sqlalchemy", "alembic", "models"} & {*sys.modules}), file=sys.stderr)
"""
GUARDED = """
from alembic import context
from sqlalchemy import create_engine
from models import Base
from schemaproof.alembic import run_migrations

if context.is_offline_mode():
    run_migrations(target_metadata=Base.metadata)
else:
    url = context.config.get_main_option("sqlalchemy.url")
    with create_engine(url).connect() as connection:
        run_migrations(connection, target_metadata=Base.metadata)
"""
ENVIRONMENTS = {"Alembic's own": probed.FROM_CONFIG, "with run_migrations": GUARDED}
# Each command stands with its exit code.
COMMANDS = (
    ("snapshot", 0),
    ("check --offline", 0),
    ("plan", 0),
    ("plan --sql", 0),
    ("upgrade a1", 0),
    ("check", 3),
    ("check --format json", 3),
    ("lint", 0),
    ("upgrade", 0),
    ("check --data", 0),
    ("status", 0),
    ("diff head live", 0),
    ("diagram live", 0),
    ("docs live --output pages", 0),
    ("blame customer", 0),
    ("log customer", 0),
    ("history --graph", 0),
    ("history", 0),
    ("adopt", 0),
    ("roles", 1),
    ("roles --sql", 0),
    ("downgrade a1 --accept-data-loss", 0),
    ("downgrade base --accept-data-loss", 0),
    ("upgrade nonsense", 6),
    ("revision -m Age", 0),
    ("lint --offline", 0),
    ("upgrade", 0),
    ("check", 0),
    ("completion bash", 0),
)
KEYS = 'script-location = "alembic"\nmetadata = "models:Base.metadata"\n'
DRIFT = 'ALTER TABLE customer DROP COLUMN name; ALTER TABLE customer ADD COLUMN "Name" text'


@pytest.mark.slow
@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_commands_need_nothing_of_the_project(folder: Path, database: Database, env: str) -> None:
    """SQLAlchemy is installed in the project's environment only, the engine in the other."""
    tool = make_environment(folder / "tool", ["schemaproof", "squawk-cli"])
    (tool.parent / "squawk").symlink_to(Path(sys.executable).with_name("squawk"))
    here = folder / "project"
    engine = ["schemaproof"] if env == "with run_migrations" else []
    make_environment(here / ".venv", ["sqlalchemy", "alembic", "psycopg2-binary", *engine])
    project = Probed(here, ENVIRONMENTS[env]).make()
    project.write("pyproject.toml", "[tool.schemaproof]\n" + KEYS)

    def run(arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [tool, "-c", RUN, *arguments.split()],
            cwd=here,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": database.url.render_as_string(hide_password=False),
                "DB_SCRATCH_URL": database.superuser_url.render_as_string(hide_password=False),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    for arguments, code in COMMANDS:
        if arguments.startswith("revision"):
            project.write("models.py", probed.MODELS + "    age = Column(Integer)\n")
        done = run(arguments)
        assert done.stderr.splitlines()[-1:] == ["[]"], (arguments, done.stderr)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
    # From here on there is something to repair, with names that have to be quoted.
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute(DRIFT)
    done = run("check --sql --destructive")
    assert done.stderr.splitlines()[-1:] == ["[]"]
    assert '"Name"' in done.stdout
