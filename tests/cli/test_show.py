"""``monps-db show`` prints rows as a table, as text for pipes, or as JSON."""

import json
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

import core.database
from cli.main import main
from schemaproof_testing.project import Outcome
from tests.support.database_settings import configure
from tests.support.repository_rows import Store, days_ago, friction, pick, strategy, team

pytestmark = pytest.mark.slow


Show = Callable[..., Outcome]


@pytest.fixture
def show(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Show]:
    """Run ``monps-db show`` in this process, with the settings of the store's database."""
    configure(monkeypatch, **store.database.environ())
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: str) -> Outcome:
        with pytest.raises(SystemExit) as end:
            main(["show", *arguments])
        assert isinstance(end.value.code, int)
        return Outcome(end.value.code, *capsys.readouterr())

    yield run
    signal.signal(signal.SIGTERM, before)
    core.database.reset()


@pytest.fixture
def filled(store: Store) -> Store:
    store.add(
        team("AC Milan", total_pnl=1.5, tier="ELITE"),
        team("Inter Milan", total_pnl=9.0),
        team("Lazio"),
        team("Marseille", league="Ligue 1", total_pnl=-2.0),
    )
    store.add(friction(1, 2, 90), friction(2, 3, 70), friction(1, 3, 69))
    store.add(
        strategy(3, "A", roi=None, market="btts"),
        strategy(3, "B", roi=5.0, market="btts"),
        strategy(2, "C", roi=7.0, market="btts"),
        strategy(1, "D", roi=9.0, market="over"),
    )
    store.add(
        pick("old", agent="x", match_date=days_ago(30)),
        pick("new", agent="x", match_date=days_ago(1), odds_at_close=1.6, clv_percentage=25.0),
        pick("to come", agent="y", match_date=days_ago(-2)),
    )
    return store


def column(show: Show, name: str, *arguments: str) -> list[str]:
    """Return what ``show`` prints for a column, in a pipe and as JSON."""
    outcome = show(*arguments)
    assert (outcome.code, outcome.err) == (0, "")
    header, *lines = (line.split("\t") for line in outcome.out.splitlines())
    assert {len(line) for line in lines} <= {len(header)}
    return [line[header.index(name)] for line in lines]


LISTINGS: dict[str, tuple[str, list[str]]] = {
    "teams": ("team_name", ["Inter Milan", "AC Milan", "Marseille"]),
    "teams --limit 2": ("team_name", ["Inter Milan", "AC Milan"]),
    "teams --league=Serie_A": ("team_name", ["AC Milan", "Inter Milan", "Lazio"]),
    "teams --league=Serie_A --limit 1": ("team_name", ["AC Milan"]),
    "strategies --team lazio": ("strategy_name", ["B", "A"]),
    "strategies --team lazio --limit 1": ("strategy_name", ["B"]),
    "strategies --market btts": ("strategy_name", ["C", "B", "A"]),
    "strategies --market btts --limit 2": ("team.team_name", ["Inter Milan", "Lazio"]),
    "strategies --market draw": ("strategy_name", []),
    "friction": ("friction_score", ["90.0", "70.0"]),
    "friction --min-score 69": ("friction_score", ["90.0", "70.0", "69.0"]),
    "friction --min-score 69 --limit 1": ("friction_score", ["90.0"]),
    "friction --teams lazio inter": ("home_team.team_name", ["Inter Milan"]),
    "friction --teams lazio marseille": ("friction_id", []),
    "picks": ("pick_id", ["to come", "new"]),
    "picks --days 40": ("pick_id", ["to come", "new", "old"]),
    "picks --days 40 --limit 1": ("pick_id", ["to come"]),
    "picks --agent x": ("pick_id", ["new", "old"]),
    "picks --agent z": ("pick_id", []),
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("command", "expected"), LISTINGS.items(), ids=LISTINGS)
def test_a_listing_has_its_rows_in_order(
    show: Show, command: str, expected: tuple[str, list[str]]
) -> None:
    name, values = expected
    arguments = [argument.replace("_", " ") for argument in command.split()]
    assert column(show, name, *arguments) == values


@pytest.mark.usefixtures("filled")
def test_nothing_is_nothing_in_a_pipe(show: Show) -> None:
    assert column(show, "tier", "teams") == ["", "ELITE", ""]
    assert column(show, "roi", "strategies", "--team", "lazio") == ["5.0", ""]


TABLES = {
    "teams": ("team_quantum_dna", "team_id"),
    "strategies": ("quantum_strategies", "strategy_id"),
    "friction": ("quantum_friction_matrix", "friction_id"),
    "picks": ("tracking_clv_picks", "pick_id"),
}


