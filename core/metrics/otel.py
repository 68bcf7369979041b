"""Pools as OpenTelemetry's semantic conventions name their metrics: ``db.client.connection.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from core.errors import ConfigurationError
from core.fork_hooks import after_fork_in_child
from core.metrics.definitions import DURATIONS, WAITS
from core.metrics.measuring import Measuring

try:
    from opentelemetry import metrics
except ImportError as error:
    raise ConfigurationError(
        "opentelemetry-api is not installed", remedy="pip install opentelemetry-sdk"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.metrics import MeterProvider

    from core.observers import PoolName

_POOL: Final = "db.client.connection.pool.name"
_STATE: Final = "db.client.connection.state"


class OpenTelemetryMetrics(Measuring):
    """Counts what happens to pools, through OpenTelemetry's API.

    A child process has to make its own, and its own provider, after the fork: the SDK's threads do
    not go along.

    Args:
        provider: Where the metrics go; the one that the program has set when omitted.

    Raises:
        ConfigurationError: opentelemetry-api is not installed, when it is imported.
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

        self._count = level("count", "{connection}")
        self._max = level("max", "{connection}")
        self._idle_max = level("idle.max", "{connection}")
        self._pending = level("pending_requests", "{request}")
        self._timeouts = meter.create_counter("db.client.connection.timeouts", "{timeout}")
        self._create_time = seconds("create_time", WAITS)
        self._wait_time = seconds("wait_time", WAITS)
        self._use_time = seconds("use_time", DURATIONS)

    def pool_changed(
        self,
        pool: PoolName,
        *,
        size: int,
        limit: int,
        connections: int,
        overflow: int,  # noqa: ARG002 - no metric of the conventions
    ) -> None:
        """Count the connections of a pool; a new one is idle until it is given."""
        self._count.add(connections, _state(pool, "idle"))
        self._max.add(limit, _name(pool))
        self._idle_max.add(size, _name(pool))

    def connection_asked(self, pool: PoolName) -> None:
        """Count a request that waits."""
        self._pending.add(1, _name(pool))

    def connection_given(self, pool: PoolName, seconds: float) -> None:
        """Count a connection in use, and the wait for it."""
        self._pending.add(-1, _name(pool))
        self._wait_time.record(seconds, _name(pool))
        self._used(pool, 1)

    def connection_refused(self, pool: PoolName, *, timed_out: bool) -> None:
        """Count a request that waits no more."""
        self._pending.add(-1, _name(pool))
        if timed_out:
            self._timeouts.add(1, _name(pool))

    def connection_returned(self, pool: PoolName, seconds: float) -> None:
        """Count a connection that is no longer in use, and how long it was."""
        self._use_time.record(seconds, _name(pool))
        self._used(pool, -1)

    def connection_opened(self, pool: PoolName, seconds: float) -> None:
        """Keep how long it took."""
        self._create_time.record(seconds, _name(pool))

    def _used(self, pool: PoolName, change: int) -> None:
        self._count.add(change, _state(pool, "used"))
        self._count.add(-change, _state(pool, "idle"))


def _name(pool: PoolName) -> dict[str, str]:
    return {_POOL: f"{pool.kind} {pool.server}"}


def _state(pool: PoolName, state: str) -> dict[str, str]:
    return {**_name(pool), _STATE: state}
