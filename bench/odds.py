"""Measure time, processor time and peak memory of `monps-db load odds`, in a scratch database.

    python -m bench.odds FOLDER

FOLDER contains season files of football-data.co.uk. They are loaded twice, and then twice more with
copies for other years, so that there are more than a million rows. Then picks, made from a sample
of the opening prices, are closed and reported.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Engine, text

from bench.scale_project import connection_environ
from core.project import find_project
from schemaproof.scratch.scratch import scratch_engine

BIN = Path(sys.executable).parent
COPIES = 22
PICKS = 3_361
MAKE_PICKS = """
INSERT INTO tracking_clv_picks (
    pick_id, match_id, home_team, away_team, league, match_date, market, selection, bookmaker,
    odds_at_pick
)
SELECT
    id, 'of another source', home_team, away_team, league, commence_time, market,
    CASE market WHEN 'h2h' THEN 'home' ELSE 'over_25' END, bookmaker, coalesce(home_odds, over_odds)
FROM odds
WHERE price_type = 'opening' AND market IN ('h2h', 'totals') AND line IS NOT DISTINCT FROM
    CASE market WHEN 'totals' THEN 2.5 END AND coalesce(home_odds, over_odds) IS NOT NULL
ORDER BY md5(id::text)
LIMIT :picks
"""


def run(environ: Mapping[str, str], *command: str) -> str:
    """Run a program; return its seconds, its processor seconds and its peak memory."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(BIN / command[0]), *command[1:]],
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    seconds = time.perf_counter() - start
    own = usage.ru_utime + usage.ru_stime
    return f"{seconds:6.1f} s, {own:5.1f} s of its own, {usage.ru_maxrss / 1024:4.0f} MB"


def copy_for_other_years(sources: Sequence[Path], folder: Path) -> None:
    """Copy season files to earlier years, except to years that lack their 29 February."""
    for back in range(0, COPIES * 4, 4):
        for source in sources:
            shifted = re.sub(
                r"(?m)^(\w+,\d\d/\d\d/)(\d{4})",
                lambda found: found[1] + str(int(found[2]) - back),  # noqa: B023 - used at once
                source.read_text("utf-8"),
            )
            (folder / f"{source.stem}_{back}.csv").write_text(shifted, "utf-8")


def measure(engine: Engine, name: str, folder: Path) -> None:
    for when in ("first time", "again"):
        figures = run(connection_environ(engine), "monps-db", "load", "odds", str(folder))
        with engine.connect() as connection:
            rows = connection.scalar(text("SELECT count(*) FROM odds"))
        print(f"{name}, {when:<10} {rows:>9,} rows {figures}", flush=True)


def close(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(MAKE_PICKS), {"picks": PICKS})
        connection.execute(text("ANALYZE"))
    with tempfile.TemporaryDirectory() as empty:
        header = Path(empty) / "E0.csv"
        header.write_text("Div,Date,HomeTeam,AwayTeam,PSH\n", "utf-8")
        arguments = ("monps-db", "load", "odds", "--close-picks", str(header))
        print(f"closing {PICKS:,} picks  {run(connection_environ(engine), *arguments)}", flush=True)
    print(f"reporting them       {run(connection_environ(engine), 'monps-db', 'report', 'clv')}")


def main() -> None:
    if len(sys.argv) != 2 or not list(Path(sys.argv[1]).glob("*_*.csv")):
        raise SystemExit("usage: python -m bench.odds FOLDER (with season files)")
    given = Path(sys.argv[1])
    files = sorted(given.glob("*.csv"))
    sources = [path for path in files if ",HomeTeam," in path.read_text("utf-8")]
    with (
        scratch_engine(find_project()) as engine,
        tempfile.TemporaryDirectory() as many,
    ):
        run(connection_environ(engine), "alembic", "upgrade", "head")
        measure(engine, "the files", given)
        copy_for_other_years(sources, Path(many))
        with engine.begin() as connection:
            connection.execute(text("TRUNCATE odds"))
        measure(engine, f"{COPIES} times them", Path(many))
        close(engine)


if __name__ == "__main__":
    main()
