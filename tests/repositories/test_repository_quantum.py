"""Queries for friction, strategies, classifications, goalscorers return rows in the right order."""

from datetime import timedelta

import pytest

from tests.support.repository_rows import (
    KICK_OFF,
    Store,
    classification,
    friction,
    goalscorer,
    strategy,
    team,
)


@pytest.fixture
def teams(store: Store) -> Store:
    store.add(*(team(f"T{number}", team_id=number) for number in range(1, 8)))
    return store


def found(store: Store, home: int, away: int, season: str | None = None) -> int | None:
    with store.unit_of_work() as uow:
        row = uow.friction.get_friction(home, away, season=season)
        return row.friction_id if row else None


def test_a_pair_is_found_in_either_order_and_the_row_tells_which(teams: Store) -> None:
    teams.add(friction(1, 2, friction_id=7), friction(1, 3), friction(3, 2))
    assert found(teams, 1, 2) == found(teams, 2, 1) == 7
    assert found(teams, 1, 4) is None
    assert found(teams, 1, 1) is None
    with teams.unit_of_work() as uow:
        row = uow.friction.get_friction(2, 1)
        assert row is not None
        assert (row.home_team.team_name, row.away_team.team_name) == ("T1", "T2")


def test_of_both_orders_the_one_that_was_asked_for_comes_first(teams: Store) -> None:
    teams.add(friction(1, 2, friction_id=1), friction(2, 1, friction_id=2))
    assert found(teams, 1, 2) == 1
    assert found(teams, 2, 1) == 2


def test_a_pair_has_its_latest_season_unless_one_is_given(teams: Store) -> None:
    teams.add(
        friction(1, 2, friction_id=2, season="2024-25"),
        friction(2, 1, friction_id=3, season="2025-26"),
        friction(1, 2, friction_id=1, season="2023-24"),
    )
    assert found(teams, 1, 2) == 3  # The season counts more than the order of the teams.
    assert found(teams, 1, 2, "2024-25") == 2
    assert found(teams, 2, 1, "2023-24") == 1
    assert found(teams, 1, 2, "2022-23") is None


def test_high_friction_is_from_a_score_on_highest_first(teams: Store) -> None:
    pairs = {5: 70.0, 2: 90.0, 4: 80.0, 6: 80.0, 3: 80.0, 1: 69.9}
    teams.add(*(friction(id_, id_ + 1, score, friction_id=id_) for id_, score in pairs.items()))
    with teams.unit_of_work() as uow:
        search = uow.friction.get_high_friction_matches
        assert [row.friction_id for row in search()] == [2, 3, 4, 6, 5]
        assert [row.friction_id for row in search(min_score=80)] == [2, 3, 4, 6]
        assert [row.friction_id for row in search(min_score=0)] == [2, 3, 4, 6, 5, 1]
        assert [row.friction_id for row in search(limit=2)] == [2, 3]


def test_strategies_of_a_team_best_return_first_unknown_last(teams: Store) -> None:
    returns = {8: None, 5: 1.0, 6: 1.0, 4: -3.0, 3: 9.0, 2: 1.0, 1: None}
    teams.add(*(strategy(1, f"S{id_}", strategy_id=id_, roi=roi) for id_, roi in returns.items()))
    teams.add(strategy(2, strategy_id=7, roi=5.0))
    with teams.unit_of_work() as uow:
        rows = uow.strategies.get_team_strategies(1)
        assert [row.strategy_id for row in rows] == [3, 2, 5, 6, 4, 1, 8]
        assert uow.strategies.get_team_strategies(3) == []


def test_strategies_of_a_market_best_return_first_unknown_last(teams: Store) -> None:
    returns = {6: None, 5: 1.0, 8: 1.0, 4: -3.0, 3: 9.0, 2: 1.0}
    for id_, roi in returns.items():
        teams.add(strategy(1, f"S{id_}", strategy_id=id_, roi=roi, market="btts"))
    teams.add(
        strategy(1, strategy_id=1, roi=99.0, market="over"), strategy(7, strategy_id=7, market=None)
    )
    with teams.unit_of_work() as uow:
        search = uow.strategies.get_best_by_market
        assert [row.strategy_id for row in search("btts")] == [3, 2, 5, 8, 4, 6]
        assert [row.strategy_id for row in search("btts", limit=1)] == [3]
        assert search("draw") == []


