"""Connections of a pool that were lost while nobody used them: replaced, and seldom asked about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncEngine

from core import engines, liveness
from tests.integration import async_store
from tests.integration.database_settings import settings_for
from tests.servers import Database

anyio_backend = async_store.anyio_backend
BACKEND = text("SELECT pg_backend_pid()")


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    made = engines.create_sync_engine(settings_for(database))
    yield made
    made.dispose()


@pytest.fixture
async def async_engine(database: Database) -> AsyncIterator[AsyncEngine]:
    made = engines.create_async_engine(settings_for(database))
    yield made
    await made.dispose()


@pytest.fixture(params=["used lately", "idle for long"])
def idle(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether every connection has been idle for long."""
    is_idle = bool(request.param == "idle for long")
    monkeypatch.setattr(liveness, "UNASKED", 0.0 if is_idle else 3600.0)
    return is_idle


@pytest.fixture
def unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network lost what the server said at its end."""
    monkeypatch.setattr(liveness, "_is_quiet", lambda _: True)


def kill(database: Database, backend: int | None) -> None:
    with closing(database.connect()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


def count_questions(dialect: Any, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    asked: list[object] = []
    ask = dialect.do_ping

    def count_and_ask(connection: object) -> bool:
        asked.append(connection)
        return bool(ask(connection))

    monkeypatch.setattr(dialect, "do_ping", count_and_ask)
    return asked


@pytest.mark.usefixtures("idle")
def test_a_lost_connection_is_replaced(database: Database, engine: Engine) -> None:
    with engine.connect() as connection:
        lost = connection.scalar(BACKEND)
    kill(database, lost)
    with engine.connect() as connection:
        assert connection.scalar(BACKEND) != lost


@pytest.mark.usefixtures("unnoticed")
def test_one_whose_end_nobody_noticed_is_asked_after_a_while(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "UNASKED", 0.0)
    with engine.connect() as connection:
        lost = connection.scalar(BACKEND)
    kill(database, lost)
    with engine.connect() as connection:
        assert connection.scalar(BACKEND) != lost


def test_when_one_is_lost_the_others_are_replaced_too(database: Database, engine: Engine) -> None:
    with engine.connect() as one, engine.connect() as two:
        before = {one.scalar(BACKEND), two.scalar(BACKEND)}
    for backend in before:
        kill(database, backend)
    with engine.connect() as one, engine.connect() as two:
        assert before.isdisjoint({one.scalar(BACKEND), two.scalar(BACKEND)})


def test_only_one_that_was_idle_is_asked_about(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    idle: bool,  # noqa: FBT001 - a case
) -> None:
    asked = count_questions(engine.dialect, monkeypatch)
    for _ in range(3):
        with engine.connect() as connection:
            connection.scalar(BACKEND)
    assert len(asked) == (2 if idle else 0)


@pytest.mark.anyio
@pytest.mark.usefixtures("idle")
async def test_a_lost_connection_is_replaced_in_async(
    database: Database, async_engine: AsyncEngine
) -> None:
    async with async_engine.connect() as connection:
        lost = await connection.scalar(BACKEND)
        driver: Any = (await connection.get_raw_connection()).driver_connection
    await asyncio.to_thread(kill, database, lost)
    while not driver.is_closed():  # the loop reads it as soon as it has a moment
        await asyncio.sleep(0.01)
    async with async_engine.connect() as connection:
        assert await connection.scalar(BACKEND) != lost


@pytest.mark.anyio
@pytest.mark.usefixtures("unnoticed")
async def test_one_whose_end_nobody_noticed_is_asked_after_a_while_in_async(
    database: Database, async_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "UNASKED", 0.0)
    async with async_engine.connect() as connection:
        lost = await connection.scalar(BACKEND)
    kill(database, lost)
    async with async_engine.connect() as connection:
        assert await connection.scalar(BACKEND) != lost


@pytest.mark.anyio
async def test_only_one_that_was_idle_is_asked_about_in_async(
    async_engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
    idle: bool,  # noqa: FBT001 - a case
) -> None:
    asked = count_questions(async_engine.dialect, monkeypatch)
    for _ in range(3):
        async with async_engine.connect() as connection:
            await connection.scalar(BACKEND)
    assert len(asked) == (2 if idle else 0)
