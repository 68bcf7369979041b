"""Databases with older tables: small ones, and the reconstructed one if it is available."""

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from schemaproof_testing.project import CONFIGURATION, PROJECT, ROOT, Programs
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database

SMALL: Final = Path(__file__).with_name("existing_database.sql")
OLD_TABLES: Final = Path(__file__).with_name("legacy_tables.sql")
WHOLE: Final = ROOT.parent / "shared" / "legacy" / "load.sql"
ABSENT: Final = "the reconstructed database (../shared/legacy) is not here"
BASELINE: Final = "monps-baseline.toml"


def load(database: Database, script: Path) -> None:
    """Load the script into a database; the test is skipped if the file does not exist."""
    if not script.exists():
        pytest.skip(ABSENT)
    run_script(database, script.read_text("utf-8"), folder=script.parent)


def existing(database: Database, folder: Path, script: Path) -> Programs:
    """A database with older tables, and a project that names a baseline."""
    load(database, script)
    (folder / "pyproject.toml").write_text(
        f'{CONFIGURATION}script-location = "{PROJECT.script_location}"\nbaseline = "{BASELINE}"\n',
        "utf-8",
    )
    return Programs(folder, database.environ())


def entries(programs: Programs) -> list[dict[str, Any]]:
    content = tomllib.loads((programs.folder / BASELINE).read_text("utf-8"))
    accepted: list[dict[str, Any]] = content["accepted"]
    return accepted
