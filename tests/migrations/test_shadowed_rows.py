"""Commands that read and write rows do not use objects that others made in public."""

from pathlib import Path
from typing import Final

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.project import Alembic
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database
from tests.support import shadows
from tests.support.quantum_files import Files
from tests.support.season_files import line, write
from tests.support.shadows import BETTER_FITS, SAME_NAMES, walking

server_of_its_own = shadows.server_of_its_own

SAMPLE: Final = """
from cli import data
from loading import sample
with data.unit_of_work() as uow:
    sample.load(uow)
    uow.commit()
with data.unit_of_work() as uow:
    sample.remove(uow)
    uow.commit()
"""
PICKS: Final = """
INSERT INTO public.tracking_clv_picks (pick_id, match_id, home_team, away_team, league, match_date,
    market, selection, bookmaker, odds_at_pick)
SELECT pg_catalog.concat('p', n), 'm', 'Manchester United', 'Fulham', 'Premier League',
    '2025-11-29 15:00+00', 'h2h', 'home', 'Pinnacle', 2.0
FROM pg_catalog.generate_series(1, 3) AS n
"""
COMMANDS: Final = (
    ("python sample.py", 0),
    *[("monps-db load quantum-adn data", 0)] * 2,
    *[("monps-db load odds seasons --close-picks", 0)] * 2,
    ("monps-db show teams", 0),
    ("monps-db show strategies --team 'Team 11'", 0),
    ("monps-db show friction --min-score 1", 0),
    ("monps-db show picks --days 9999", 0),
    ("monps-db report clv --since 2020-01-01", 0),
    ("monps-db check --data", 1),
    ("monps-db plan", 0),
)


def migrated(database: Database) -> None:
    Alembic(database).upgrade()
    run_script(database, PICKS)


def test_no_command_on_rows_finds_a_name_of_anybody_elses(
    server_of_its_own: LocalServer, tmp_path: Path
) -> None:
    (tmp_path / "sample.py").write_text(SAMPLE, "utf-8")
    (tmp_path / "data").mkdir()
    Files(tmp_path / "data")
    write(tmp_path / "seasons" / "E0.csv", line())
    with walking(
        server_of_its_own, tmp_path, SAME_NAMES, BETTER_FITS, path="public", prepare=migrated
    ) as walk:
        printed = [walk.run(command, code=code).text for command, code in COMMANDS]
    assert "picks: 3 closed" in printed[3]
    assert "Manchester United" in printed[8]
