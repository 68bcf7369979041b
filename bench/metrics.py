"""Measure the processor time of units of work with metrics and without them, in turn.

    monps-db load sample
    python -m bench.metrics

It reads the database of the settings. 10,000 units of work read a match: its team, its odds, the
latest picks. The same number only counts teams, which is a minimal unit. Three engines work in
turn, 25 units at a time: one with metrics, and two without, whose difference is chance.
MODE=several measures several worker processes.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from sqlalchemy.orm import Session, sessionmaker

from bench import turns
from repositories import UnitOfWork

TURNS = 20
UNITS = 25


def main() -> None:
    mode = "several processes" if "PROMETHEUS_MULTIPROC_DIR" in os.environ else "one process"
    for name in WORK:
        found = turns.in_processes("bench.metrics", name)
        print(f"{name}, {mode}: {len(found) * TURNS * UNITS:,} units of work")
        print(turns.microseconds(found, "without"))
        print(turns.ratio_line(found, "with metrics", "without"))
        print(turns.ratio_line(found, "without again", "without"))


def show_match(uow: UnitOfWork) -> None:
    uow.teams.get_by_name("Sample United")
    uow.odds.get_by_match("sample-8")
    uow.tracking.get_recent_picks(days=3650, limit=20)


def count_teams(uow: UnitOfWork) -> None:
    uow.teams.count()


WORK: Final[Mapping[str, Callable[[UnitOfWork], None]]] = {
    "show a match": show_match,
    "count teams": count_teams,
}


def one_process(do: Callable[[UnitOfWork], None]) -> turns.Seconds:
    from core.config import get_settings
    from core.engines import create_sync_engine
    from core.metrics import PrometheusMetrics

    settings = get_settings()
    engines = {kind: create_sync_engine(settings) for kind in ("without", "without again")}
    with PrometheusMetrics() as metrics:
        engines["with metrics"] = create_sync_engine(settings)
        sessions = {kind: sessionmaker(engine) for kind, engine in engines.items()}
        work = {kind: partial(unit_of_work, each, do) for kind, each in sessions.items()}

        def before(kind: str) -> None:
            # While the metrics run, they listen to all sessions, including those of other engines.
            metrics.stop()
            if kind == "with metrics":
                metrics.start()
            unit_of_work(sessions[kind], do)

        return turns.take_turns(work, TURNS, UNITS, before)


def unit_of_work(sessions: sessionmaker[Session], do: Callable[[UnitOfWork], None]) -> None:
    with UnitOfWork(sessions) as uow:
        do(uow)
        uow.commit()


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(one_process(WORK[sys.argv[1]])))
    else:
        if os.environ.get("MODE") == "several":
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp()
        main()
