"""The asynchronous functions of core.database: sessions, event loops, threads, pool, health."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from structlog.testing import capture_logs

import core.config
import core.database
from schemaproof_testing.servers import Database
from tests.support.async_pool import checked_out
from tests.support.async_store import pooled_async_engine

pytestmark = pytest.mark.anyio


def stored(database: Database) -> list[str]:
    """Read rows by a separate connection without SQLAlchemy."""
    return [word for (word,) in database.query("SELECT word FROM note ORDER BY word")]


def write(word: str) -> str:
    return f"INSERT INTO note VALUES ('{word}')"


async def fail_after_writing(failure: BaseException) -> None:
    async with core.database.get_async_db() as session:
        await session.execute(text(write("lost")))
        raise failure


async def test_success_commits_and_closes(notes: Database) -> None:
    async with core.database.get_async_db() as session:
        await session.execute(text(write("kept")))
        assert stored(notes) == []
        assert checked_out() == 1
    assert stored(notes) == ["kept"]
    assert checked_out() == 0


async def test_any_error_rolls_back_and_closes(notes: Database) -> None:
    with pytest.raises(ValueError, match="on purpose"):
        await fail_after_writing(ValueError("on purpose"))
    assert (stored(notes), checked_out()) == ([], 0)


async def test_cancellation_rolls_back_and_closes(notes: Database) -> None:
    async def work() -> None:
        async with core.database.get_async_db() as session:
            await session.execute(text(write("lost")))
            waiting.set()
            await session.execute(text("SELECT pg_sleep(60)"))

    waiting = asyncio.Event()
    task = asyncio.create_task(work())
    await waiting.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (stored(notes), checked_out()) == ([], 0)


async def test_lost_connection_is_given_back_and_replaced(notes: Database) -> None:
    async def lose() -> None:
        async with core.database.get_async_db() as session:
            await session.execute(text(write("lost")))
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with capture_logs() as lines, pytest.raises(Exception, match="terminating connection"):
        await lose()
    assert (stored(notes), checked_out()) == ([], 0)
    (line,) = lines
    assert (line["event"], line["sqlstate"]) == ("pool.connection_lost", "57P01")
    async with core.database.get_async_db() as session:
        assert await session.scalar(text("SELECT 1")) == 1


@pytest.mark.usefixtures("notes")
async def test_dependency_commits_and_rolls_back(configured: Database) -> None:
    dependency = core.database.get_async_db_dependency()
    session = await anext(dependency)
    await session.execute(text(write("kept")))
    assert [_ async for _ in dependency] == []
    dependency = core.database.get_async_db_dependency()
    session = await anext(dependency)
    await session.execute(text(write("lost")))
    with pytest.raises(ValueError, match="request"):
        await dependency.athrow(ValueError("request"))  # type: ignore[attr-defined]
    assert (stored(configured), checked_out()) == (["kept"], 0)


async def test_replaced_session_factory_is_the_one_that_is_used(
    notes: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pooled_async_engine(notes, DB_APPLICATION_NAME="special") as engine:
        with monkeypatch.context() as patch:
            patch.setattr(core.database, "AsyncSessionLocal", async_sessionmaker(engine))
            for open_session in (core.database.get_async_db, core.database.get_async_read_db):
                async with open_session() as session:
                    name = await session.scalar(text("SHOW application_name"))
                    assert name == "special"
    async with core.database.get_async_db() as session:
        assert await session.scalar(text("SHOW application_name")) == "monps-db"


async def test_replaced_engine_is_the_one_that_is_used(
    notes: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pooled_async_engine(notes, DB_POOL_SIZE=2) as engine:
        with monkeypatch.context() as patch:
            patch.setattr(core.database, "async_engine", engine)
            assert core.database.get_async_pool_status()["pool_size"] == 2
            async with core.database.get_async_db() as session:
                assert session.bind is engine
    core.database.reset()
    assert core.database.get_async_pool_status()["pool_size"] == 5
