"""Compare a backfill with one UPDATE: rows, WAL, and the waiting times of an application.

    python -m bench.backfill [ROWS]

The default is 10 million rows, on a server that the benchmark starts. The application updates
single rows in eight sessions; each time includes the statement and its commit.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final

from schemaproof_testing import backfilled
from schemaproof_testing.servers import Database, create_database, started_server

ROWS: Final = 10_000_000
SESSIONS: Final = 8
QUIET: Final = 10.0
CREATE: Final = "CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL, other int, note text)"
FILL: Final = "INSERT INTO t SELECT n, 'name of ' || n, 0 FROM generate_series(1, %s) n"


def backfill(database: Database) -> None:
    with backfilled.operations(database) as op:
        op.backfill("t", set_="note = 'n' || id", where="note IS NULL")


def update(database: Database) -> None:
    database.execute("UPDATE t SET note = 'n' || id WHERE note IS NULL")


@contextmanager
def application(database: Database, rows: int) -> Iterator[list[float]]:
    """Update rows while the block runs; yield a list of the seconds that each statement took."""
    taken: list[float] = []
    stop = threading.Event()

    def work(place: int) -> None:
        with closing(database.connect()) as connection, connection.cursor() as cursor:
            number = place
            while not stop.wait(0.02):
                number = (number * 48_271 + 11) % rows
                began = time.monotonic()
                cursor.execute("UPDATE t SET other = other + 1 WHERE id = %s", [number + 1])
                connection.commit()
                taken.append(time.monotonic() - began)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(SESSIONS)]
    for thread in threads:
        thread.start()
    try:
        yield taken
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def shown(taken: list[float]) -> str:
    ordered = sorted(taken)
    p99 = ordered[len(ordered) * 99 // 100] * 1000
    return f"p99 {p99:.1f} ms, longest {ordered[-1] * 1000:.0f} ms of {len(taken)} statements"


def measure(database: Database, rows: int, name: str, change: Callable[[Database], None]) -> None:
    with application(database, rows) as quiet:
        time.sleep(QUIET)
    [(before,)] = database.superuser.query("SELECT pg_current_wal_lsn()")
    began = time.monotonic()
    with application(database, rows) as busy:
        change(database)
    seconds = time.monotonic() - began
    lag = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), %s)"
    [(wal,)] = database.superuser.query(lag, [before])
    [(left,)] = database.query("SELECT count(*) FROM t WHERE note IS NULL")
    print(
        f"{name}: {rows / seconds:,.0f} rows/s ({seconds:.0f} s), {wal / rows:.0f} bytes of WAL a"
        f" row, {left} rows left; application {shown(busy)}; without it {shown(quiet)}",
        flush=True,
    )


def main(rows: int = ROWS) -> None:
    with started_server() as server:
        for name, change in (("op.backfill", backfill), ("one UPDATE", update)):
            with create_database(server) as database:
                database.execute(CREATE)
                database.execute(FILL, [rows])
                database.superuser.execute_each("VACUUM ANALYZE t", "CHECKPOINT")
                measure(database, rows, name, change)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
