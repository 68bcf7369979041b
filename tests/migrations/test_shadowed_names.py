"""A role that may create objects in public cannot run code as the migrating role.

Objects in public shadow everything that our statements use; each logs its use and fails. A proxy
removes the settings of the start-up message, as PgBouncer can, so that the search_path of the role
applies.
"""

import re
from pathlib import Path
from typing import Final

import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.project import ROOT
from tests.support import shadows
from tests.support.shadows import BETTER_FITS, SAME_NAMES, walking

pytestmark = pytest.mark.slow

server_of_its_own = shadows.server_of_its_own

READING: Final = (
    ("monps-db status", 0),
    ("monps-db check", 1),
    ("monps-db check --data --roles", 1),
    ("monps-db check --sql", 1),
    ("monps-db roles", 1),
    ("monps-db plan", 0),
    ("monps-db lint", 5),
    ("monps-db adopt --dry-run", 0),
    ("alembic current", 0),
    ("alembic check", 0),
)
EVERYTHING: Final = (
    *READING,
    ("monps-db adopt --baseline accepted.json", 0),
    ("monps-db upgrade 3d5a71c08e42", 0),
    ("alembic upgrade head", 0),
    ("monps-db check", 1),
    ("monps-db history", 0),
    ("monps-db import-legacy", 0),
    ("python require_schema.py", 0),
    ("python require_schema_async.py", 0),
    ("DB_REPLICA_HOSTS=$DB_HOST python replicas.py", 0),
    ("monps-db downgrade -2 --accept-data-loss", 0),
    ("alembic -x accept-data-loss=true downgrade -1", 0),
    ("alembic stamp head", 0),
    ("alembic stamp --purge 771a423699c2", 0),
    ("monps-db revision -m nothing", 0),
    ("monps-db snapshot --rewrite", 0),
)


def test_no_statement_of_ours_finds_a_name_of_anybody_elses(
    server_of_its_own: LocalServer, tmp_path: Path
) -> None:
    path = "public, pg_catalog"
    with walking(server_of_its_own, tmp_path, SAME_NAMES, path=path) as walk:
        for command, code in EVERYTHING:
            walk.run(command, code=code)
        page = (ROOT / "docs" / "security.md").read_text("utf-8")
        found = re.search(r"([\d,]+) statements, of (\d+) forms, by (\d+) commands", page)
        assert found is not None
        statements, forms, commands = (int(one.replace(",", "")) for one in found.groups())
        counted = (sum(walk.figures.values()), len(walk.forms), len(walk.figures))
        told = (statements, forms, commands)
        assert all(there >= told for there, told in zip(counted, told, strict=True)), counted


def test_a_better_fitting_function_of_another_role_is_not_executed(
    server_of_its_own: LocalServer, tmp_path: Path
) -> None:
    """Unqualified names in a revision are found in public; the gate then sees the wrong object."""
    with walking(server_of_its_own, tmp_path, SAME_NAMES, BETTER_FITS, path="public") as walk:
        for command, code in READING:
            walk.run(command, code=code)
        refused = walk.run("alembic upgrade head", code=1)
        assert (
            "produced a schema that differs from its snapshot, and was rolled back" in refused.text
        )
        walk.run("alembic stamp head", code=0)
        walk.run("monps-db history", code=0)
