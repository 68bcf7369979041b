"""upsert_many through asyncpg: what differs from the other driver, seen by other sessions."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import (
    AuditError,
    CheckViolationError,
    DataAccessError,
    InvalidArgumentError,
    UniqueViolationError,
)
from repositories import audit, audit_context
from repositories.bulk import encode
from repositories.bulk.result import Upserted
from repositories.testing import max_statements
from schemaproof.scratch.embedded.server import LocalServer
from tests.support import async_store
from tests.support.async_store import AsyncStore, open_async_store, write
from tests.support.repository_rows import odds, team
from tests.support.upsert_rows import EVERY, Row, price, versions

pytestmark = pytest.mark.anyio
store, small = async_store.store, async_store.small


@pytest.mark.parametrize("repository", EVERY)
async def test_a_row_is_inserted_then_left_alone_then_updated(
    store: AsyncStore, repository: str
) -> None:
    store.sync.add(team("One", team_id=1), team("Two", team_id=2))
    store.sync.ask("SELECT setval('quantum.team_quantum_dna_team_id_seq', 2)")
    row, change = EVERY[repository]
    assert await write(store, [row], repository) == Upserted(inserted=1)
    assert await write(store, [row], repository) == Upserted(unchanged=1)
    assert await write(store, [{**row, **change}], repository) == Upserted(updated=1)
    assert await write(store, [{**row, **change}], repository) == Upserted(unchanged=1)
    async with store.unit_of_work() as uow:
        ((field, value),) = change.items()
        (found,) = await getattr(uow, repository).get_by_field(field, value)
        assert {name: getattr(found, name) for name in row | change} == row | change


async def test_on_every_server_the_same_happens(any_server: LocalServer) -> None:
    async with open_async_store(any_server) as store:
        rows = [price(f"m{number}") for number in range(10)]
        assert await write(store, rows[:5]) == Upserted(inserted=5)
        rows[0]["home_odds"] = 9.0
        assert await write(store, rows) == Upserted(inserted=5, updated=1, unchanged=4)


async def test_nothing_is_locked_or_written_for_unchanged_rows(store: AsyncStore) -> None:
    rows = [price(f"m{number}") for number in range(100)]
    await write(store, rows)
    before = versions(store.sync)
    assert await write(store, rows) == Upserted(unchanged=100)
    assert versions(store.sync) == before


async def test_as_the_first_thing_of_a_session_it_can_be_rolled_back(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        assert await uow.odds.upsert_many([price()]) == Upserted(inserted=1)
    assert store.sync.count("odds") == 0


async def test_no_rows_send_no_statement(store: AsyncStore) -> None:
    async def nothing() -> AsyncIterator[Row]:
        rows: list[Row] = []
        for row in rows:
            yield row

    async with store.unit_of_work() as uow:
        with max_statements(0):
            given: list[Any] = [[], iter(()), nothing()]
            for rows in given:
                assert await uow.odds.upsert_many(rows) == Upserted()


async def test_pending_changes_are_sent_first_and_rows_in_memory_read_again(
    store: AsyncStore,
) -> None:
    async with store.unit_of_work() as uow:
        row = odds(home_odds=2.0)
        uow.session.add(row)
        done = await uow.odds.upsert_many([price(home_odds=3.0)])
        assert done == Upserted(updated=1)
        (again,) = await uow.odds.get_by_match("m1")
        assert again is row
        assert row.home_odds == 3.0


async def test_several_calls_and_models_share_one_transaction(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        for _ in range(3):
            await uow.odds.upsert_many([price()])
            await uow.teams.upsert_many([{"team_name": "L", "league": "A"}])
        left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'monps_s%'"
        assert await uow.session.scalar(text(left)) == 0
        assert await uow.session.scalar(text("SHOW enable_hashjoin")) == "on"
        await uow.commit()
    assert store.sync.count("odds") == store.sync.count("quantum.team_quantum_dna") == 1


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
async def test_what_is_no_row_is_refused(store: AsyncStore, rows: Any) -> None:
    async with store.unit_of_work() as uow:
        with pytest.raises(DataAccessError):
            await uow.odds.upsert_many(rows)
        assert await uow.odds.upsert_many([price()]) == Upserted(inserted=1)


async def test_bulk_rows_say_who_wrote_them_and_why(store: AsyncStore) -> None:
    rows = [{"team_name": "L", "league": "A"}]
    async with store.unit_of_work() as uow:
        uow.session.info[audit.REQUIRED] = True
        with pytest.raises(AuditError):
            await uow.teams.upsert_many(rows)
        with audit_context(actor="import", reason="season"):
            await uow.teams.upsert_many(rows)
        with audit_context(actor="fix", reason="typo"):
            await uow.teams.upsert_many([{**rows[0], "league": "B"}])
        await uow.commit()
    found = "SELECT created_by, updated_by, change_reason FROM quantum.team_quantum_dna"
    assert store.sync.ask(found) == [("import", "fix", "typo")]
