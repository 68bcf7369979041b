"""Measure `monps-db load odds` for a folder of 450 season files in all historic layouts.

    python -m bench.season_files [MATCHES]

Each file has MATCHES (380) matches. One file in ten lacks trailing empty fields, one in ten has
semicolons, one in twenty month-first dates (refused), one in twenty a line without a date
(refused). They are loaded twice, into a scratch database.
"""

import os
import subprocess
import tempfile
import time
from argparse import ArgumentParser, RawTextHelpFormatter
from collections import Counter
from collections.abc import Mapping
from itertools import islice, product
from pathlib import Path

from bench.odds import BIN, run
from bench.scale_project import connection_environ
from core.project import find_project
from schemaproof.scratch.scratch import scratch_engine
from tests.support import historic_files
from tests.support.historic_files import FIRST_SEASON

FILES = 450
MATCHES = 380


def make(folder: Path, matches: int) -> None:
    seasons = (
        (division, year)
        for year, division in product(range(2025, 1992, -1), FIRST_SEASON)
        if FIRST_SEASON[division] <= year
    )
    for number, (division, year) in enumerate(islice(seasons, FILES)):
        content = historic_files.season(division, year, matches=matches)
        (folder / f"{division}-{year}.csv").write_text(_as_kept(content, number), "utf-8")


def _as_kept(content: str, number: int) -> str:
    header, *lines = content.split("\r\n")
    if number % 10 == 1:
        lines = [line.rstrip(",") for line in lines]
    if number % 20 == 3:
        lines = [_month_first(line) for line in lines]
    if number % 20 == 13:
        lines[5] = lines[5].replace("/", "?")
    kept = "\r\n".join([header, *lines])
    return kept.replace(",", ";") if number % 10 == 2 else kept


def _month_first(line: str) -> str:
    division, found, rest = line.partition(",")
    day, slash, after = rest.partition("/")
    month, second, more = after.partition("/")
    return f"{division}{found}{month}{slash}{day}{second}{more}" if slash else line


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawTextHelpFormatter)
    parser.add_argument("matches", type=int, nargs="?", default=MATCHES, help="in each file")
    matches = parser.parse_args().matches
    with (
        scratch_engine(find_project()) as engine,
        tempfile.TemporaryDirectory() as made,
    ):
        make(Path(made), matches)
        environ = connection_environ(engine)
        run(environ, "alembic", "upgrade", "head")
        for when in ("first time", "again"):
            print(f"{when}: {load(environ, Path(made))}", flush=True)


def load(environ: Mapping[str, str], folder: Path) -> str:
    """Load the folder; return seconds, peak memory, refused lines, and the output."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(
            [str(BIN / "monps-db"), "load", "odds", str(folder)],
            env={**os.environ, **environ},
            stdout=out,
            stderr=err,
        )
        _, _, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        out.seek(0)
        err.seek(0)
        refused = Counter(
            "month-first file" if "month-first" in line else "line without a date"
            for line in err
            if " Date " in line or "month-first" in line
        )
        return (
            f"{seconds:.1f} s, {usage.ru_maxrss / 1024:.0f} MB; refused: {dict(refused)};"
            f" {'; '.join(line.strip() for line in out)}"
        )


if __name__ == "__main__":
    main()
