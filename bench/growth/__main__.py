"""Measure time and disk space as the table of odds grows, in seconds and megabytes.

    python -m bench.growth [ROWS ...] [FOLDER ...]    (1, 10 and 30 million when none are given)

Rows are generated (odds.sql) on a server that does not wait for the disk: ten seasons, as many
leagues as the number of rows needs, 30 bookmakers, three markets, opening, closing and current
prices. 100 million rows are extrapolated by a straight line through the measured values. Folders
with season files are loaded as well (load odds).
"""

import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import linear_regression, median
from typing import Any, Final

from sqlalchemy import Engine, TextClause, text
from sqlalchemy.orm import sessionmaker

from bench.odds import run
from repositories import UnitOfWork
from schemaproof_testing.project import Alembic, unpooled_engine
from schemaproof_testing.servers import Database, create_database, started_server

HERE: Final = Path(__file__).parent
ROWS: Final = (1_000_000, 10_000_000, 30_000_000)
AIM: Final = 100_000_000
PLAYED, SEASONS, PRICES = 380, 10, 180
BATCH: Final = 5_000
"""Matches that one statement makes."""
LAST_SEASON: Final = {"since": "2024-08-01", "until": "2025-08-01"}
SIZES: Final = text("""
SELECT relname, pg_relation_size(oid) / 1e6 FROM pg_class
WHERE oid = 'public.odds'::regclass
    OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'public.odds'::regclass)
ORDER BY relname
""")


def sql(name: str) -> TextClause:
    return text((HERE / name).read_text("utf-8"))


def fill(engine: Engine, rows: int) -> int:
    """Generate rows, and vacuum and analyze the table; return the number of leagues."""
    matches = rows // PRICES
    leagues = max(1, round(matches / PLAYED / SEASONS))
    for first in range(0, matches, BATCH):
        last = min(first + BATCH, matches) - 1
        given = {"first": first, "last": last, "leagues": leagues, "played": PLAYED}
        with engine.begin() as connection:
            connection.execute(sql("odds.sql"), {**given, "moment": "2026-01-10 12:00+00"})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return leagues


def seconds(work: Callable[[], object], times: int = 1) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def match_day(uow: UnitOfWork, match_id: str, **changes: Any) -> list[dict[str, Any]]:
    rows = [row.to_dict() for row in uow.odds.get_by_match(match_id)]
    left_out = ("id", "created_at", "updated_at")
    return [{**{k: v for k, v in row.items() if k not in left_out}, **changes} for row in rows]


def measure(engine: Engine) -> dict[str, float]:
    sessions = sessionmaker(engine, expire_on_commit=False)
    with engine.connect() as connection:
        ids = list(
            connection.scalars(
                text("SELECT match_id FROM odds TABLESAMPLE SYSTEM (0.01) LIMIT 200")
            )
        )
        figures = {f"MB of {name}": float(size) for name, size in connection.execute(SIZES)}
    with UnitOfWork(sessions) as uow:
        figures["get_by_match"] = seconds(lambda: uow.odds.get_by_match(ids[len(ids) // 2]), 20)
        page = uow.odds.get_page(400, order_by="commence_time", descending=True)
        figures["get_page by commence_time"] = seconds(
            lambda: uow.odds.get_page(400, page.next, order_by="commence_time", descending=True), 20
        )
        stored = [row for match_id in dict.fromkeys(ids[:50]) for row in match_day(uow, match_id)]
        new = [{**row, "match_id": f"new:{row['match_id']}"} for row in stored]
        changed = [{**row, "bookmaker_key": "other"} for row in stored]
        for name, rows in (("unchanged", stored), ("changed", changed), ("new", new)):
            taken = seconds(lambda rows=rows: uow.odds.upsert_many(rows))  # type: ignore[misc]
            figures[f"upsert_many, 1,000 {name}"] = taken / len(rows) * 1000
    with engine.begin() as connection:
        picks = {**LAST_SEASON, "picks": 3_361, "is_open": True}
        connection.execute(sql("picks.sql"), picks)
        connection.execute(text("ANALYZE tracking_clv_picks"))
    with UnitOfWork(sessions) as uow:
        figures["close_picks of a season"] = seconds(uow.tracking.close_picks)
        figures["report clv"] = seconds(uow.tracking.get_clv_summary)
    return figures


def load(database: Database, folder: Path) -> float:
    """Return the seconds of `monps-db load odds` for a folder of season files."""
    return seconds(lambda: run(database.environ(), "monps-db", "load", "odds", str(folder)))


def measure_all(database: Database, rows: int, folders: Sequence[Path]) -> dict[str, float]:
    with unpooled_engine(database) as engine:
        filled = seconds(lambda: fill(engine, rows))
        figures = measure(engine)
    for folder in folders:
        figures[f"load odds {folder.name}"] = load(database, folder)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**figures, "seconds to fill": filled, "MB of this program": memory}


def show(measured: Mapping[int, Mapping[str, float]]) -> None:
    sizes = sorted(measured)
    print("| | " + " | ".join(f"{size:,}" for size in sizes) + f" | {AIM:,} (fit) |")
    print("|---|" + "---:|" * (len(sizes) + 1))
    for name in measured[sizes[-1]]:
        values = [measured[size][name] for size in sizes]
        print(
            f"| {name} | "
            + " | ".join(f"{value:.3g}" for value in values)
            + f" | {fit(sizes, values)} |"
        )


def fit(sizes: Sequence[int], values: Sequence[float]) -> str:
    """Return the value at ``AIM`` rows on a straight line through the values, and the line."""
    if len(sizes) == 1:
        return f"{values[0] * AIM / sizes[0]:.3g} if linear"
    line = linear_regression(sizes, values)
    there = line.intercept + line.slope * AIM
    return f"{there:.3g} = {line.intercept:.3g} + {line.slope * 1e6:.2g} per million"


def main() -> None:
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.isdecimal()]
    sizes = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()] or [*ROWS]
    measured: dict[int, dict[str, float]] = {}
    for rows in sizes:
        with started_server() as server, create_database(server) as database:
            Alembic(database).upgrade()
            measured[rows] = measure_all(database, rows, folders)
        show(measured)


if __name__ == "__main__":
    main()
