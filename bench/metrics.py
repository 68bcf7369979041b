"""What metrics cost: processor time of 10,000 units of work with them and without, in pairs.

    python -m bench.metrics

It uses the database of the settings and changes nothing in it. Both engines work in turn, a hundred
units of work at a time, in one process, so that a change in the machine's speed meets both. The
last line times all that metrics add to a unit of work, called alone, which is less noisy.
MODE=several measures it for several worker processes.
"""

import gc
import os
import statistics
import tempfile
import time
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

UNITS = 10_000
ROUND = 100


def main() -> None:
    from core.config import get_settings
    from core.engines import create_sync_engine
    from core.metrics import PrometheusMetrics

    settings = get_settings()
    plain = sessionmaker(create_sync_engine(settings))
    with PrometheusMetrics():
        measured = sessionmaker(create_sync_engine(settings))
        for sessions in (plain, measured):
            work(sessions)
        gc.disable()
        pairs = []
        for number in range(UNITS // ROUND):
            turn = (plain, measured) if number % 2 else (measured, plain)
            taken = {id(sessions): spent(sessions) for sessions in turn}
            pairs.append((taken[id(plain)], taken[id(measured)]))
        ratios = sorted(with_them / without for without, with_them in pairs)
        quartiles = statistics.quantiles(ratios)
        without = sum(each for each, _ in pairs) / UNITS
        own = calls(measured)
    mode = "several processes" if "PROMETHEUS_MULTIPROC_DIR" in os.environ else "one process"
    print(f"{mode}: {UNITS:,} units of work, {without * 1e6:.0f} us each of processor time")
    print(
        f"with metrics / without: {statistics.median(ratios):.4f}"
        f" (half of the pairs {quartiles[0]:.4f}-{quartiles[2]:.4f})"
    )
    print(f"what metrics add, called alone: {own * 1e6:.1f} us, {own / without:.2%}")


def work(sessions: sessionmaker[Session]) -> None:
    from repositories import UnitOfWork

    for _ in range(ROUND):
        with UnitOfWork(sessions) as uow:
            uow.teams.count()
            uow.commit()


def spent(sessions: sessionmaker[Session]) -> float:
    gc.collect()
    start = time.process_time()
    work(sessions)
    return time.process_time() - start


def calls(sessions: sessionmaker[Session]) -> float:
    """Return the seconds that all that metrics add needs for one unit of work."""
    from core.metrics import units

    with sessions() as session:
        connection = session.connection()
        transaction = session.get_transaction()
        meter: Any = connection.engine.pool.meter  # type: ignore[attr-defined]
        entry: Any = SimpleNamespace(record_info={})
        start = time.process_time()
        for _ in range(UNITS):
            meter.given(meter.asked(), entry)
            units._began(session, transaction, connection)  # type: ignore[arg-type] # noqa: SLF001
            units._committed(session)  # noqa: SLF001
            units._ended(session, transaction)  # type: ignore[arg-type] # noqa: SLF001
            meter.returned(None, entry)
        return (time.process_time() - start) / UNITS


if __name__ == "__main__":
    if os.environ.get("MODE") == "several":
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp()
    main()
