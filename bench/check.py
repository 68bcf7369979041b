"""Seconds for `monps-db check` beside `alembic check` on the same database, whole process.

The database is the one that the settings name, at head (`make up`).
"""

import sys
from pathlib import Path

from bench.pairs import Program, timed

ROUNDS = 15
HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
STOCK = str(HERE / "stock" / "alembic.ini")


def main() -> None:
    ours = Program("monps-db check", [str(BIN / "monps-db"), "check"])
    stock = Program("alembic check", [str(BIN / "alembic"), "-c", STOCK, "check"])
    print("\n".join(timed([ours, stock], ROUNDS).lines()))


if __name__ == "__main__":
    main()
