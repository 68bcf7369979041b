"""Rows in memory: read values stay readable, and changed values are sent."""

import gc
from typing import Any

import pytest
from sqlalchemy.orm import joinedload

from core.errors import ConflictError, LazyLoadError
from models import QuantumStrategy
from repositories import UnitOfWork
from tests.support import async_store
from tests.support.async_store import AsyncStore
from tests.support.changed_rows import HELD_BY_NOBODY, by_jsonb, changes
from tests.support.closing_odds import h2h
from tests.support.either_side import either_side
from tests.support.repository_rows import Store, pick, strategy, team

asynchronous = async_store.store
VECTOR = "SELECT market_dna::text FROM quantum.team_quantum_dna"
OTHERS = {"team_name": "Other", "league": "Serie A"}
JSON = {"pressing": 1, "deep": {"list": [1, 2, 3]}}


@pytest.mark.parametrize("change", changes(JSON), ids=lambda change: change.__name__)
@pytest.mark.parametrize("sent_by", ["update", "flush", "commit", "session", "elsewhere"])
@pytest.mark.parametrize("origin", ["read", "created"])
def test_a_change_of_a_json_value_is_saved(
    store: Store, change: Any, sent_by: str, origin: str
) -> None:
    with store.unit_of_work() as uow:
        row = uow.teams.create(team(market_dna={"pressing": 1, "deep": {"list": [1, 2, 3]}}))
        uow.commit()
        if origin == "created":
            change(row)
            send(store, uow, row, sent_by)
    if origin == "read":
        with store.unit_of_work() as uow:
            (row,) = uow.teams.get_all()
            change(row)
            send(store, uow, row, sent_by)
    expected: Any = row.market_dna
    with store.unit_of_work() as uow:
        (again,) = uow.teams.get_all()
        assert repr(again.market_dna) == repr(dict(sorted(expected.items(), key=by_jsonb)))


def send(store: Store, uow: UnitOfWork, row: Any, sent_by: str) -> None:
    if sent_by == "update":
        uow.teams.update(row)
    elif sent_by == "flush":
        uow.flush()
    elif sent_by == "session":
        uow.session.commit()
    elif sent_by == "elsewhere":
        uow.session.expunge_all()
        with store.unit_of_work() as other:
            other.teams.update(row)
            other.commit()
    uow.commit()


def test_a_value_that_says_the_same_is_not_sent(store: Store) -> None:
    store.add(team(market_dna={"a": 1, "b": {"c": [True, None]}}))
    before = store.ask("SELECT xmin::text FROM quantum.team_quantum_dna")
    with store.unit_of_work() as uow:
        (row,) = uow.teams.get_all()
        row.market_dna = {"b": {"c": [True, None]}, "a": 1}
        row.market_dna["a"] = 1
        uow.teams.update(row)
        uow.commit()
    assert store.ask("SELECT xmin::text FROM quantum.team_quantum_dna") == before


def bulk(uow: Any, how: str) -> Any:
    if how == "nothing closed":
        return uow.tracking.close_picks(fall_backs=["nobody"])
    if how == "closed":
        return uow.tracking.close_picks()
    rows = [OTHERS] if how == "another row" else [{"team_name": "Lazio", "league": "Serie B"}]
    return uow.teams.upsert_many(rows)


def bookmaker(how: str) -> str:
    return "Nobody" if how == "nothing closed" else "Pinnacle"


WAYS = ("another row", "this row", "nothing closed", "closed", "commit")


@either_side
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("expire_on_commit", [True, False])
def test_rows_stay_readable(store: Store, how: str, expire_on_commit: bool) -> None:  # noqa: FBT001
    owner = team()
    store.add(owner, h2h(), pick(bookmaker=bookmaker(how)))
    store.add(strategy(owner.team_id))
    with store.unit_of_work(expire_on_commit=expire_on_commit) as uow:
        (row,) = uow.strategies.get_all(options=[joinedload(QuantumStrategy.team)])
        (one,) = uow.tracking.get_all()
        if how != "commit":
            bulk(uow, how)
        assert one.pick_id == "p1"
        uow.commit()
    assert row.team.league == ("Serie B" if how == "this row" else "Serie A")
    assert row.strategy_name == "OVER"
    assert (one.odds_at_close is not None) == (how == "closed")
    assert one.pick_id == "p1"


