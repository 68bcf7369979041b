"""The results of a check and the ledger, as metrics for Prometheus."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from schemaproof.errors import ConfigurationError
from schemaproof.findings.codes import Severity
from schemaproof.findings.findings import Kind
from schemaproof.output.documents import visible
from schemaproof.watch.state import Checked, Migrated, State

try:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
    from prometheus_client.registry import Collector
except ImportError as error:
    raise ConfigurationError(
        "prometheus-client is not installed", remedy="pip install prometheus-client"
    ) from error


@dataclass(frozen=True, slots=True)
class Definition:
    """The definition of a metric.

    Attributes:
        name: The name that Prometheus shows.
        kind: The kind of metric.
        labels: The names of the labels.
        unit: The unit of the values.
        meaning: The meaning of the metric, in one sentence.
    """

    name: str
    kind: Literal["counter", "gauge"]
    labels: tuple[str, ...]
    unit: str
    meaning: str

    def made(self, *samples: tuple[Sequence[str], float]) -> Metric:
        """Return the metric with its samples: the values of the labels, and the figure."""
        make = CounterMetricFamily if self.kind == "counter" else GaugeMetricFamily
        metric = make(self.name, self.meaning, labels=self.labels)
        for labels, value in samples:
            metric.add_metric(labels, value)
        return metric


UP: Final = Definition(
    "schemaproof_up",
    "gauge",
    (),
    "1 or 0",
    "Whether the last check completed; if not, the other figures come from an earlier one.",
)
IN_SYNC: Final = Definition(
    "schemaproof_in_sync",
    "gauge",
    (),
    "1 or 0",
    "Whether the last check found nothing except accepted differences.",
)
FINDINGS: Final = Definition(
    "schemaproof_findings",
    "gauge",
    ("kind", "severity"),
    "findings",
    "Findings of the last check, for every kind and severity (0 included).",
)
PENDING: Final = Definition(
    "schemaproof_pending_revisions", "gauge", (), "revisions", "Revisions that are not applied."
)
REVISION: Final = Definition(
    "schemaproof_revision_info",
    "gauge",
    ("tenant", "revision", "head"),
    "1",
    "The revision of the database, or of each tenant's schema, and the head of the history.",
)
CHECKED_AT: Final = Definition(
    "schemaproof_last_check_timestamp_seconds",
    "gauge",
    (),
    "seconds since 1970",
    "Time at which the last completed check ended.",
)
CHECK_SECONDS: Final = Definition(
    "schemaproof_last_check_duration_seconds",
    "gauge",
    (),
    "seconds",
    "Duration of the last completed check.",
)
MIGRATION_SECONDS: Final = Definition(
    "schemaproof_migration_last_duration_seconds",
    "gauge",
    ("tenant", "revision", "direction", "outcome"),
    "seconds",
    "Duration of the last step in the ledger, or in the ledger of each tenant.",
)
MIGRATION_ATTEMPTS: Final = Definition(
    "schemaproof_migration_attempts_total",
    "counter",
    ("direction", "outcome"),
    "attempts",
    "Steps of migrations in the ledger, done and failed; a step that is tried again fails first.",
)
MIGRATION_LOCK_WAITS: Final = Definition(
    "schemaproof_migration_lock_waits_total",
    "counter",
    (),
    "attempts",
    "Attempts in the ledger that failed because others held a lock: SQLSTATE 55P03, 40P01.",
)

DEFINITIONS: Final = tuple(value for value in vars().values() if isinstance(value, Definition))

# The SQLSTATEs of lock_not_available and deadlock_detected.
_LOCKED: Final = frozenset({"55P03", "40P01"})
_DIRECTIONS: Final = ("upgrade", "downgrade")


class StateCollector(Collector):
    """The figures of the last check, which Prometheus may request at any time.

    Attributes:
        registry: The registry that prometheus-client reads them from.
        state: The state of the daemon, with the last check.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        last = self.state.last
        yield UP.made(((), last.is_complete))
        if last.checked is not None:
            yield from _check_figures(last.checked)
            yield from _ledger_figures(last.checked.migrated)


def _check_figures(checked: Checked) -> Iterator[Metric]:
    found = Counter((each.kind, each.severity) for each in checked.report.findings)
    yield IN_SYNC.made(((), checked.report.in_sync))
    yield FINDINGS.made(
        *(
            ((kind.value.replace(" ", "_"), severity.value), found[kind, severity])
            for kind in Kind
            for severity in Severity
        )
    )
    yield PENDING.made(((), checked.report.kinds()[Kind.PENDING]))
    yield REVISION.made(
        *(
            ((visible(one.tenant), _revisions(one), _listed(checked.heads)), 1)
            for one in checked.migrated
        )
    )
    yield CHECKED_AT.made(((), checked.ended.timestamp()))
    yield CHECK_SECONDS.made(((), checked.seconds))


def _ledger_figures(migrated: Sequence[Migrated]) -> Iterator[Metric]:
    each = {one.tenant: [row for row in one.ledger if _is_step(row)] for one in migrated}
    last = [
        (
            (visible(tenant), visible(row["revision"]), row["direction"], row["outcome"]),
            row["duration"].total_seconds(),
        )
        for tenant, steps in each.items()
        for row in steps[-1:]
    ]
    if last:
        yield MIGRATION_SECONDS.made(*last)
    steps = [row for rows in each.values() for row in rows]
    made = Counter((row["direction"], row["outcome"]) for row in steps)
    yield MIGRATION_ATTEMPTS.made(
        *(
            ((direction, outcome), made[direction, outcome])
            for direction in _DIRECTIONS
            for outcome in ("done", "failed")
        )
    )
    yield MIGRATION_LOCK_WAITS.made(((), sum(row["sqlstate"] in _LOCKED for row in steps)))


def _is_step(row: Mapping[str, Any]) -> bool:
    return row["direction"] in _DIRECTIONS


def _revisions(one: Migrated) -> str:
    return "unreadable" if one.revisions is None else _listed(one.revisions)


def _listed(revisions: Sequence[str]) -> str:
    return ",".join(map(visible, revisions)) or "none"
