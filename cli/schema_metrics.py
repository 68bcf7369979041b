"""What a check and the ledger say, as metrics for Prometheus."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from core.metrics.definitions import Definition
from core.metrics.families import family
from schemaproof import Kind, Report, Severity, visible

IN_SYNC: Final = Definition(
    "monps_schema_in_sync",
    "gauge",
    (),
    "1 or 0",
    "Whether the last check had nothing to report but what is accepted.",
)
FINDINGS: Final = Definition(
    "monps_schema_findings",
    "gauge",
    ("kind", "severity"),
    "findings",
    "What the last check found; all kinds and severities are there, with 0 too.",
)
PENDING: Final = Definition(
    "monps_schema_pending_revisions", "gauge", (), "revisions", "Revisions that are not applied."
)
REVISION: Final = Definition(
    "monps_schema_revision_info",
    "gauge",
    ("revision", "head"),
    "1",
    "The revision of the database, and the head of the history.",
)
CHECKED_AT: Final = Definition(
    "monps_schema_last_check_timestamp_seconds",
    "gauge",
    (),
    "seconds since 1970",
    "When the last check that could complete ended.",
)
CHECK_SECONDS: Final = Definition(
    "monps_schema_check_seconds", "gauge", (), "seconds", "How long that check took."
)
CHECK_SUCCESS: Final = Definition(
    "monps_schema_check_success",
    "gauge",
    (),
    "1 or 0",
    "Whether the last check could complete; if not, the other figures are of the one before.",
)
MIGRATION_SECONDS: Final = Definition(
    "monps_migration_last_duration_seconds",
    "gauge",
    ("revision", "direction", "outcome"),
    "seconds",
    "How long the last step took that the ledger knows.",
)
MIGRATION_ATTEMPTS: Final = Definition(
    "monps_migration_attempts_total",
    "counter",
    ("direction", "outcome"),
    "attempts",
    "Steps of migrations in the ledger, done and failed; a step that is tried again fails first.",
)
MIGRATION_LOCK_WAITS: Final = Definition(
    "monps_migration_lock_waits_total",
    "counter",
    (),
    "attempts",
    "Attempts in the ledger that failed because others held a lock: SQLSTATE 55P03, 40P01.",
)

DEFINITIONS: Final = tuple(value for value in vars().values() if isinstance(value, Definition))

# lock_not_available, deadlock_detected
_LOCKED: Final = frozenset({"55P03", "40P01"})
# By the values of the labels.
_Figures = dict[Definition, dict[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What there is to say of one check.

    Attributes:
        report: What the check found.
        seconds: How long it took.
        revisions: Where the database is; None when this role may not read that.
        heads: Of the history.
        ledger: Its rows, oldest first.
    """

    report: Report
    seconds: float
    revisions: Sequence[str] | None
    heads: Sequence[str]
    ledger: Sequence[Mapping[str, Any]]


class Exposed(Collector):
    """The figures of the last check; Prometheus may ask at any time.

    Attributes:
        registry: What gives them to prometheus-client.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._is_complete = 0
        self._figures: _Figures = {}
        self.registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        yield family(CHECK_SUCCESS, {(): [self._is_complete]})
        for definition, series in self._figures.items():
            yield family(definition, {labels: [figure] for labels, figure in series.items()})

    def update(self, checked: Checked) -> None:
        """Show what a check said."""
        self._figures = _figures(checked)
        self._is_complete = 1

    def failed(self) -> None:
        """Show that a check could not complete; what the one before said stays."""
        self._is_complete = 0


def _figures(checked: Checked) -> _Figures:
    found = Counter((each.kind, each.severity) for each in checked.report.findings)
    revision = "unreadable" if checked.revisions is None else _listed(checked.revisions)
    return {
        IN_SYNC: {(): checked.report.in_sync},
        FINDINGS: {
            (kind.value.replace(" ", "_"), severity.value): found[kind, severity]
            for kind in Kind
            for severity in Severity
        },
        PENDING: {(): checked.report.kinds()[Kind.PENDING]},
        REVISION: {(revision, _listed(checked.heads)): 1},
        CHECKED_AT: {(): time.time()},
        CHECK_SECONDS: {(): checked.seconds},
        **_ledger_figures(checked.ledger),
    }


def _ledger_figures(rows: Sequence[Mapping[str, Any]]) -> _Figures:
    steps = [row for row in rows if row["direction"] in ("upgrade", "downgrade")]
    attempts = Counter((row["direction"], row["outcome"]) for row in steps)
    last: dict[tuple[str, ...], float] = {}
    for row in steps[-1:]:
        labels = (visible(row["revision"]), row["direction"], row["outcome"])
        last[labels] = row["duration"].total_seconds()
    return {
        MIGRATION_SECONDS: last,
        MIGRATION_ATTEMPTS: {
            (direction, outcome): attempts[direction, outcome]
            for direction in ("upgrade", "downgrade")
            for outcome in ("done", "failed")
        },
        MIGRATION_LOCK_WAITS: {(): sum(row["sqlstate"] in _LOCKED for row in steps)},
    }


def _listed(revisions: Sequence[str]) -> str:
    return ",".join(map(visible, revisions)) or "none"
