"""Measure writing 1,080,000 odds: upsert_many, COPY, add_all and SQLAlchemy's own upsert.

    python -m bench.bulk

It uses a scratch database on the local server. COPY gets the same rows from the same generator, as
lines of text; the slow methods write a part of the rows, and are compared with upsert_many of this
part. The memory is the peak of a process that only calls upsert_many once, with all rows.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from bench.scale_project import database_url
from models import Base, Odds
from repositories import UnitOfWork
from schemaproof.project import Project
from schemaproof.scratch.scratch import scratch_engine

ROWS = 1_080_000
PART = 54_000
ROUNDS = 3
KEY = ("match_id", "bookmaker", "market", "price_type", "line")
PRICES = ("home_odds", "draw_odds", "away_odds", "over_odds", "under_odds")
Row = dict[str, Any]


def prices(variant: int) -> list[Row]:
    """Return 90 prices of a match: 30 bookmakers, opening and closing results, closing totals."""

    def odd(salt: int) -> float:
        return round(1.05 + (variant * 7919 + salt * 104729) % 800 / 100, 2)

    rows = []
    for book in range(30):
        name = {"bookmaker": f"Bookmaker {book}"}
        result = dict(
            zip(PRICES, (odd(book), odd(book + 1), odd(book + 2), None, None), strict=True)
        )
        totals = dict(zip(PRICES, (None, None, None, odd(book + 3), odd(book + 4)), strict=True))
        h2h = {**name, "market": "h2h", "line": None, **result}
        rows += [{**h2h, "price_type": "opening"}, {**h2h, "price_type": "closing"}]
        rows.append({**name, "market": "totals", "price_type": "closing", "line": 2.5, **totals})
    return rows


def odds(count: int = ROWS) -> Iterator[Row]:
    """Yield a number of rows, match by match."""
    variants = [prices(variant) for variant in range(40)]
    start = datetime(2019, 8, 1, 15, tzinfo=UTC)
    for number in range(count // 90):
        kick_off = start + timedelta(hours=number // 5)
        match: Row = {
            "match_id": f"2024-25/serie-a/{number:06d}",
            "home_team": f"Team {number % 99}",
            "away_team": f"Team {(number * 7 + 1) % 99}",
            "league": f"League {number % 12}",
            "commence_time": kick_off,
            "collected_at": kick_off,
        }
        for price in variants[number % 40]:
            yield match | price


COLUMNS = list(next(odds()))


class Lines:
    """A file with the rows as text, for COPY."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows

    def read(self, _: int) -> str:
        return "".join(
            "\t".join(
                ["\\N" if value is None else str(value) for value in map(row.__getitem__, COLUMNS)]
            )
            + "\n"
            for row in islice(self._rows, 500)
        )


def copy(engine: Engine, rows: Iterator[Row]) -> None:
    with engine.begin() as connection:
        cursor: Any = connection.connection.cursor()
        cursor.copy_expert(f"COPY odds ({', '.join(COLUMNS)}) FROM STDIN", Lines(rows), 1 << 16)


def upsert_many(engine: Engine, rows: Iterator[Row]) -> None:
    with UnitOfWork(sessionmaker(engine)) as uow:
        uow.odds.upsert_many(rows)
        uow.commit()


def add_all(engine: Engine, rows: Iterator[Row]) -> None:
    with Session(engine) as session:
        session.add_all(Odds(**row) for row in rows)
        session.commit()


def _on_conflict(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=KEY,
        set_={name: statement.excluded[name] for name in COLUMNS if name not in KEY},
    )


def core_upsert(engine: Engine, rows: Iterator[Row]) -> None:
    """Upsert by the fastest way of SQLAlchemy: insertmanyvalues in large pages, no RETURNING."""
    statement = _on_conflict(insert(Odds.__table__))  # type: ignore[arg-type]
    with engine.begin() as connection:
        while batch := list(islice(rows, 10_000)):
            connection.execute(statement, batch)


def orm_upsert(engine: Engine, rows: Iterator[Row]) -> None:
    """Upsert by the usual way of SQLAlchemy: the ORM's insert with a list of values."""
    with Session(engine) as session:
        while batch := list(islice(rows, 1_000)):
            session.execute(_on_conflict(insert(Odds).values(batch)))
        session.commit()


def seconds(write: Callable[[Engine, Iterator[Row]], None], engine: Engine, count: int) -> float:
    rows = odds(count)
    start = time.perf_counter()
    write(engine, rows)
    return time.perf_counter() - start


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE odds"))


def measure(engine: Engine) -> None:
    """Print the best time of some rounds; each round runs all methods on the same machine."""
    names = ("COPY", "upsert_many, empty table", "upsert_many, nothing changed")
    best = dict.fromkeys(names, float("inf"))
    for _ in range(ROUNDS):
        for name, write in zip(names, (copy, upsert_many, upsert_many), strict=True):
            if name != names[2]:
                empty(engine)
            best[name] = min(best[name], seconds(write, engine, ROWS))
    for name, took in best.items():
        print(f"{name:<36} {took:7.2f} s  {took / best['COPY']:6.2f} x COPY", flush=True)
    slow = {"add_all": add_all, "Core upsert": core_upsert, "ORM upsert": orm_upsert}
    for name, write in slow.items():
        empty(engine)
        took = seconds(write, engine, PART)
        empty(engine)
        ours = seconds(upsert_many, engine, PART)
        rate = f"{PART / took:9,.0f} rows/s"
        print(f"{name:<36} {rate}  upsert_many is {took / ours:5.1f} x faster", flush=True)


def memory(url: str) -> None:
    """Print the peak memory of this process after one upsert_many of all rows."""
    engine = create_engine(url, poolclass=NullPool)
    empty(engine)
    upsert_many(engine, odds())
    # ru_maxrss cannot be used: on Linux it starts with the value of the process that started this
    # one.
    status = Path("/proc/self/status").read_text("ascii")
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    print(f"peak memory {int(peak) / 1024:.0f} MB")


def main() -> None:
    with scratch_engine(Project(Path(__file__).parents[1], Path(__file__).parents[1])) as engine:
        Base.metadata.create_all(engine)
        measure(engine)
        subprocess.run(
            [sys.executable, "-m", "bench.bulk", "memory"],
            input=database_url(engine),
            text=True,
            check=True,
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["memory"]:
        memory(sys.stdin.read())
    else:
        main()
