"""Load season files into the table of odds: which rows a first and a second load write."""

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import SchemaMismatchError
from loading.football_data import account as accounts
from loading.football_data import files
from loading.football_data.account import Unknown
from loading.merge import Merged
from repositories.bulk import encode
from tests.support import repository_rows
from tests.support.loading_odds import load, reasons, versions
from tests.support.repository_rows import Store
from tests.support.season_files import ROWS, line, season, write


def test_a_match_becomes_rows_of_odds(any_store: Store, tmp_path: Path) -> None:
    merged, account = load(any_store, write(tmp_path / "E0.csv", line()))
    assert merged == Merged(created=ROWS)
    assert (account.files, account.matches, account.refused_count) == (1, 1, 0)
    assert any_store.ask(
        "SELECT bookmaker, bookmaker_key, market, price_type, line, home_odds, draw_odds,"
        " away_odds, over_odds, under_odds FROM odds ORDER BY price_type, bookmaker, market"
    ) == [
        ("Bet365", "B365", "h2h", "closing", None, 1.4, 4.5, 7.0, None, None),
        ("Pinnacle", "PS", "asian_handicap", "closing", -1.25, 1.95, None, 1.97, None, None),
        ("Pinnacle", "PS", "h2h", "closing", None, 1.45, 4.6, 7.2, None, None),
        ("Pinnacle", "PS", "totals", "closing", 2.5, None, None, None, 1.7, 2.2),
        ("Bet365", "B365", "h2h", "opening", None, 1.5, 4.0, 6.5, None, None),
        ("Bet365", "B365", "totals", "opening", 2.5, None, None, None, 1.8, 2.0),
        ("Pinnacle", "PS", "asian_handicap", "opening", -1.0, 1.9, None, 2.0, None, None),
        ("Pinnacle", "PS", "h2h", "opening", None, 1.52, 4.1, 6.8, None, None),
        ("Pinnacle", "PS", "totals", "opening", 2.5, None, None, None, 1.83, 2.05),
    ]
    assert any_store.ask(
        "SELECT DISTINCT match_id, home_team, away_team, league, commence_time, is_live FROM odds"
    ) == [
        (
            "football-data:E0:2025-11-29:Man United:Fulham",
            *("Manchester United", "Fulham", "Premier League"),
            datetime(2025, 11, 29, 15, tzinfo=UTC),
            False,
        )
    ]


def test_a_second_load_touches_nothing(any_store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "E0.csv", line(), line(Date="30/11/2025", B365D=""))
    load(any_store, path)
    before = versions(any_store)
    merged, _ = load(any_store, path)
    assert merged == Merged(unchanged=2 * ROWS)
    assert versions(any_store) == before


def test_a_second_load_burns_no_ids(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "E0.csv", line())
    load(store, path)
    last = "SELECT last_value FROM odds_id_seq"
    before = store.ask(last)
    load(store, path)
    assert store.ask(last) == before


@pytest.mark.parametrize(
    ("changes", "updated", "created"),
    [
        ({"B365H": "1.55"}, 1, 0),
        ({"B365D": ""}, 1, 0),
        ({"PC>2.5": "1.71", "PC<2.5": "2.19"}, 1, 0),
        ({"Time": "17:30"}, ROWS, 0),
        ({"AHCh": "-1.5"}, 0, 1),
        ({"Date": "30/11/2025"}, 0, ROWS),
        ({"MaxH": "9", "AvgH": "9", "Referee": "Another"}, 0, 0),
    ],
    ids=str,
)
def test_a_changed_line_changes_exactly_its_rows(
    store: Store, tmp_path: Path, changes: dict[str, str], updated: int, created: int
) -> None:
    path = write(tmp_path / "E0.csv", line())
    load(store, path)
    before = versions(store)
    merged, _ = load(store, write(path, line(**changes)))
    assert (merged.updated, merged.created) == (updated, created)
    assert len(set(before) & set(versions(store))) == ROWS - updated


def test_an_update_moves_updated_at_and_keeps_the_rest(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "E0.csv", line())
    load(store, path)
    stamps = "SELECT id, created_at, updated_at FROM odds WHERE market = 'h2h' ORDER BY id LIMIT 1"
    ((id_, created_at, updated_at),) = store.ask(stamps)
    load(store, write(path, line(B365H="1.55", PSH="1.6", B365CH="2", PSCH="3")))
    ((same_id, same_created_at, later),) = store.ask(stamps)
    assert (same_id, same_created_at) == (id_, created_at)
    assert later > updated_at


