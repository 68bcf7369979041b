"""Only inserted rows use generated keys."""

import threading
from contextlib import closing
from typing import Any

from repositories.bulk.result import Upserted
from tests.support import repository_rows
from tests.support.either_side import either_side
from tests.support.repository_rows import Store

NEXT = "SELECT last_value FROM quantum.team_quantum_dna_team_id_seq"


def team(name: str, league: str) -> dict[str, Any]:
    return {"team_name": name, "league": league}


def upsert(store: Store, *rows: dict[str, Any]) -> Upserted:
    with store.unit_of_work() as uow:
        done = uow.teams.upsert_many(rows)
        uow.commit()
    return done


@either_side
def test_a_row_that_is_changed_uses_no_key(store: Store) -> None:
    upsert(store, team("A", "x"), team("B", "x"))
    before = store.ask(NEXT)
    assert upsert(store, team("A", "y"), team("B", "y")) == Upserted(updated=2)
    assert upsert(store, team("A", "y"), team("B", "z")) == Upserted(updated=1, unchanged=1)
    assert store.ask(NEXT) == before


def test_beside_new_rows_only_these_use_keys(store: Store) -> None:
    upsert(store, team("A", "x"))
    ((before,),) = store.ask(NEXT)
    rows = (team("A", "y"), team("B", "x"), team("C", "x"))
    assert upsert(store, *rows) == Upserted(inserted=2, updated=1)
    assert store.ask(NEXT) == [(before + 2,)]


def test_rows_that_share_the_first_part_of_their_key_use_none_either(store: Store) -> None:
    price = {
        "match_id": "m1",
        "home_team": "a",
        "away_team": "b",
        "league": "l",
        "commence_time": repository_rows.KICK_OFF,
        "market": "h2h",
    }
    prices = [{**price, "bookmaker": f"b{number}", "home_odds": 2.0} for number in range(20)]
    with store.unit_of_work() as uow:
        uow.odds.upsert_many(prices)
        before = store.ask("SELECT last_value FROM odds_id_seq")
        changed = [{**each, "home_odds": 3.0} for each in prices]
        assert uow.odds.upsert_many(changed) == Upserted(updated=20)
        assert store.ask("SELECT last_value FROM odds_id_seq") == before
        assert {row.home_odds for row in uow.odds.get_all()} == {3.0}


def test_a_row_that_is_deleted_in_between_is_inserted(store: Store) -> None:
    upsert(store, team("A", "x"), team("B", "x"))
    done: list[Upserted] = []
    with closing(store.database.connect()) as other, other.cursor() as cursor:
        cursor.execute("DELETE FROM quantum.team_quantum_dna WHERE team_name = 'A'")
        rows = (team("A", "y"), team("B", "y"))
        waiting = threading.Thread(target=lambda: done.append(upsert(store, *rows)))
        waiting.start()
        store.until_blocked()
        other.commit()
        waiting.join(30)
    assert done == [Upserted(inserted=1, updated=1)]
    assert store.ask("SELECT team_name, league FROM quantum.team_quantum_dna ORDER BY 1") == [
        ("A", "y"),
        ("B", "y"),
    ]


def test_a_row_that_somebody_changes_to_the_same_in_between_is_left_alone(store: Store) -> None:
    upsert(store, team("A", "x"))
    done: list[Upserted] = []
    with closing(store.database.connect()) as other, other.cursor() as cursor:
        cursor.execute("UPDATE quantum.team_quantum_dna SET league = 'y'")
        waiting = threading.Thread(target=lambda: done.append(upsert(store, team("A", "y"))))
        waiting.start()
        store.until_blocked()
        other.commit()
        waiting.join(30)
    assert done == [Upserted(unchanged=1)]
