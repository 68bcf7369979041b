"""Generate so many rows that PostgreSQL chooses the same plans as for years of odds."""

from pathlib import Path
from typing import Final

from sqlalchemy import Engine, TextClause, text

from models.quantum.chess import TACTICAL_PROFILES
from schemaproof_testing.project import ROOT

GROWTH: Final = ROOT / "bench" / "growth"
MATCHES: Final = 1_600
MOMENT: Final = "2026-01-10 12:00+00"


def fill(engine: Engine) -> None:
    """Fill every table, and run ANALYZE."""
    fill_odds(engine, MATCHES)
    picks = {"since": "2015-08-15", "until": "2016-08-15", "picks": 20_000}
    with engine.begin() as connection:
        connection.execute(_read(GROWTH / "picks.sql"), {**picks, "is_open": False})
        quantum = _read(Path(__file__).with_name("quantum_rows.sql"))
        connection.execute(quantum, {"profiles": list(TACTICAL_PROFILES)})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def fill_odds(engine: Engine, matches: int) -> None:
    """Insert the odds of a number of matches, 180 each."""
    odds = {"first": 0, "last": matches - 1, "leagues": 40, "played": 40, "moment": MOMENT}
    with engine.begin() as connection:
        connection.execute(_read(GROWTH / "odds.sql"), odds)


def _read(path: Path) -> TextClause:
    return text(path.read_text("utf-8"))
