"""Metrics of pools by OpenTelemetry's semantic conventions: ``db.client.connection.*``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from core.errors import ConfigurationError
from core.fork_hooks import after_fork_in_child
from core.metrics.definitions import DURATIONS, WAITS
from core.metrics.measuring import Measuring
from core.observers import PoolObserver

try:
    from opentelemetry import metrics
except ImportError as error:
    raise ConfigurationError(
        "opentelemetry-api is not installed", remedy="pip install opentelemetry-sdk"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.metrics import MeterProvider
    from sqlalchemy.engine.interfaces import DBAPIConnection

    from core.observers import PoolName

_POOL: Final = "db.client.connection.pool.name"
_STATE: Final = "db.client.connection.state"


class OpenTelemetryMetrics(Measuring):
    """Counts the events of pools through OpenTelemetry's API.

    A forked child process has to make its own object and its own provider, because the SDK's
    threads do not exist in it.

    Args:
        provider: The provider of the meter; when omitted, the provider that the program has set.

    Raises:
        ConfigurationError: opentelemetry-api is not installed.
    """

    def __init__(self, provider: MeterProvider | None = None) -> None:
        self._make(provider)
        after_fork_in_child(self, OpenTelemetryMetrics._leave_to_parent)

    def _leave_to_parent(self) -> None:
        self._make(metrics.NoOpMeterProvider())

    def _make(self, provider: MeterProvider | None) -> None:
        meter = metrics.get_meter("monps-db", meter_provider=provider)

        def level(name: str, unit: str) -> Any:
            return meter.create_up_down_counter(f"db.client.connection.{name}", unit)

        def seconds(name: str, bounds: Sequence[float]) -> Any:
            return meter.create_histogram(
                f"db.client.connection.{name}", "s", explicit_bucket_boundaries_advisory=bounds
            )

        self.count = level("count", "{connection}")
        self.max = level("max", "{connection}")
        self.idle_max = level("idle.max", "{connection}")
        self.pending = level("pending_requests", "{request}")
        self.timeouts = meter.create_counter("db.client.connection.timeouts", "{timeout}")
        self.create_time = seconds("create_time", WAITS)
        self.wait_time = seconds("wait_time", WAITS)
        self.use_time = seconds("use_time", DURATIONS)

    def pool(self, name: PoolName) -> PoolObserver:
        """Return the observer that counts the events of a pool."""
        return _Pool(self, name)


class _Pool(PoolObserver):
    def __init__(self, metrics: OpenTelemetryMetrics, name: PoolName) -> None:
        self._metrics = metrics
        self._name = {_POOL: f"{name.kind} {name.server}"}
        self._idle = {**self._name, _STATE: "idle"}
        self._used = {**self._name, _STATE: "used"}
        self._given: dict[DBAPIConnection | None, float] = {}

    def changed(
        self,
        *,
        size: int,
        limit: int,
        connections: int,
        overflow: int,  # noqa: ARG002 - no metric of the conventions
    ) -> None:
        """Count the connections of a pool; a new connection is idle until it is handed out."""
        self._metrics.count.add(connections, self._idle)
        self._metrics.max.add(limit, self._name)
        self._metrics.idle_max.add(size, self._name)

    def connection_asked(self) -> None:
        """Count a request that waits."""
        self._metrics.pending.add(1, self._name)

    def connection_given(self, connection: DBAPIConnection | None, seconds: float) -> None:
        """Count a connection in use, and the wait for it."""
        self._given[connection] = time.perf_counter()
        self._metrics.pending.add(-1, self._name)
        self._metrics.wait_time.record(seconds, self._name)
        self._count_used(1)

    def connection_refused(self, *, timed_out: bool) -> None:
        """Count a request that stopped waiting without a connection."""
        self._metrics.pending.add(-1, self._name)
        if timed_out:
            self._metrics.timeouts.add(1, self._name)

    def connection_returned(self, connection: DBAPIConnection | None, *_: object) -> None:
        """Count a connection that is no longer in use, and record how long it was in use."""
        if since := self._given.pop(connection, None):
            self._metrics.use_time.record(time.perf_counter() - since, self._name)
            self._count_used(-1)

    def connection_opened(self, seconds: float) -> None:
        """Record how long it took to open a connection."""
        self._metrics.create_time.record(seconds, self._name)

    def _count_used(self, change: int) -> None:
        self._metrics.count.add(change, self._used)
        self._metrics.count.add(-change, self._idle)
