"""Without an extra, only the functions that need it fail, with one clear line."""

import subprocess
import sys

from schemaproof_testing.project import ROOT

# The address is included, because a .env in this folder may not decide where the password is sent.
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
    assert str(error) == "asyncpg is not installed: pip install '.[async]'", error
else:
    raise AssertionError
core.database.get_pool_status()
"""


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], env=ENVIRON, check=True, timeout=60)


def test_nothing_of_async_is_imported_unless_it_is_used() -> None:
    run(UNUSED)


def test_a_missing_driver_is_said_with_what_to_install() -> None:
    run(MISSING)


METRICS_UNUSED = """
import sys
import core.config, core.database, core.metrics, repositories, cli.main
import schemaproof.cli.commands.check
import schemaproof.check.check
core.database.sync_engine
ours = {"core.measured_pool", "core.metrics.units"}
used = (ours | {"prometheus_client", "opentelemetry"}) & set(sys.modules)
assert not used, used
"""
METRICS_MISSING = """
import sys
sys.modules[{module!r}] = None
import core.metrics
from core.errors import ConfigurationError
try:
    core.metrics.{name}
except ConfigurationError as error:
    assert str(error) == {message!r}, error
else:
    raise AssertionError
"""


def test_nothing_of_metrics_is_imported_unless_it_is_used() -> None:
    run(METRICS_UNUSED)


def test_a_missing_package_is_said_with_what_to_install() -> None:
    message = "prometheus-client is not installed: pip install '.[metrics]'"
    run(
        METRICS_MISSING.format(
            module="prometheus_client", name="PrometheusMetrics", message=message
        )
    )
    message = "opentelemetry-api is not installed: pip install opentelemetry-sdk"
    run(
        METRICS_MISSING.format(module="opentelemetry", name="OpenTelemetryMetrics", message=message)
    )
