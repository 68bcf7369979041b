"""Pages contain all rows in order, each once, while rows are inserted and deleted."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy.orm import joinedload

from core.errors import (
    InvalidArgumentError,
    UnknownFieldError,
)
from models import QuantumStrategy
from repositories import BaseRepository
from repositories.testing import max_statements
from tests.support.either_side import either_side
from tests.support.own_models import Everything, create_tables
from tests.support.repository_rows import KICK_OFF, ORDERS, Store, odds, pages, strategy, team


@either_side
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_the_pages_together_are_all_rows_in_order(store: Store, order: dict[str, Any]) -> None:
    prices = (None, 1.5, 1.5, 3.25, None, 2.0, 1.1)
    store.add(
        *(
            odds(
                f"m{number}",
                home_odds=prices[number % 7],
                league=f"L{number % 3}",
                commence_time=KICK_OFF + timedelta(microseconds=number % 5),
                is_live=bool(number % 2),
            )
            for number in range(20)
        )
    )
    with store.unit_of_work() as uow:
        whole = uow.odds.get_page(1000, **order)
        for limit in (1, 3, 7, 20, 100):
            rows = pages(lambda after, n=limit: uow.odds.get_page(n, after, **order))  # type: ignore[misc]
            assert [row.id for row in rows] == [row.id for row in whole.rows]
    assert whole.next is None
    field = order.get("order_by", "id")
    values = [value for row in whole.rows if (value := getattr(row, field)) is not None]
    assert values == sorted(values, reverse=order.get("descending", False))
    assert [getattr(row, field) for row in whole.rows[len(values) :]] == [None] * (20 - len(values))


def test_rows_that_come_and_go_meanwhile_move_no_other(store: Store) -> None:
    store.add(*(odds(f"m{number}", home_odds=2.0 + number) for number in range(10)))
    with store.unit_of_work() as uow:
        first = uow.odds.get_page(4, order_by="home_odds")
    store.add(odds("new", home_odds=1.5))
    store.ask("DELETE FROM odds WHERE match_id IN ('m0', 'm3')")
    with store.unit_of_work() as uow:
        second = uow.odds.get_page(4, first.next, order_by="home_odds")
    assert [row.match_id for row in second.rows] == ["m4", "m5", "m6", "m7"]


@either_side
def test_a_page_is_one_statement_with_what_it_loads(store: Store) -> None:
    store.add(team(team_id=1))
    store.add(*(strategy(1, f"S{number}") for number in range(5)))
    with store.unit_of_work() as uow, max_statements(1):
        page = uow.strategies.get_page(3, options=[joinedload(QuantumStrategy.team)])
        assert [row.team.team_name for row in page.rows] == ["Lazio"] * 3


@pytest.mark.parametrize("after", ["", "x", "e30=", "WzFd", "bnVsbA==", "é", 5])
def test_what_is_no_position_is_refused(store: Store, after: Any) -> None:
    with store.unit_of_work() as uow, pytest.raises(InvalidArgumentError, match="position"):
        uow.odds.get_page(3, after)


def test_a_position_belongs_to_its_order(store: Store) -> None:
    store.add(odds("a"), odds("b"))
    with store.unit_of_work() as uow:
        token = uow.odds.get_page(1, order_by="league").next
        for order in ({}, {"order_by": "league", "descending": True}, {"order_by": "market"}):
            with pytest.raises(InvalidArgumentError, match="position"):
                uow.odds.get_page(1, token, **order)


def test_there_is_no_order_by_json_or_by_what_does_not_exist(store: Store) -> None:
    with store.unit_of_work() as uow:
        with pytest.raises(InvalidArgumentError, match="cannot be sorted"):
            uow.teams.get_page(order_by="market_dna")
        with pytest.raises(UnknownFieldError):
            uow.teams.get_page(order_by="nonsense")
        with pytest.raises(InvalidArgumentError, match="limit"):
            uow.teams.get_page(0)


OTHERS: Final[dict[str, Callable[[int], Any]]] = {
    "amount": lambda number: Decimal(number) / 10**20,
    "price": lambda number: Decimal(number) / 100,
    "day": lambda number: date(2026, 1, 1 + number),
    "moment": lambda number: KICK_OFF.replace(microsecond=number),
    "local": lambda number: KICK_OFF.replace(tzinfo=None, microsecond=number),
    "uid": lambda number: UUID(int=number),
    "uid_text": lambda number: str(UUID(int=number)),
}


@pytest.mark.parametrize("field", ["amount", "price", "day", "moment", "local", "uid", "uid_text"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_somebody_elses_model_go_by_other_types_too(
    store: Store,
    field: str,
    descending: bool,  # noqa: FBT001 - a case
) -> None:
    create_tables(store)
    rows = [Everything(key=str(number), **{field: OTHERS[field](number)}) for number in range(7)]
    with store.sessions() as session:
        everything = BaseRepository(Everything, session)
        everything.create_many([*rows, Everything(key="null")])
        found: list[str] = []
        after: str | None = None
        while len(found) < 8:
            page = everything.get_page(3, after, order_by=field, descending=descending)
            found += [row.key for row in page.rows]
            after = page.next
    numbers = [str(number) for number in range(7)]
    assert found == [*(reversed(numbers) if descending else numbers), "null"]
    assert after is None


@pytest.mark.parametrize("field", ["mood", "numbers", "json", "old_json", "data", "span"])
def test_what_makes_no_position_is_no_order(store: Store, field: str) -> None:
    create_tables(store)
    with (
        store.sessions() as session,
        pytest.raises(InvalidArgumentError, match="rows cannot be sorted by"),
    ):
        BaseRepository(Everything, session).get_page(1, order_by=field)
