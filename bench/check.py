"""Measure `monps-db check` and `alembic check` on the same database, as whole processes.

    python -m bench.check [CHECKOUT ...]

The database is that of the settings, at head (`make up`). For comparison, other checkouts of this
repository are measured, each with its own environment and database.
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
    others = [
        Program(f"that of {folder}", [str(folder / ".venv/bin/monps-db"), "check"], folder)
        for folder in map(Path, sys.argv[1:])
    ]
    print("\n".join(timed([ours, stock, *others], ROUNDS).lines()))


if __name__ == "__main__":
    main()
