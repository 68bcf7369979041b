"""Run EXPLAIN for the statements that a test sends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, event, text

EXPLAINED: Final = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
MANY: Final = 50_000
"""So many rows of a table are most of it."""
CHEAP: Final = 1_000
"""Of what costs less, few rows are read: 100,000 cost above 4,000."""

LARGE: Final = text(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > :many"
    " AND relnamespace IN ('public'::regnamespace, 'quantum'::regnamespace)"
)


@dataclass(frozen=True)
class Explained:
    """A statement and its plan by EXPLAIN (FORMAT JSON)."""

    statement: str
    plan: dict[str, Any]

    def faults(self, large: frozenset[str]) -> list[str]:
        """Return the nodes that read or sort all rows of a large table."""
        faults = [fault for node in nodes(self.plan) if (fault := _fault(node, large))]
        if self.plan["Total Cost"] > CHEAP:
            faults += [
                f"filters {name}" for node in nodes(self.plan) if (name := _filtered(node)) in large
            ]
        return faults


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield all nodes of a plan."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def _fault(node: dict[str, Any], large: frozenset[str]) -> str | None:
    kind, relation = node["Node Type"], node.get("Relation Name")
    if kind == "Seq Scan" and relation in large:
        return f"reads all of {relation}: {node.get('Filter')}"
    if kind == "Sort" and (rows := node["Plans"][0]["Plan Rows"]) > MANY:
        return f"sorts {rows} rows by {', '.join(node['Sort Key'])}"
    return None


def large_tables(engine: Engine) -> frozenset[str]:
    """Return the tables that have many rows by the statistics of the planner."""
    with engine.connect() as connection:
        return frozenset(connection.scalars(LARGE, {"many": MANY}))


def _filtered(node: dict[str, Any]) -> str | None:
    """Return the table whose rows are read in index order and filtered, if there is one."""
    is_filtered = node["Node Type"] == "Index Scan" and "Filter" in node
    return node["Relation Name"] if is_filtered and "Index Cond" not in node else None


@contextmanager
def explained(engine: Engine) -> Iterator[list[Explained]]:
    """Run EXPLAIN for each statement in its own session, just before it is sent."""
    found: list[Explained] = []

    def explain(connection: Any, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        if statement.lstrip("- \n").upper().startswith(EXPLAINED) or "\nWITH" in statement:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
                plan = cursor.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            found.append(Explained(statement, plan[0]["Plan"]))

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", explain)
