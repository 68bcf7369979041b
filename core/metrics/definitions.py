"""The metrics for Prometheus: name, labels and meaning."""

from dataclasses import dataclass
from typing import Final, Literal

# The buckets reach from an idle connection in the pool to the time-out of the pool.
WAITS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# The buckets reach from a short statement to a long report or load.
DURATIONS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric.

    Attributes:
        name: The name that Prometheus shows, without the suffix that the series of a histogram
            have.
        kind: The kind of metric.
        labels: The names of the labels.
        unit: The unit of the values.
        meaning: The meaning of the metric, in one sentence.
        buckets: The upper bounds of the buckets of a histogram; empty for other kinds.
        is_latest: Whether several processes have one figure, the latest, instead of a sum.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    unit: str
    meaning: str
    buckets: tuple[float, ...] = ()
    is_latest: bool = False

    @property
    def cells(self) -> int:
        """The number of cells of a series: one per bucket and a sum, or the figure and a time."""
        if self.kind == "histogram":
            return len(self.buckets) + 2
        return 2 if self.is_latest else 1


_POOL: Final = ("pool", "server")

POOL_SIZE: Final = Definition(
    "monps_pool_size", "gauge", _POOL, "connections", "Connections that the pool keeps."
)
POOL_LIMIT: Final = Definition(
    "monps_pool_limit",
    "gauge",
    _POOL,
    "connections",
    "Largest number of connections that the pool opens, overflow included.",
)
POOL_CONNECTIONS: Final = Definition(
    "monps_pool_connections", "gauge", _POOL, "connections", "Connections that are open."
)
POOL_IN_USE: Final = Definition(
    "monps_pool_in_use", "gauge", _POOL, "connections", "Connections that are in use."
)
POOL_OVERFLOW: Final = Definition(
    "monps_pool_overflow",
    "gauge",
    _POOL,
    "connections",
    "Connections that are open beyond the pool's size; the pool's log calls this overflow.",
)
POOL_WAIT: Final = Definition(
    "monps_pool_wait_seconds",
    "histogram",
    _POOL,
    "seconds",
    "Time from the request for a connection until it is given: the wait in the queue, the ping,"
    " and opening it.",
    WAITS,
)
POOL_TIMEOUTS: Final = Definition(
    "monps_pool_timeouts_total",
    "counter",
    _POOL,
    "requests",
    "Requests that got no connection within DB_POOL_TIMEOUT.",
)
POOL_FAILURES: Final = Definition(
    "monps_pool_failures_total",
    "counter",
    _POOL,
    "requests",
    "Requests that failed because no connection could be opened, or that were interrupted.",
)
POOL_OPENED: Final = Definition(
    "monps_pool_opened_total", "counter", _POOL, "connections", "Connections that were opened."
)
POOL_LOST: Final = Definition(
    "monps_pool_lost_total",
    "counter",
    _POOL,
    "connections",
    "Connections that broke; one for each line pool.connection_lost of the log.",
)
POOL_RECYCLED: Final = Definition(
    "monps_pool_recycled_total",
    "counter",
    _POOL,
    "connections",
    "Connections that were replaced before use: older than DB_POOL_RECYCLE, or opened before"
    " one that was lost.",
)
UNIT: Final = Definition(
    "monps_unit_of_work_seconds",
    "histogram",
    ("outcome",),
    "seconds",
    "Time from the first statement of a unit of work to its end, by the way in which it ended:"
    " committed, rolled_back, or closed (without either, as most units of work that only read).",
    DURATIONS,
)
UNIT_RETRIES: Final = Definition(
    "monps_unit_of_work_retries_total",
    "counter",
    (),
    "attempts",
    "Repeated attempts of units of work, after a conflict with another session.",
)
BULK_ROWS: Final = Definition(
    "monps_bulk_rows_total",
    "counter",
    ("table", "change"),
    "rows",
    "Rows of bulk writes: inserted, updated, unchanged; also where the transaction is rolled back"
    " later.",
)
REPLICA_CHOICES: Final = Definition(
    "monps_replica_choices_total",
    "counter",
    ("replica", "outcome"),
    "sessions",
    "Outcome of asking a replica for a session: chosen, failed, or behind the requested position.",
)
REPLICA_LAG: Final = Definition(
    "monps_replica_lag_seconds",
    "gauge",
    ("replica",),
    "seconds",
    "Lag of the replica when a session last asked it.",
    is_latest=True,
)

DEFINITIONS: Final = tuple(value for value in vars().values() if isinstance(value, Definition))
