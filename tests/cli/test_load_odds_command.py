"""``monps-db load odds``, as users run it."""

import signal
import subprocess
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from schemaproof_testing.project import ROOT, Outcome, Programs
from schemaproof_testing.terminal import open_terminal, read_terminal
from tests.support import repository_rows
from tests.support.loading_odds import versions
from tests.support.repository_rows import Store, pick, store_programs
from tests.support.season_files import ROWS, line, season, write

pytestmark = pytest.mark.slow


REFUSED = "monps-db: 1 refused, the rest is loaded: correct what is listed above, and load again\n"


@pytest.fixture
def programs(store: Store, tmp_path: Path) -> Programs:
    return store_programs(store, tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def load(programs: Programs, *arguments: str) -> Outcome:
    return programs.monps_db("load", "odds", *arguments)


@pytest.mark.slow
def test_it_says_what_it_did_and_the_second_time_does_nothing(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(), line(Date="30/11/2025"))
    first = load(programs, "data/E0.csv")
    assert (first.code, first.err) == (0, "")
    assert first.out == (
        f"files: 1, matches: 2\nodds: {2 * ROWS} created, 0 updated, 0 unchanged\n"
    )
    before = versions(store)
    second = load(programs, "data")
    assert second.out.endswith(f"odds: 0 created, 0 updated, {2 * ROWS} unchanged\n")
    assert versions(store) == before


@pytest.mark.slow
def test_what_is_refused_is_listed_with_line_and_reason(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(), line(Date="31/02/2025"))
    outcome = load(programs, "data/E0.csv")
    assert outcome.code == 6
    assert outcome.err == (
        "data/E0.csv, line 3: has a Date that is not in the calendar:"
        " correct the line, and load again\n" + REFUSED
    )
    assert outcome.out.startswith("files: 1, matches: 1\n")
    assert store.count("odds") == ROWS


@pytest.mark.slow
def test_strict_keeps_nothing_when_something_is_refused(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(), line(Date="x"))
    outcome = load(programs, "--strict", "data/E0.csv")
    assert (outcome.code, outcome.out) == (6, "")
    assert "1 refused, nothing is kept" in outcome.err
    assert store.count("odds") == 0


@pytest.mark.slow
def test_names_without_a_name_in_mon_ps_are_listed(programs: Programs, data: Path) -> None:
    write(data / "E0.csv", line(HomeTeam="Nobody"), line(AwayTeam="No\x1bone"))
    outcome = load(programs, "data/E0.csv")
    assert outcome.code == 0
    assert outcome.err == (
        "2 teams and 0 leagues keep the names of the files: team Nobody (E0),"
        " team No\\x1bone (E0)\n"
        "--unknown-names FILE writes a list of them to fill in\n"
    )


@pytest.mark.slow
def test_unknown_names_are_written_to_be_filled_in_and_read_again(
    store: Store, programs: Programs, data: Path
) -> None:
    write(data / "X9.csv", line(Div="X9", HomeTeam='No "one"', NEWH="2", NEWD="3", NEWA="4"))
    outcome = load(programs, "--unknown-names", "names.toml", "data")
    assert outcome.code == 0
    assert "fill it in, and load with --names names.toml" in outcome.err
    stub = programs.folder / "names.toml"
    assert tomllib.loads(stub.read_text("utf-8")) == {
        "teams": {'No "one"': ""},
        "leagues": {"X9": ""},
        "bookmakers": {"NEW": ""},
    }
    assert load(programs, "--unknown-names", "names.toml", "data").code == 2
    filled = stub.read_text("utf-8").replace('"No \\"one\\"" = ""', '"No \\"one\\"" = "Someone"')
    stub.write_text(
        filled.replace('X9 = ""', 'X9 = "Some League"').replace('NEW = ""', 'NEW = "N"')
    )
    assert load(programs, "--names", "names.toml", "data").err == ""
    assert store.ask("SELECT DISTINCT home_team, league FROM odds") == [("Someone", "Some League")]
    assert store.ask("SELECT home_odds FROM odds WHERE bookmaker = 'N'") == [(2.0,)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "content", ["[teams\n", "[people]\na = 'b'\n", "teams = 1\n", "[teams]\na = 1\n", None]
)
def test_a_file_of_names_that_is_none_is_a_mistake_in_the_arguments(
    programs: Programs, data: Path, content: str | None
) -> None:
    write(data / "E0.csv", line())
    if content is not None:
        (programs.folder / "names.toml").write_text(content, "utf-8")
    outcome = load(programs, "--names", "names.toml", "data")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1


@pytest.mark.slow
def test_month_first_dates_are_refused_with_the_option_that_reads_them(
    programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(Date="8/17/2024"))
    refused = load(programs, "data")
    assert refused.code == 6
    assert "has month-first dates (line 2: 8/17/2024): load it with --dates month-first" in (
        refused.err
    )
    read = load(programs, "--dates", "month-first", "data")
    assert (read.code, read.err) == (0, "")


@pytest.mark.slow
def test_prices_that_a_file_does_not_hold_any_more_are_counted(
    programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line())
    load(programs, "data")
    write(data / "E0.csv", line(PSCH="", PSCD="", PSCA=""))
    outcome = load(programs, "data")
    assert outcome.out.endswith("prices no longer in the files: 1, kept as they were\n")


@pytest.mark.slow
def test_files_of_a_folder_that_are_no_season_are_passed_over(
    programs: Programs, data: Path
) -> None:
    write(data / "E0.csv", line(Time=""))
    (data / "names.csv").write_text("a,b\n", "utf-8")
    outcome = load(programs, "data")
    assert outcome.code == 0
    assert outcome.err == (
        "data/names.csv: passed over, because it has no header of a season file\n"
        "matches without a time of kick-off: 1, stored with 12:00 UK time\n"
    )
    named = load(programs, "data/names.csv")
    assert named.code == 6
    assert named.err.startswith("data/names.csv: has no header of a season file")


@pytest.mark.parametrize("arguments", [(), ("nowhere.csv",), ("empty",)])
def test_nothing_to_load_is_a_mistake_in_the_arguments(
    programs: Programs, arguments: tuple[str, ...]
) -> None:
    (programs.folder / "empty").mkdir()
    outcome = load(programs, *arguments)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1


@pytest.mark.slow
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
        "  left open: 1 in market 'btts', of which no odds are stored",
    ]
    assert store.ask("SELECT DISTINCT odds_at_close FROM tracking_clv_picks ORDER BY 1") == [
        (1.45,),
        (None,),
    ]


