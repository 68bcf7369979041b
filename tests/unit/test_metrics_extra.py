"""Metrics cost nothing before they are asked for, and say what is missing."""

from __future__ import annotations

from tests.unit.test_async_extra import run

UNUSED = """
import sys
import core.config, core.database, core.metrics, repositories, cli.main
import schemaproof.cli.commands.check
import schemaproof.check.check
core.database.sync_engine
ours = {"core.measured_pool", "core.metrics.units"}
used = (ours | {"prometheus_client", "opentelemetry"}) & set(sys.modules)
assert not used, used
"""
MISSING = """
import sys
sys.modules[{module!r}] = None
import core.metrics
from core.errors import ConfigurationError
try:
    core.metrics.{name}
except ConfigurationError as error:
    assert str(error) == {said!r}, error
else:
    raise AssertionError
"""


def test_nothing_of_it_is_imported_unless_it_is_used() -> None:
    run(UNUSED)


def test_a_missing_package_is_said_with_what_to_install() -> None:
    said = "prometheus-client is not installed: pip install 'monps-db[metrics]'"
    run(MISSING.format(module="prometheus_client", name="PrometheusMetrics", said=said))
    said = "opentelemetry-api is not installed: pip install opentelemetry-sdk"
    run(MISSING.format(module="opentelemetry", name="OpenTelemetryMetrics", said=said))
