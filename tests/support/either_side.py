"""Run a test of the data access twice: through psycopg2 and through asyncpg.

The asynchronous side is called like the synchronous one: each call runs to its end, in an event
loop in another thread. Behaviour of one side only (tasks, cancellation) has its own tests.
"""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any, Self, TypeVar, cast

import pytest
from anyio import to_thread
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from repositories import AsyncBaseRepository, AsyncUnitOfWork, UnitOfWork, run_async_unit_of_work
from tests.support.async_store import pooled_async_engine
from tests.support.repository_rows import Store

T = TypeVar("T")
SIDES = ("psycopg2", "asyncpg")
either_side = pytest.mark.parametrize("store", SIDES, indirect=True)
either_side_everywhere = pytest.mark.parametrize("any_store", SIDES, indirect=True)


@dataclass(frozen=True)
class AsyncSide(Store):
    """A store with asynchronous units of work."""

    portal: BlockingPortal = field(kw_only=True)
    async_engine: AsyncEngine = field(kw_only=True)

    @property
    def sending(self) -> Engine:
        return self.async_engine.sync_engine

    def unit_of_work(self, *, expire_on_commit: bool = False, **options: Any) -> UnitOfWork:
        made = AsyncUnitOfWork(self._sessions(expire_on_commit=expire_on_commit), **options)
        return cast("UnitOfWork", Blocking(self.portal, made))

    def run(self, work: Callable[[UnitOfWork], T], **options: Any) -> T:
        @wraps(work)
        async def awaited(uow: AsyncUnitOfWork) -> T:
            blocking = cast("UnitOfWork", Blocking(self.portal, uow))
            return await to_thread.run_sync(work, blocking)

        run = partial(run_async_unit_of_work, self._sessions(), awaited, **options)
        return self.portal.call(run)

    def serializable(self) -> "AsyncSide":
        engine = self.async_engine.execution_options(isolation_level="SERIALIZABLE")
        return AsyncSide(
            self.database, self.engine, self.sessions, portal=self.portal, async_engine=engine
        )

    def _sessions(self, *, expire_on_commit: bool = False) -> async_sessionmaker[AsyncSession]:
        return async_sessionmaker(self.async_engine, expire_on_commit=expire_on_commit)


class Blocking:
    """A wrapper of an asynchronous object whose methods run to their end when they are called."""

    def __init__(self, portal: BlockingPortal, thing: Any) -> None:
        self._portal, self._thing = portal, thing

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        if isinstance(found, AsyncBaseRepository | AsyncSession):
            return Blocking(self._portal, found)
        return partial(self._call, found) if callable(found) else found

    def _call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = self._portal.call(partial(method, *args, **kwargs))
        return self._read(result) if isinstance(result, AsyncGenerator) else result

    def _read(self, rows: AsyncGenerator[Any]) -> Iterator[Any]:
        ended = object()
        try:
            while (row := self._portal.call(anext, rows, ended)) is not ended:
                yield row
        finally:
            self._portal.call(rows.aclose)

    def __enter__(self) -> Self:
        self._portal.call(self._thing.__aenter__)
        return self

    def __exit__(self, *error: object) -> None:
        self._portal.call(self._thing.__aexit__, *error)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Blocking) and self._thing is other._thing

    __hash__ = None  # type: ignore[assignment]


@contextmanager
def on_side(side: str, store: Store) -> Iterator[Store]:
    """Open a store's units of work on one side."""
    if side == "psycopg2":
        yield store
        return
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(pooled_async_engine(store.database)) as engine,
    ):
        yield AsyncSide(
            store.database, store.engine, store.sessions, portal=portal, async_engine=engine
        )
