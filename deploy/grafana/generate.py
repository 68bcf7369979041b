"""Generate the Grafana dashboard with Grafana's foundation SDK.

    python -m deploy.grafana.generate

It writes monps-db.json, which Grafana imports.
"""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.common import TooltipDisplayMode
from grafana_foundation_sdk.models.dashboard import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

FILE: Final = Path(__file__).with_name("monps-db.json")
_SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
_LAST_STEP: Final = "schemaproof_migration_last_duration_seconds"
_QUANTILES: Final = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of the dashboard.

    Attributes:
        title: The title.
        unit: The unit of the values.
        queries: The queries, each with the legend of its series.
        kind: The type of the panel.
    """

    title: str
    unit: str
    queries: dict[str, str]
    kind: str = "timeseries"


def _rate(name: str, by: str) -> str:
    return f"sum by ({by}) (rate({name}[$__rate_interval]))"


def _quantiles(name: str, by: str, legend: str) -> dict[str, str]:
    rate = _rate(f"{name}_bucket", f"le, {by}")
    return {f"histogram_quantile({q}, {rate})": f"{legend} {q:.0%}" for q in _QUANTILES}


_BY_POOL: Final = "pool, server"
_POOL: Final = "{{pool}} {{server}}"
ROWS: Final[dict[str, tuple[Panel, ...]]] = {
    "Pool": (
        Panel(
            "Connections",
            units.Short,
            {
                f"sum by ({_BY_POOL}) (monps_pool_in_use)": f"in use {_POOL}",
                f"sum by ({_BY_POOL}) (monps_pool_connections)": f"open {_POOL}",
                f"sum by ({_BY_POOL}) (monps_pool_size)": f"size {_POOL}",
                f"sum by ({_BY_POOL}) (monps_pool_limit)": f"limit {_POOL}",
            },
        ),
        Panel("Overflow", units.Short, {f"sum by ({_BY_POOL}) (monps_pool_overflow)": _POOL}),
        Panel(
            "Wait for a connection",
            units.Seconds,
            _quantiles("monps_pool_wait_seconds", "pool", "{{pool}}"),
        ),
        Panel(
            "Requests without a connection",
            units.CountsPerSecond,
            {
                _rate("monps_pool_timeouts_total", _BY_POOL): f"time-outs {_POOL}",
                _rate("monps_pool_failures_total", _BY_POOL): f"failures {_POOL}",
            },
        ),
        Panel(
            "Connections opened, lost, recycled",
            units.CountsPerSecond,
            {
                _rate("monps_pool_opened_total", _BY_POOL): f"opened {_POOL}",
                _rate("monps_pool_lost_total", _BY_POOL): f"lost {_POOL}",
                _rate("monps_pool_recycled_total", _BY_POOL): f"recycled {_POOL}",
            },
        ),
    ),
    "Units of work": (
        Panel(
            "Units of work",
            units.CountsPerSecond,
            {_rate("monps_unit_of_work_seconds_count", "outcome"): "{{outcome}}"},
        ),
        Panel(
            "Duration",
            units.Seconds,
            _quantiles("monps_unit_of_work_seconds", "outcome", "{{outcome}}"),
        ),
        Panel(
            "Further attempts",
            units.CountsPerSecond,
            {"sum(rate(monps_unit_of_work_retries_total[$__rate_interval]))": "attempts"},
        ),
        Panel(
            "Rows of bulk writes",
            units.CountsPerSecond,
            {_rate("monps_bulk_rows_total", "table, change"): "{{table}} {{change}}"},
        ),
    ),
    "Replicas": (
        Panel(
            "Lag", units.Seconds, {"max by (replica) (monps_replica_lag_seconds)": "{{replica}}"}
        ),
        Panel(
            "Sessions",
            units.CountsPerSecond,
            {_rate("monps_replica_choices_total", "replica, outcome"): "{{replica}} {{outcome}}"},
        ),
    ),
    "Schema": (
        Panel("In sync", units.Short, {"min(schemaproof_in_sync)": ""}, "stat"),
        Panel("Pending revisions", units.Short, {"max(schemaproof_pending_revisions)": ""}, "stat"),
        Panel(
            "Since the last check",
            units.Seconds,
            {"time() - max(schemaproof_last_check_timestamp_seconds)": ""},
            "stat",
        ),
        Panel("Last check completed", units.Short, {"min(schemaproof_up)": ""}, "stat"),
        Panel(
            "Findings",
            units.Short,
            {"sum by (kind, severity) (schemaproof_findings)": "{{kind}} {{severity}}"},
        ),
        Panel(
            "Time of the check",
            units.Seconds,
            {"max(schemaproof_last_check_duration_seconds)": "check"},
        ),
        Panel("Revision", units.Short, {"schemaproof_revision_info": ""}, "table"),
    ),
    "Migrations": (
        Panel(
            "Last step",
            units.Seconds,
            {_LAST_STEP: "{{direction}} {{revision}} {{outcome}}"},
        ),
        Panel(
            "Attempts in the ledger",
            units.Short,
            {
                "sum by (direction, outcome) (schemaproof_migration_attempts_total)": (
                    "{{direction}} {{outcome}}"
                ),
                "sum(schemaproof_migration_lock_waits_total)": "waited for a lock in vain",
            },
        ),
    ),
}


def build() -> str:
    """Return the dashboard as JSON."""
    made = (
        dashboard.Dashboard("Mon_PS database")
        .uid("monps-db")
        .description("Pools, units of work, replicas, schema and migrations; see docs/metrics.md.")
        .tags(["monps-db", "postgresql"])
        .refresh("30s")
        .time("now-1h", "now")
        .with_variable(dashboard.DatasourceVariable("datasource").type("prometheus"))
    )
    numbers = count(1)
    for title, panels in ROWS.items():
        made.with_row(dashboard.Row(title).id(next(numbers)))
        for panel in panels:
            made.with_panel(_build(panel, next(numbers)))
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def _build(panel: Panel, number: int) -> Any:
    made = _empty(panel.kind).id(number).title(panel.title).unit(panel.unit).datasource(_SOURCE)
    for letter, (expression, legend) in zip("ABCD", panel.queries.items(), strict=False):
        query = prometheus.Dataquery().expr(expression).ref_id(letter).legend_format(legend)
        if panel.kind == "table":
            query.instant().format(PromQueryFormat.TABLE)
        made.with_target(query)
    return made


def _empty(kind: str) -> Any:
    if kind == "stat":
        last = common.ReduceDataOptions().calcs(["lastNotNull"])
        return stat.Panel().reduce_options(last).span(6).height(4)
    if kind == "table":
        return table.Panel().show_header(show_header=True).span(12).height(8)
    every = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI)
    return timeseries.Panel().tooltip(every).min(0).span(12).height(8)


if __name__ == "__main__":
    FILE.write_text(build(), "utf-8")