def as_json(show: Show, *arguments: str) -> list[dict[str, Any]]:
    outcome = show(*arguments, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    rows: list[dict[str, Any]] = json.loads(outcome.out, parse_constant=refuse)
    return rows


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "arguments",
    [["teams"], ["strategies", "--market", "btts"], ["friction"], ["picks"]],
    ids=" ".join,
)
def test_json_has_all_columns_of_the_same_rows(
    store: Store, show: Show, arguments: list[str]
) -> None:
    table, key = TABLES[arguments[0]]
    rows = as_json(show, *arguments)
    assert [str(row[key]) for row in rows] == column(show, key, *arguments)
    names = store.ask(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", table
    )
    assert set(rows[0]) == {name for (name,) in names}


def test_json_is_json_whatever_is_stored(store: Store, show: Show) -> None:
    store.add(team("Ñ \u2028 '\"\\", market_dna={"a": [None, True, "é"]}, total_pnl=1.0))
    store.ask(
        "INSERT INTO quantum.team_quantum_dna (team_name, league, total_pnl, win_rate, avg_clv)"
        " VALUES ('x', 'L', 'NaN', 'Infinity', '-Infinity')"
    )
    strange, usual = as_json(show, "teams")
    numbers = [strange[name] for name in ("total_pnl", "win_rate", "avg_clv")]
    assert numbers == ["NaN", "Infinity", "-Infinity"]
    assert usual["team_name"] == "Ñ \u2028 '\"\\"
    assert usual["market_dna"] == {"a": [None, True, "é"]}


@pytest.mark.parametrize("arguments", [["teams"], ["friction"], ["picks"]], ids=" ".join)
def test_an_empty_database_is_an_empty_listing(show: Show, arguments: list[str]) -> None:
    assert as_json(show, *arguments) == []
    outcome = show(*arguments)
    assert (outcome.code, outcome.out.count("\n")) == (0, 1)


MISTAKES = {
    "limit 0": (["teams", "--limit", "0"], "limit"),
    "limit -1": (["picks", "--limit", "-1"], "limit"),
    "limit text": (["friction", "--limit", "many"], "limit"),
    "huge limit": (["teams", "--limit", str(10**30)], "limit"),
    "days 0": (["picks", "--days", "0"], "days"),
    "huge days": (["picks", "--days", str(10**9)], "days"),
    "no filter": (["strategies"], "either --team or --market"),
    "two filters": (["strategies", "--team", "x", "--market", "y"], "either --team or --market"),
    "unknown team": (["strategies", "--team", "Roma"], "no team name contains 'Roma'"),
    "unknown opponent": (["friction", "--teams", "Lazio", "Roma"], "no team name contains 'Roma'"),
    "one team": (["friction", "--teams", "Lazio"], "requires 2 arguments"),
    "ambiguous team": (["strategies", "--team", "milan"], "AC Milan, Inter Milan"),
    "blank team": (["strategies", "--team", ""], "should not be blank"),
    "long team": (["strategies", "--team", "x" * 101], "longer than 100"),
    "long league": (["teams", "--league", "x" * 51], "longer than 50"),
    "NaN": (["friction", "--min-score", "nan"], "should be finite"),
    "format": (["teams", "--format", "xml"], "format"),
    "listing": (["odds"], "odds"),
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("arguments", "reason"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_clear_line_and_exit_code_2(
    show: Show, arguments: list[str], reason: str
) -> None:
    outcome = show(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("monps-db: ")
    assert outcome.err.count("\n") == 1
    assert reason in outcome.err


def test_an_empty_league_is_a_league_and_not_all(filled: Store, show: Show) -> None:
    assert filled.count("quantum.team_quantum_dna") == 4
    assert column(show, "team_name", "teams", "--league", "") == []


def test_a_name_with_control_characters_stays_on_its_line(store: Store, show: Show) -> None:
    store.add(team("a\nb\tc\x1b[31m", total_pnl=1.0), team("a\nd"))
    assert column(show, "team_name", "teams") == [r"a\nb\tc\x1b[31m"]
    outcome = show("strategies", "--team", "a")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "\x1b" not in outcome.err


@pytest.mark.parametrize("count", [1, 100])
@pytest.mark.parametrize(
    "arguments",
    [["friction"], ["strategies", "--team", "T0 "], ["strategies", "--market", "o"]],
    ids=" ".join,
)
def test_a_listing_sends_as_many_statements_for_a_hundred_rows_as_for_one(
    store: Store, show: Show, arguments: list[str], count: int
) -> None:
    store.add(*(team(f"T{number} ") for number in range(count + 1)))
    store.add(*(friction(number, number + 1, 80) for number in range(1, count + 1)))
    store.add(*(strategy(1, f"S{number}", market="o") for number in range(count)))
    sent: list[str] = []
    engine = core.database.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    assert show(*arguments, "--limit", "100").code == 0
    # Two more statements set the search_path and check the owners of the tables.
    assert len(sent) == 2 + (3 if "--team" in arguments else 1)
