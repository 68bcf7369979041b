"""Seconds for `monps-db check` beside `alembic check` on the same database, whole process.

The database is the one that the settings name, at head (`make up`). The two run in turn, so that a
change in the machine's speed meets both; the ratio is taken pair by pair.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PAIRS = 15
HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
OURS = [str(BIN / "monps-db"), "check"]
STOCK = [str(BIN / "alembic"), "-c", str(HERE / "stock" / "alembic.ini"), "check"]


def seconds(command: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    for command in (OURS, STOCK):
        seconds(command)
    pairs = [(seconds(OURS), seconds(STOCK)) for _ in range(PAIRS)]
    ours, stock = zip(*pairs, strict=True)
    ratios = [one / other for one, other in pairs]
    print(f"monps-db check  {statistics.median(ours):.3f} s (median of {PAIRS})")
    print(f"alembic check   {statistics.median(stock):.3f} s")
    print(f"ratio           {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})")


if __name__ == "__main__":
    main()
