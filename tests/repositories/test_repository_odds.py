"""Queries for odds and picks return the right rows in the right order."""

from datetime import timedelta

from tests.support.repository_rows import KICK_OFF, Store, days_ago, odds, pick

LATER = KICK_OFF + timedelta(days=1)


def test_odds_of_a_match_by_primary_key(store: Store) -> None:
    store.add(*(odds("m1", id=id_, bookmaker=str(id_)) for id_ in (2, 4, 1)), odds("m2", id=3))
    with store.unit_of_work() as uow:
        assert [row.id for row in uow.odds.get_by_match("m1")] == [1, 2, 4]
        assert uow.odds.get_by_match("m9") == []


def test_odds_of_a_league_newest_kick_off_first_and_ties_by_primary_key(store: Store) -> None:
    store.add(
        odds("a", id=4, league="L", commence_time=KICK_OFF),
        odds("e", id=5, league="L", commence_time=KICK_OFF),
        odds("b", id=2, league="L", commence_time=LATER),
        odds("c", id=3, league="L", commence_time=KICK_OFF),
        odds("d", id=1, league="M", commence_time=LATER),
    )
    with store.unit_of_work() as uow:
        assert [row.id for row in uow.odds.get_by_league("L")] == [2, 3, 4, 5]
        assert [row.id for row in uow.odds.get_by_league("L", limit=2)] == [2, 3]


def test_a_league_has_a_hundred_odds_when_nothing_is_said(store: Store) -> None:
    store.add(*(odds(f"m{number}") for number in range(101)))
    with store.unit_of_work() as uow:
        assert len(uow.odds.get_by_league("Serie A")) == 100


def test_picks_of_an_agent_newest_kick_off_first_and_ties_by_primary_key(store: Store) -> None:
    store.add(
        pick("a", id=4, agent="x", match_date=KICK_OFF),
        pick("f", id=6, agent="x", match_date=KICK_OFF),
        pick("b", id=2, agent="x", match_date=LATER),
        pick("c", id=3, agent="x", match_date=KICK_OFF),
        pick("d", id=1, agent="y", match_date=LATER),
        pick("e", id=5, agent=None, match_date=LATER),
    )
    with store.unit_of_work() as uow:
        assert [row.id for row in uow.tracking.get_by_agent("x")] == [2, 3, 4, 6]
        assert [row.id for row in uow.tracking.get_by_agent("x", limit=1)] == [2]


def test_recent_picks_are_those_of_the_last_days_and_to_come(store: Store) -> None:
    store.add(
        pick("old", id=1, match_date=days_ago(7.1)),
        pick("edge", id=2, match_date=days_ago(6.9)),
        pick("two", id=3, match_date=days_ago(2)),
        pick("tie", id=5, match_date=(yesterday := days_ago(1))),
        pick("later", id=7, match_date=yesterday),
        pick("before", id=4, match_date=yesterday),
        pick("to come", id=6, match_date=days_ago(-3)),
    )
    with store.unit_of_work() as uow:
        assert [row.id for row in uow.tracking.get_recent_picks()] == [6, 4, 5, 7, 3, 2]
        assert [row.id for row in uow.tracking.get_recent_picks(days=1)] == [6]
        assert [row.id for row in uow.tracking.get_recent_picks(days=8)] == [6, 4, 5, 7, 3, 2, 1]
        assert [row.id for row in uow.tracking.get_recent_picks(limit=2)] == [6, 4]
        assert len(uow.tracking.get_recent_picks(days=1_000_000)) == 7


def test_lists_of_picks_have_a_hundred_rows_when_nothing_is_said(store: Store) -> None:
    now = days_ago(0)
    store.add(*(pick(f"p{number}", agent="x", match_date=now) for number in range(101)))
    with store.unit_of_work() as uow:
        assert len(uow.tracking.get_by_agent("x")) == 100
        assert len(uow.tracking.get_recent_picks()) == 100


def test_recent_goes_by_the_clock_of_the_database(store: Store) -> None:
    now = store.ask("SELECT now() - interval '1 day' + interval '1 minute'")[0][0]
    store.add(pick("within", match_date=now), pick("past", match_date=now - timedelta(minutes=2)))
    with store.unit_of_work() as uow:
        assert [row.pick_id for row in uow.tracking.get_recent_picks(days=1)] == ["within"]
