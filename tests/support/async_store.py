"""The store of ``repository_rows``, with asynchronous sessions as well.

A test module has ``pytestmark = pytest.mark.anyio``: each test runs in an event loop of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from core.engines import create_async_engine
from repositories import AsyncUnitOfWork
from repositories.bulk import encode
from repositories.bulk.result import Upserted
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import Database
from tests.support import repository_rows
from tests.support.database_settings import settings_for
from tests.support.repository_rows import Store


@dataclass(frozen=True)
class AsyncStore:
    """A migrated database; ``sync`` reads it from outside of the event loop."""

    sync: Store
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]

    def unit_of_work(self) -> AsyncUnitOfWork:
        return AsyncUnitOfWork(self.sessions)


@asynccontextmanager
async def pooled_async_engine(database: Database, **changes: object) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(settings_for(database, **changes))
    yield engine
    await engine.dispose()


@asynccontextmanager
async def open_async_store(server: LocalServer) -> AsyncIterator[AsyncStore]:
    with repository_rows.open_store(server) as sync:
        async with pooled_async_engine(sync.database) as engine:
            yield AsyncStore(sync, engine, async_sessionmaker(engine, expire_on_commit=False))


@pytest.fixture
async def store(sync_store: Store) -> AsyncIterator[AsyncStore]:
    async with pooled_async_engine(sync_store.database) as engine:
        yield AsyncStore(sync_store, engine, async_sessionmaker(engine, expire_on_commit=False))


async def write(store: AsyncStore, rows: Any, repository: str = "odds") -> Upserted:
    """Upsert rows in a separate transaction."""
    async with store.unit_of_work() as uow:
        done: Upserted = await getattr(uow, repository).upsert_many(rows)
        await uow.commit()
    return done


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make slices and batches ten rows long."""
    monkeypatch.setattr(encode, "SLICE", 10)
    monkeypatch.setattr(encode, "BATCH_ROWS", 10)
