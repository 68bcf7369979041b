"""Asynchronous repositories raise the same errors as synchronous ones."""

import pytest
from sqlalchemy import Double, literal

from core.errors import (
    AmbiguousNameError,
    InvalidArgumentError,
    NotFoundError,
    SchemaMismatchError,
    UnknownFieldError,
)
from tests.support.async_rows import fill
from tests.support.async_store import AsyncStore
from tests.support.repository_rows import (
    odds,
    team,
)

pytestmark = pytest.mark.anyio


async def test_other_errors_are_typed_as_on_the_other_side(store: AsyncStore) -> None:
    fill(store)
    async with store.unit_of_work() as uow:
        with pytest.raises(AmbiguousNameError):
            await uow.teams.get_by_name("l")
        with pytest.raises(UnknownFieldError):
            await uow.teams.get_by_field("nonsense", 1)
        with pytest.raises(InvalidArgumentError):
            await uow.teams.get_all(limit=0)
        with pytest.raises(InvalidArgumentError, match="total_pnl"):
            await uow.teams.create(team("x", total_pnl=float("nan")))
        row = await uow.strategies.get_by_id(1)
        assert row is not None
        store.sync.ask("DELETE FROM quantum.quantum_strategies")
        with pytest.raises(NotFoundError):
            await uow.strategies.delete(row)


async def test_a_value_that_the_driver_cannot_send_is_the_values_fault(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        # An SQL expression is not validated before it is sent.
        with pytest.raises(InvalidArgumentError, match="does not fit"):
            await uow.odds.create(odds(home_odds=literal("no number", Double())))


async def test_a_table_of_another_shape_is_said(store: AsyncStore) -> None:
    store.sync.ask("ALTER TABLE tracking_clv_picks DROP agent")
    async with store.unit_of_work() as uow:
        with pytest.raises(SchemaMismatchError, match="tracking_clv_picks"):
            await uow.tracking.get_by_agent("a")


async def test_a_column_that_changes_under_a_prepared_statement_is_no_error(
    store: AsyncStore,
) -> None:
    fill(store)
    async with store.unit_of_work() as uow:
        assert await uow.teams.count() == 2
        await uow.teams.get_all()
        await uow.rollback()
        store.sync.ask("ALTER TABLE quantum.team_quantum_dna ALTER tier TYPE text")
        try:
            await uow.teams.get_all()
        except Exception:  # noqa: BLE001 -- at most once: the statement is prepared anew
            await uow.rollback()
        assert len(await uow.teams.get_all()) == 2
