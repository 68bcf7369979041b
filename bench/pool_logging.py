"""Count the pool's log lines in 10,000 checkouts, compared with one line per checkout.

    python -m bench.pool_logging

It reads the database of the settings.
"""

import threading
import time

from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from core.config import get_settings
from core.database import create_sync_engine

CHECKOUTS = 10_000
THREADS = 16


def check_out(engine: Engine, times: int, pause: float) -> None:
    for _ in range(times):
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        time.sleep(pause)


def measure(name: str, *, threads: int, pause: float) -> None:
    """Check out 10,000 connections in total, and count the log lines."""
    engine = create_sync_engine(get_settings())
    share = CHECKOUTS // threads
    workers = [
        threading.Thread(target=check_out, args=(engine, share, pause)) for _ in range(threads)
    ]
    started = time.perf_counter()
    with capture_logs() as lines:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    seconds = time.perf_counter() - started
    engine.dispose()
    checkouts = share * threads
    change = (len(lines) / checkouts - 1) * 100
    print(
        f"{name:<34} {checkouts:>7} checkouts {len(lines):>5} lines "
        f"({change:+.2f} %) {seconds:6.1f} s"
    )


def main() -> None:
    measure("steady: 16 threads, no pause", threads=THREADS, pause=0)
    measure("steady: 5 threads, no pause", threads=5, pause=0)
    measure("uneven: 16 threads, 5 ms pause", threads=THREADS, pause=0.005)
    measure("uneven: 8 threads, 1 ms pause", threads=8, pause=0.001)


if __name__ == "__main__":
    main()
