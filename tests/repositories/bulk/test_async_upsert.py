"""upsert_many through asyncpg: differences from the other driver, verified by other sessions."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from core.errors import (
    CheckViolationError,
    DataAccessError,
    InvalidArgumentError,
    UniqueViolationError,
)
from repositories.bulk import encode
from repositories.bulk.result import Upserted
from repositories.testing import max_statements
from tests.support import async_store
from tests.support.async_store import AsyncStore, write
from tests.support.upsert_rows import Row, price

pytestmark = pytest.mark.anyio
store, small = async_store.store, async_store.small


async def test_no_rows_send_no_statement(store: AsyncStore) -> None:
    async def nothing() -> AsyncIterator[Row]:
        rows: list[Row] = []
        for row in rows:
            yield row

    async with store.unit_of_work() as uow:
        with max_statements(0):
            assert await uow.odds.upsert_many(nothing()) == Upserted()


@pytest.mark.usefixtures("small")
async def test_batches_of_an_asynchronous_generator_are_counted_together(store: AsyncStore) -> None:
    await write(store, [price(f"m{number}") for number in range(50)])

    async def rows() -> AsyncIterator[Row]:
        for number in range(95):
            await asyncio.sleep(0)
            yield price(f"m{number}", home_odds=5.0 if 10 <= number < 30 else 2.0)

    assert await write(store, rows()) == Upserted(inserted=45, updated=20, unchanged=30)


async def test_rows_may_come_from_a_stream_of_another_session(store: AsyncStore) -> None:
    await write(store, [price(f"m{number}") for number in range(10)])
    async with store.unit_of_work() as reader:
        rows = (
            price(row.match_id, home_odds=(row.home_odds or 0) + 1)
            async for row in reader.odds.stream(batch_size=2)
        )
        assert await write(store, rows) == Upserted(updated=10)


async def test_the_event_loop_goes_on_between_the_slices_of_a_batch(
    store: AsyncStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode, "SLICE", 10)
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    at_read: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(100):
            at_read.append(turns)
            yield price(f"m{number}")

    other = asyncio.create_task(count_turns())
    await write(store, rows())
    other.cancel()
    slices = [at_read[start] for start in range(0, 100, 10)]
    assert sorted(set(slices)) == slices


BAD: dict[str, tuple[Any, type[DataAccessError]]] = {
    "a type": ({"home_odds": "2"}, InvalidArgumentError),
    "a number": ({"home_odds": float("nan")}, InvalidArgumentError),
    "a check": ({"home_odds": 0.5}, CheckViolationError),
    "a twin": ({"match_id": "m3"}, UniqueViolationError),
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("change", "kind"), BAD.values(), ids=BAD)
async def test_a_bad_row_names_its_position_and_only_the_call_is_taken_back(
    store: AsyncStore, change: Row, kind: type[DataAccessError]
) -> None:
    rows = [price(f"m{number}") for number in range(40)]
    rows[25] = {**rows[25], **change}
    async with store.unit_of_work() as uow:
        await uow.odds.upsert_many([price("kept")])
        with pytest.raises(kind, match=r"^rows\[25\]: ") as caught:
            await uow.odds.upsert_many(rows)
        assert caught.value.position == 25
        await uow.commit()
    assert store.sync.ask("SELECT match_id FROM odds") == [("kept",)]
    assert await write(store, rows[:25]) == Upserted(inserted=25)


@pytest.mark.parametrize("rows", [5, None, [1], ["text"], [{"nonsense": 1}]])
async def test_a_value_that_is_no_row_is_refused(store: AsyncStore, rows: Any) -> None:
    async with store.unit_of_work() as uow:
        with pytest.raises(DataAccessError):
            await uow.odds.upsert_many(rows)
        assert await uow.odds.upsert_many([price()]) == Upserted(inserted=1)