def test_a_name_that_is_learnt_later_does_not_double_the_match(
    store: Store, tmp_path: Path
) -> None:
    load(store, write(tmp_path / "E0.csv", line()))
    store.ask("UPDATE odds SET home_team = 'Man United'")
    merged, _ = load(store, tmp_path / "E0.csv")
    assert merged == Merged(updated=ROWS)


def test_odds_of_other_sources_are_left_alone(store: Store, tmp_path: Path) -> None:
    store.add(repository_rows.odds("another-match"))
    load(store, write(tmp_path / "E0.csv", line()))
    assert store.count("odds") == ROWS + 1


def test_a_match_that_stands_twice_is_refused_the_second_time(store: Store, tmp_path: Path) -> None:
    one = write(tmp_path / "a.csv", line(), line(PSH="9"))
    other = write(tmp_path / "b.csv", line(PSH="8"))
    merged, account = load(store, one, other)
    assert merged == Merged(created=ROWS)
    first = f"line 2 of {one}"
    assert reasons(account) == [
        f"{one}, line 3: repeats the match in {first}",
        f"{other}, line 2: repeats the match in {first}",
    ]
    assert store.ask(
        "SELECT max(home_odds) FROM odds WHERE price_type = 'opening'"
        " AND market = 'h2h' AND bookmaker = 'Pinnacle'"
    ) == [(1.52,)]


def test_what_is_refused_is_noted_and_the_rest_is_stored(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "E0.csv", line(Date="x"), line(PSH="x"), line(Date="30/11/2025"))
    merged, account = load(store, path)
    assert merged == Merged(created=2 * ROWS - 1)
    assert [error.line for error in account.refused] == [2, 3]
    assert account.matches == 2


def test_only_the_first_refusals_are_kept(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "LISTED", 3)
    _, account = load(store, write(tmp_path / "E0.csv", *[line(Date="x")] * 5))
    assert (len(account.refused), account.refused_count) == (3, 5)


def test_a_column_that_stands_twice_refuses_the_file(store: Store, tmp_path: Path) -> None:
    columns = [*line(), "PSH"]
    path = write(tmp_path / "E0.csv", line(), columns=columns)
    _, account = load(store, path)
    assert reasons(account) == [f"{path}: has the column PSH twice"]
    columns[-1] = "Referee"
    merged, _ = load(store, write(path, line(), columns=columns))
    assert merged.created == ROWS


def test_unknown_names_are_noted_once(store: Store, tmp_path: Path) -> None:
    new = {"NEWH": "1.5", "NEWD": "4", "NEWA": "6"}
    path = write(
        tmp_path / "X9.csv",
        line(Div="X9", HomeTeam="Nobody", **new),
        line(Div="X9", AwayTeam="Nobody", **new),
    )
    _, account = load(store, path)
    assert account.unknown == {
        Unknown("bookmakers", "NEW"): 1,
        Unknown("leagues", "X9"): 2,
        Unknown("teams", "Nobody", "X9"): 2,
    }
    assert store.ask("SELECT count(*) FROM odds WHERE starts_with(bookmaker, 'NEW')") == [(0,)]


def test_matches_without_a_time_are_counted(store: Store, tmp_path: Path) -> None:
    _, account = load(store, write(tmp_path / "E0.csv", line(), line(HomeTeam="Leeds", Time="")))
    assert account.without_time == 1


@pytest.mark.slow
def test_a_season_is_read_a_line_at_a_time(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory holds one entry for each match and unknown team, and two batches."""
    monkeypatch.setattr(encode, "BATCH_ROWS", 1000)
    path = write(tmp_path / "E0.csv", *season(4000))
    size = path.stat().st_size
    with store.unit_of_work() as uow:
        tracemalloc.start()
        merged, account = files.load(uow, files.find([path]))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert merged.created == 4000 * ROWS
    assert account.matches == 4000
    assert size > 750_000
    assert peak < 8_000_000


def test_a_database_that_is_not_migrated_is_said(store: Store, tmp_path: Path) -> None:
    store.ask("DROP TABLE odds")
    with pytest.raises(SchemaMismatchError, match="run monps-db check"):
        load(store, write(tmp_path / "E0.csv", line()))


def test_the_statements_do_not_grow_with_the_rows(store: Store, tmp_path: Path) -> None:
    counts = []
    for matches in (1, 50):
        path = write(tmp_path / f"{matches}.csv", *season(matches))
        with store.statements() as sent:
            load(store, path)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_another_time_zone_of_the_session_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "E0.csv", line())
    load(store, path)
    with store.unit_of_work() as uow:
        uow.session.execute(text("SET LOCAL TimeZone = 'Pacific/Kiritimati'"))
        uow.session.execute(text("SET LOCAL DateStyle = 'German'"))
        merged, _ = files.load(uow, files.find([path]))
    assert merged == Merged(unchanged=ROWS)
