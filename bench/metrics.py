"""What metrics cost: processor time of 20,000 units of work with them and without, in pairs.

    python -m bench.metrics

It uses the database of the settings and changes nothing in it. Three engines work in turn, fifty
units of work at a time, in one process, so that a change in the machine's speed meets all: one is
measured, two are not; those differ by chance alone. That chance is different in each process
(Python's caches go by addresses), so there are twenty, one after the other.
MODE=several measures it for several worker processes.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

PROCESSES = 20
UNITS = 1_000
ROUND = 50
KINDS = ("plain", "control", "metrics")


def main() -> None:
    command = [sys.executable, "-m", "bench.metrics", "one"]
    found = [json.loads(subprocess.check_output(command)) for _ in range(PROCESSES)]
    without = statistics.median(sum(process["plain"]) / UNITS for process in found)
    mode = "several processes" if "PROMETHEUS_MULTIPROC_DIR" in os.environ else "one process"
    print(
        f"{mode}: {PROCESSES * UNITS:,} units of work, {without * 1e6:.0f} us each without metrics"
    )
    for kind, name in (("metrics", "with metrics"), ("control", "once more without")):
        ratios = [ratio(process[kind], process["plain"]) for process in found]
        error = statistics.stdev(ratios) / PROCESSES**0.5
        print(
            f"{name} / without: {statistics.mean(ratios):.4f}, give or take {error:.4f}"
            f" (processes {min(ratios):.3f}-{max(ratios):.3f})"
        )


def ratio(seconds: Sequence[float], plain: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(seconds, plain, strict=True))


def one_process() -> dict[str, list[float]]:
    """Return the processor time of each round, by kind."""
    from core.config import get_settings
    from core.engines import create_sync_engine
    from core.metrics import PrometheusMetrics

    settings = get_settings()
    engines = {kind: create_sync_engine(settings) for kind in KINDS[:2]}
    spent: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with PrometheusMetrics():
        engines["metrics"] = create_sync_engine(settings)
        sessions = {kind: sessionmaker(engine) for kind, engine in engines.items()}
        listen_to_units(on=False)
        for number in range(UNITS // ROUND + 1):
            for turn in range(len(KINDS)):
                kind = KINDS[(number + turn) % len(KINDS)]
                listen_to_units(on=kind == "metrics")
                seconds = timed(sessions[kind])
                if number:  # the first round opens connections, and fills caches
                    spent[kind].append(seconds)
                listen_to_units(on=False)
    return spent


def listen_to_units(*, on: bool) -> None:
    """They listen to every session, also on an engine that is not measured."""
    from core.metrics.units import LISTENERS

    for name, listener in LISTENERS.items():
        if event.contains(Session, name, listener) != on:
            (event.listen if on else event.remove)(Session, name, listener)


def timed(sessions: sessionmaker[Session]) -> float:
    from repositories import UnitOfWork

    gc.collect()
    gc.disable()
    start = time.process_time()
    for _ in range(ROUND):
        with UnitOfWork(sessions) as uow:
            uow.teams.count()
            uow.commit()
    seconds = time.process_time() - start
    gc.enable()
    return seconds


if __name__ == "__main__":
    if sys.argv[1:] == ["one"]:
        print(json.dumps(one_process()))
    else:
        if os.environ.get("MODE") == "several":
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp()
        main()
