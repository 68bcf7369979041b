"""What metrics cost: processor time of 20,000 units of work with them and without, in turn.

    python -m bench.metrics

It uses the database of the settings and changes nothing in it. Three engines work in turn, fifty
units of work at a time: one is measured, two are not; those differ by chance alone.
MODE=several measures it for several worker processes.
"""

import json
import os
import sys
import tempfile
from functools import partial

from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from bench import turns

TURNS = 20
UNITS = 50


def main() -> None:
    found = turns.in_processes("bench.metrics", "one")
    mode = "several processes" if "PROMETHEUS_MULTIPROC_DIR" in os.environ else "one process"
    print(f"{mode}: {len(found) * TURNS * UNITS:,} units of work")
    print(turns.microseconds(found, "without", UNITS))
    print(turns.ratio_line(found, "with metrics", "without"))
    print(turns.ratio_line(found, "without again", "without"))


def one_process() -> turns.Seconds:
    from core.config import get_settings
    from core.engines import create_sync_engine
    from core.metrics import PrometheusMetrics

    settings = get_settings()
    engines = {kind: create_sync_engine(settings) for kind in ("without", "without again")}
    with PrometheusMetrics():
        engines["with metrics"] = create_sync_engine(settings)
        sessions = {kind: sessionmaker(engine) for kind, engine in engines.items()}
        work = {kind: partial(units_of_work, each, UNITS) for kind, each in sessions.items()}

        def before(kind: str) -> None:
            listen_to_units(on=kind == "with metrics")
            units_of_work(sessions[kind], 1)

        return turns.take_turns(work, TURNS, before)


def listen_to_units(*, on: bool) -> None:
    """They listen to every session, also on an engine that is not measured."""
    from core.metrics.units import LISTENERS

    for name, listener in LISTENERS.items():
        if event.contains(Session, name, listener) != on:
            (event.listen if on else event.remove)(Session, name, listener)


def units_of_work(sessions: sessionmaker[Session], number: int) -> None:
    from repositories import UnitOfWork

    for _ in range(number):
        with UnitOfWork(sessions) as uow:
            uow.teams.count()
            uow.commit()


if __name__ == "__main__":
    if sys.argv[1:] == ["one"]:
        print(json.dumps(one_process()))
    else:
        if os.environ.get("MODE") == "several":
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp()
        main()
