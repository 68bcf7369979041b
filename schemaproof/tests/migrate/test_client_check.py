"""The statement of a killed migrator ends on the server, so that the next migrator can run."""

import subprocess

import pytest

from schemaproof_testing.migrators import sessions, wait_for
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

SLEEPING = "query LIKE '%pg_sleep(600)%'"


def test_the_statement_of_a_killed_migrator_ends(
    own_project: OwnProject, database: Database
) -> None:
    own_project.add('op.execute("CREATE TABLE public.one ()"); op.execute("SELECT pg_sleep(600)")')
    (own_project.folder / "migrations" / "snapshots").mkdir()
    programs = Programs(own_project.folder, database.environ())
    process = programs.start(
        "alembic", "upgrade", "head", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: bool(sessions(database, f"state = 'active' AND {SLEEPING}")))
    process.kill()
    process.wait(timeout=60)
    # Without this check, the server would notice after ten minutes.
    wait_for(lambda: not sessions(database, SLEEPING))