@pytest.mark.slow
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
    return subprocess.Popen(
        programs.command("monps-db", "load", "odds", *arguments),
        cwd=programs.folder,
        env=programs.environment(DB_LOCK_TIMEOUT="60s"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_load_keeps_nothing(
    store: Store, programs: Programs, data: Path, number: signal.Signals
) -> None:
    write(data / "E0.csv", line())
    with closing(store.database.connect()) as connection, connection.cursor() as cursor:
        # The rows are copied by then, and not yet in the table.
        cursor.execute("LOCK TABLE odds IN SHARE MODE")
        process = start(programs, "data")
        store.until_blocked()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "monps-db: interrupted\n")
    assert store.count("odds") == 0


@pytest.mark.slow
def test_a_load_is_interrupted_while_it_reads(store: Store, programs: Programs, data: Path) -> None:
    """The file never ends: a pipe that is fed until the program has died of the signal."""
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_terminal_sees_a_bar_that_fills(programs: Programs, data: Path) -> None:
    write(data / "E0.csv", *season(20))
    controller, terminal = open_terminal()
    process = subprocess.Popen(
        programs.command("monps-db", "load", "odds", "data"),
        cwd=programs.folder,
        env=programs.environment(TERM="xterm"),
        stdout=subprocess.PIPE,
        stderr=terminal,
    )
    seen = read_terminal(controller, terminal)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert "loading" in seen
    assert "100%" in seen


REAL = ROOT.parent / "shared" / "data" / "odds"


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not on this machine")
def test_the_real_files_once_and_twice(store: Store, programs: Programs) -> None:
    first = load(programs, str(REAL))
    assert first.code == 0, first.err
    assert first.out == ("files: 7, matches: 1906\nodds: 49493 created, 0 updated, 0 unchanged\n")
    assert "team_names.csv: passed over" in first.err
    assert "9 teams and 0 leagues keep the names of the files" in first.err
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