@pytest.mark.anyio
async def test_a_row_that_has_to_be_read_again_says_so(asynchronous: AsyncStore) -> None:
    asynchronous.sync.add(team())
    async with asynchronous.unit_of_work() as uow:
        (row,) = await uow.teams.get_all()
        await uow.rollback()
        with pytest.raises(LazyLoadError, match="read again"):
            _ = row.league
        await uow.session.refresh(row)
        assert row.league == "Serie A"


def test_only_the_rows_that_were_changed_are_read_again(store: Store) -> None:
    store.add(pick("mine"), pick("other"))
    with store.unit_of_work() as uow:
        mine, other = uow.tracking.get_all()
        mine.notes = "pending"  # The change is sent first, and stays.
        store.ask("UPDATE tracking_clv_picks SET notes = 'theirs' WHERE pick_id = 'other'")
        with store.statements() as sent:
            uow.tracking.upsert_many([fields("third")])
        assert not [each for each in sent if "FROM tracking_clv_picks" in each and "notes" in each]
        assert (mine.notes, other.notes) == ("pending", None)
        other.notes = "mine"
        with pytest.raises(ConflictError):
            uow.tracking.update(other)


def fields(pick_id: str, **values: Any) -> dict[str, Any]:
    given = {key: value for key, value in pick(pick_id).to_dict().items() if value is not None}
    return {**given, **values}


def test_a_row_of_a_savepoint_that_was_rolled_back_says_what_is_stored(store: Store) -> None:
    store.add(team())
    with store.unit_of_work() as uow:
        (row,) = uow.teams.get_all()
        savepoint = uow.session.begin_nested()
        uow.teams.upsert_many([{"team_name": "Lazio", "league": "Serie B"}])
        assert row.league == "Serie B"
        savepoint.rollback()
        assert row.league == "Serie A"


def test_a_json_value_that_was_upserted_is_what_later_changes_are_compared_with(
    store: Store,
) -> None:
    store.add(team(market_dna={"a": 1}))
    with store.unit_of_work() as uow:
        (row,) = uow.teams.get_all()
        uow.teams.upsert_many([{"team_name": "Lazio", "league": "A", "market_dna": {"a": True}}])
        assert row.market_dna == {"a": True}
        row.market_dna["a"] = 1
        uow.commit()
    assert store.ask(VECTOR) == [('{"a": 1}',)]


@pytest.mark.parametrize("change", HELD_BY_NOBODY, ids=lambda change: change.__name__)
def test_a_change_within_a_row_that_nobody_holds_is_saved(store: Store, change: Any) -> None:
    owner = team(market_dna={"a": 1, "b": {"c": [1]}})
    store.add(owner)
    store.add(strategy(owner.team_id))
    with store.unit_of_work() as uow:
        change(uow)
        gc.collect()
        uow.commit()
    assert {text for (text,) in store.ask(VECTOR)} & {
        '{"a": 2, "b": {"c": [1]}}',
        '{"a": 1, "b": {"c": [1, 2]}}',
    }
    assert ('{"a": 1}',) not in store.ask(VECTOR)
    assert '{"a": 1, "b": {"c": [1]}}' not in {text for (text,) in store.ask(VECTOR)}


@either_side
def test_nor_is_one_within_a_row_of_a_stream_lost(store: Store) -> None:
    store.add(*(team(f"T{number}", market_dna={"a": 1}) for number in range(5)))
    with store.unit_of_work() as uow:
        for row in uow.teams.stream(batch_size=2):
            assert row.market_dna
            row.market_dna["a"] = 2
        for row in uow.teams.get_all():
            assert row.market_dna
            row.market_dna["b"] = 3
        uow.commit()
    assert store.ask(VECTOR) == [('{"a": 2, "b": 3}',)] * 5


def test_rows_are_held_for_one_transaction_and_of_a_stream_one_part(store: Store) -> None:
    store.add(*(team(f"T{number}", market_dna={"a": 1}) for number in range(100)))
    with store.unit_of_work() as uow:
        most = max(
            sum(1 for _ in uow.session.identity_map.values())
            for _ in uow.teams.stream(batch_size=10)
        )
        assert most <= 20
        uow.teams.get_all()
        uow.commit()
        gc.collect()
        assert sum(1 for _ in uow.session.identity_map.values()) <= 1