def test_a_market_has_ten_strategies_when_nothing_is_said(teams: Store) -> None:
    teams.add(*(strategy(1, f"S{number}", market="btts") for number in range(11)))
    with teams.unit_of_work() as uow:
        assert len(uow.strategies.get_best_by_market("btts")) == 10


def test_a_team_has_one_current_classification_and_a_past(teams: Store) -> None:
    earlier, later = KICK_OFF, KICK_OFF + timedelta(days=1)
    teams.add(
        classification(1, classification_id=1, classified_at=later, is_current=False),
        classification(1, classification_id=4, classified_at=earlier, is_current=True),
        classification(1, classification_id=5, classified_at=earlier, is_current=False),
        classification(1, classification_id=3, classified_at=earlier, is_current=False),
        classification(2, classification_id=2, classified_at=later),
    )
    with teams.unit_of_work() as uow:
        current = uow.classifications.get_current(1)
        assert current is not None
        assert current.classification_id == 4
        assert uow.classifications.get_current(3) is None
        rows = uow.classifications.get_by_team(1)
        # Of rows with the same time, the one that was created last comes first.
        assert [row.classification_id for row in rows] == [
            1,
            5,
            4,
            3,
        ]


def test_a_profile_has_the_current_teams_surest_first(teams: Store) -> None:
    sure = {5: 0.5, 7: 0.5, 4: 0.9, 3: 0.5, 2: 0.1}
    for team_id, confidence in sure.items():
        teams.add(classification(team_id, classification_id=team_id, confidence=confidence))
    teams.add(
        classification(1, classification_id=1, confidence=1.0, is_current=False),
        classification(6, classification_id=6, confidence=1.0, profile_name="BALANCED"),
    )
    with teams.unit_of_work() as uow:
        search = uow.classifications.get_by_profile
        assert [row.team_id for row in search("LOW_BLOCK")] == [4, 3, 5, 7, 2]
        assert [row.team_id for row in search("LOW_BLOCK", limit=2)] == [4, 3]


def test_scorers_of_a_team_most_goals_first(store: Store) -> None:
    goals = {4: 3, 6: 3, 3: 9, 2: 3, 1: 0}
    store.add(*(goalscorer(f"P{id_}", player_id=id_, goals_total=n) for id_, n in goals.items()))
    store.add(goalscorer("Other", player_id=5, goals_total=20, team_name="Roma"))
    with store.unit_of_work() as uow:
        assert [row.player_id for row in uow.goalscorers.get_by_team("Lazio")] == [3, 2, 4, 6, 1]
        assert uow.goalscorers.get_by_team("Milan") == []


def test_top_scorers_of_a_league_or_of_all(store: Store) -> None:
    goals = {4: 3, 6: 3, 3: 9, 2: 3, 1: 0}
    store.add(*(goalscorer(f"P{id_}", player_id=id_, goals_total=n) for id_, n in goals.items()))
    store.add(goalscorer("Other", player_id=5, goals_total=20, league="Ligue 1"))
    with store.unit_of_work() as uow:
        search = uow.goalscorers.get_top_scorers
        assert [row.player_id for row in search()] == [5, 3, 2, 4, 6, 1]
        assert [row.player_id for row in search(limit=2)] == [5, 3]
        assert [row.player_id for row in search(league="Serie A")] == [3, 2, 4, 6, 1]
        assert [row.player_id for row in search(limit=1, league="Serie A")] == [3]


def test_lists_have_their_size_when_nothing_is_said(teams: Store) -> None:
    teams.add(*(goalscorer(f"P{number}") for number in range(21)))
    teams.add(*(friction(1, 2, 80, season=str(number)) for number in range(101)))
    teams.add(*(team(f"U{number}", team_id=100 + number) for number in range(101)))
    teams.add(*(classification(100 + number) for number in range(101)))
    with teams.unit_of_work() as uow:
        assert len(uow.goalscorers.get_top_scorers()) == 20
        assert len(uow.friction.get_high_friction_matches()) == 100
        assert len(uow.classifications.get_by_profile("LOW_BLOCK")) == 100
