"""Metrics of pools by the OpenTelemetry SDK, under the names of its conventions."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint
from opentelemetry.semconv._incubating.metrics import db_metrics
from sqlalchemy import Engine, exc

from core.engines import create_sync_engine
from core.metrics.otel import OpenTelemetryMetrics
from schemaproof_testing.servers import Database
from tests.support.database_settings import settings_for

NAMES = {
    value
    for name, value in vars(db_metrics).items()
    if name.startswith("DB_CLIENT_CONNECTION_") and isinstance(value, str)
}


class Read:
    """Reads what the SDK has collected."""

    def __init__(self) -> None:
        self._reader = InMemoryMetricReader()
        self.provider = MeterProvider([self._reader], shutdown_on_exit=False)

    def __call__(self) -> dict[tuple[str, str], float]:
        """Return the values or counts of a metric, by pool and state."""
        data = self._reader.get_metrics_data()
        return {
            (metric.name, str((point.attributes or {}).get("db.client.connection.state", ""))): (
                point.value if isinstance(point, NumberDataPoint) else point.count
            )
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in metric.data.data_points
        }

    def pool_names(self) -> set[str]:
        data = self._reader.get_metrics_data()
        assert data is not None
        return {
            str((point.attributes or {})["db.client.connection.pool.name"])
            for metric in data.resource_metrics[0].scope_metrics[0].metrics
            for point in metric.data.data_points
        }


@pytest.fixture
def read() -> Iterator[Read]:
    made = Read()
    with OpenTelemetryMetrics(made.provider):
        yield made
    made.provider.shutdown()


@pytest.fixture
def engine(database: Database, read: Read) -> Iterator[Engine]:
    assert read() == {}  # This comes before the engine is created.
    made = create_sync_engine(
        settings_for(database, DB_POOL_SIZE=1, DB_MAX_OVERFLOW=1, DB_POOL_TIMEOUT=1)
    )
    yield made
    made.dispose()


def test_what_a_pool_does_has_the_names_of_the_conventions(
    engine: Engine, read: Read, database: Database
) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(engine.connect())
        with pytest.raises(exc.TimeoutError):
            engine.connect()
        in_use = read()
    prefix = "db.client.connection."
    assert {name for name, _ in in_use} <= NAMES
    assert in_use[f"{prefix}count", "used"] == 2
    assert in_use[f"{prefix}count", "idle"] == 0
    assert in_use[f"{prefix}max", ""] == 2
    assert in_use[f"{prefix}idle.max", ""] == 1
    assert in_use[f"{prefix}timeouts", ""] == 1
    assert in_use[f"{prefix}pending_requests", ""] == 0
    assert in_use[f"{prefix}wait_time", ""] == in_use[f"{prefix}create_time", ""] == 2
    after = read()
    assert (after[f"{prefix}count", "used"], after[f"{prefix}count", "idle"]) == (0, 1)
    assert after[f"{prefix}use_time", ""] == 2
    assert read.pool_names() == {f"sync {database.host}:{database.port}/{database.name}"}


def test_a_child_leaves_the_parents_provider_alone(engine: Engine, read: Read) -> None:
    with engine.connect():
        pass
    before = read()
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            with engine.connect():
                os.write(writing, repr(read()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read().decode() == repr(before)
    os.waitpid(child, 0)
