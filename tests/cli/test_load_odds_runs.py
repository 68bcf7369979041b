"""A running load of season files: it closes picks, is interrupted, or runs twice at once."""

import signal
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from schemaproof_testing.project import ROOT, Outcome, Programs
from tests.support import repository_rows
from tests.support.loading_odds import versions
from tests.support.repository_rows import Store, pick, store_programs
from tests.support.season_files import ROWS, line, season, write

pytestmark = pytest.mark.slow


@pytest.fixture
def programs(store: Store, tmp_path: Path) -> Programs:
    return store_programs(store, tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def load(programs: Programs, *arguments: str) -> Outcome:
    return programs.monps_db("load", "odds", *arguments)


def test_picks_are_closed_in_the_same_transaction(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line())
    game = {"home_team": "Manchester United", "away_team": "Fulham"}
    day = repository_rows.KICK_OFF.replace(year=2025, month=11, day=29)
    store.add(
        pick("own", **game, match_date=day),
        pick("other", **game, match_date=day, bookmaker="Nobody"),
        pick("btts", **game, match_date=day, market="btts", selection="yes"),
    )
    outcome = load(programs, "--close-picks", "data")
    assert outcome.out.splitlines()[-2:] == [
        "picks: 2 closed (1 by their own bookmaker, 1 by Pinnacle), 1 left open",
        "  left open: 1 in market 'btts', for which no odds are stored",
    ]
    assert store.ask("SELECT DISTINCT odds_at_close FROM tracking_clv_picks ORDER BY 1") == [
        (1.45,),
        (None,),
    ]


def test_a_database_that_is_not_migrated_is_said(
    store: Store, programs: Programs, data: Path
) -> None:
    store.ask("DROP TABLE odds")
    write(data / "E0.csv", line())
    outcome = load(programs, "data")
    assert outcome.code == 6
    assert "alembic upgrade head" in outcome.err
    assert outcome.err.count("\n") == 1


def start(programs: Programs, *arguments: str) -> subprocess.Popen[str]:
    return programs.start("monps-db", "load", "odds", *arguments, DB_LOCK_TIMEOUT="60s")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_load_keeps_nothing(
    store: Store, programs: Programs, data: Path, number: signal.Signals
) -> None:
    write(data / "E0.csv", line())
    with closing(store.database.connect()) as connection, connection.cursor() as cursor:
        # At this lock, the rows are copied to the server but not yet in the table.
        cursor.execute("LOCK TABLE odds IN SHARE MODE")
        process = start(programs, "data")
        store.until_blocked()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "monps-db: interrupted\n")
    assert store.count("odds") == 0


def test_a_load_is_interrupted_while_it_reads(store: Store, programs: Programs, data: Path) -> None:
    """The file never ends: the test writes to a pipe until the signal has ended the program."""
    data.mkdir()
    pipe = data / "E0.csv"
    subprocess.run(["mkfifo", str(pipe)], check=True)
    process = start(programs, "data/E0.csv")
    try:
        with pipe.open("w", encoding="utf-8") as feed:
            header, *rest = write(data / "few.txt", *season(500)).read_text("utf-8").splitlines()
            feed.write(header + "\n")
            sent = False
            while True:
                feed.write("\n".join(rest) + "\n")
                feed.flush()
                if not sent and store.ask(READING) == [(1,)]:
                    process.send_signal(signal.SIGINT)
                    sent = True
    except BrokenPipeError:
        pass
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "monps-db: interrupted\n")
    assert store.count("odds") == 0


READING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND state = 'idle in transaction' AND query LIKE '%%pg_advisory_xact_lock%%'"
)


def test_of_two_loads_at_once_the_second_finds_the_rows_of_the_first(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line())
    with closing(store.database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE odds IN SHARE MODE")
        first = start(programs, "data")
        store.until_blocked()
        second = start(programs, "data")
        store.until_blocked(sessions=2)
        connection.rollback()
        outputs = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert outputs[0].endswith(f"odds: {ROWS} created, 0 updated, 0 unchanged\n")
    assert outputs[1].endswith(f"odds: 0 created, 0 updated, {ROWS} unchanged\n")


def test_a_terminal_sees_a_bar_that_fills(programs: Programs, data: Path) -> None:
    write(data / "E0.csv", *season(20))
    outcome = programs.on_terminal("monps-db", "load", "odds", "data").succeeded()
    assert "loading" in outcome.err
    assert "100%" in outcome.err


REAL = ROOT.parent / "shared" / "data" / "odds"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not on this machine")
def test_the_real_files_once_and_twice(store: Store, programs: Programs) -> None:
    first = load(programs, str(REAL)).succeeded()
    assert first.out == ("files: 7, matches: 1906\nodds: 49493 created, 0 updated, 0 unchanged\n")
    assert "team_names.csv: passed over" in first.err
    assert "names kept as in the files: teams: 9, leagues: 0" in first.err
    assert "(D1)" not in first.err
    before = versions(store)
    second = load(programs, str(REAL))
    assert second.out.endswith("odds: 0 created, 0 updated, 49493 unchanged\n")
    assert versions(store) == before
    assert store.ask(
        "SELECT bookmaker, market, price_type, home_odds, over_odds, line FROM odds WHERE"
        " match_id = 'football-data:E0:2024-08-16:Man United:Fulham' AND bookmaker = 'Pinnacle'"
        " ORDER BY 2, 3"
    ) == [
        ("Pinnacle", "asian_handicap", "closing", 1.83, None, -0.75),
        ("Pinnacle", "asian_handicap", "opening", 2.07, None, -1.0),
        ("Pinnacle", "h2h", "closing", 1.65, None, None),
        ("Pinnacle", "h2h", "opening", 1.63, None, None),
        ("Pinnacle", "totals", "closing", None, 1.63, 2.5),
        ("Pinnacle", "totals", "opening", None, 1.56, 2.5),
    ]
    ((summer,),) = store.ask(
        "SELECT DISTINCT commence_time AT TIME ZONE 'UTC' FROM odds"
        " WHERE match_id = 'football-data:E0:2024-08-16:Man United:Fulham'"
    )
    assert str(summer) == "2024-08-16 19:00:00"
