"""Rows with a version, and changes of them by another session."""

from collections.abc import Callable
from typing import Any

from repositories import RetryPolicy
from tests.support.repository_rows import Store, pick, strategy, team

AT_ONCE = RetryPolicy(attempts=20, first_wait=0.01, longest_wait=0.2)


def add_versioned(store: Store) -> None:
    store.add(team(team_id=1, total_pnl=1.0))
    store.add(strategy(1, roi=1.0), pick(stake=1.0))


VERSIONED: dict[str, tuple[str, str, str]] = {
    "strategies": ("strategies", "roi", "quantum.quantum_strategies"),
    "picks": ("tracking", "stake", "tracking_clv_picks"),
    "teams": ("teams", "total_pnl", "quantum.team_quantum_dna"),
}


CHANGES: dict[str, Callable[[Store, str, str], Any]] = {
    "raw SQL": lambda store, table, field: store.ask(f"UPDATE {table} SET {field} = 7"),
    "a deletion": lambda store, table, _: store.ask(
        f"DELETE FROM quantum.quantum_strategies; DELETE FROM {table}"
    ),
}
