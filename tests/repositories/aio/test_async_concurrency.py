"""Concurrent sessions through asyncpg: lost updates, deadlocks, time-outs, lost connections."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from schemaproof.connection.diagnostics import read_sqlstate
from tests.support.async_store import AsyncStore

pytestmark = pytest.mark.anyio


async def test_a_session_that_is_ended_in_a_statement_is_given_up_and_says_why(
    store: AsyncStore,
) -> None:
    async with store.unit_of_work() as uow:
        pid = await uow.session.scalar(text("SELECT pg_backend_pid()"))
        sleeping = asyncio.create_task(uow.session.execute(text("SELECT pg_sleep(60)")))
        asleep = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
        while store.sync.ask(asleep, pid) != [(1,)]:
            await asyncio.sleep(0.02)
        store.sync.ask("SELECT pg_terminate_backend(%s, 5000)", pid)
        with pytest.raises(DBAPIError) as caught:
            await sleeping
    # The code is that of the server, or asyncpg noticed the closed socket first.
    assert read_sqlstate(caught.value.orig) in {"57P01", "08003"}
    assert caught.value.connection_invalidated
