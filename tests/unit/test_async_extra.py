"""Without the extra ``async`` nothing breaks before it is needed, and then in one clear line."""

from __future__ import annotations

import subprocess
import sys

from tests.project import ROOT

# With the address: a .env in this folder may not say where the password goes.
ENVIRON = {
    "DB_HOST": "localhost",
    "DB_PORT": "5432",
    "PYTHONPATH": str(ROOT),
    "DB_USER": "u",
    "DB_PASSWORD": "p",
    "DB_NAME": "d",
}

UNUSED = """
import sys
import core.config, core.database, repositories
core.database.sync_engine, core.database.SessionLocal, core.database.get_db, repositories.UnitOfWork
used = {"asyncpg", "greenlet", "sqlalchemy.ext.asyncio", "repositories.aio"} & set(sys.modules)
assert not used, used
"""
MISSING = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *a: None if name == "asyncpg" else find(name, *a)
sys.modules["asyncpg"] = None
import core.database
from core.errors import ConfigurationError
try:
    core.database.async_engine
except ConfigurationError as error:
    assert str(error) == "asyncpg is not installed: pip install 'monps-db[async]'", error
else:
    raise AssertionError
core.database.get_pool_status()
"""


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], env=ENVIRON, check=True, timeout=60)


def test_nothing_of_it_is_imported_unless_it_is_used() -> None:
    run(UNUSED)


def test_a_missing_driver_is_said_with_what_to_install() -> None:
    run(MISSING)
