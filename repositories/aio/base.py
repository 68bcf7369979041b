"""What every asynchronous repository can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidArgumentError
from models import Base
from repositories.aio.running import run
from repositories.base import BaseRepository

M = TypeVar("M", bound=Base)
P = ParamSpec("P")
T = TypeVar("T")


class AsyncBaseRepository(Generic[M]):
    """Rows of one model, in an asynchronous session that is handed in.

    The methods, their errors and what they promise are those of ``BaseRepository``. A session
    serves one task at a time: give each task its own.
    """

    _sync: BaseRepository[M]

    def __init__(self, model: type[M], session: AsyncSession) -> None:
        if not isinstance(session, AsyncSession):
            raise InvalidArgumentError(
                f"{type(session).__name__} is not an AsyncSession", remedy="give an AsyncSession"
            )
        self.model = model
        self.session = session
        self._sync = BaseRepository(model, session.sync_session)

    async def get_by_id(self, id: Any) -> M | None:  # noqa: A002 - the public name
        """Return the row with a primary key, or None."""
        return await self._run(self._sync.get_by_id, id)

    async def get_all(self, skip: int = 0, limit: int = 100) -> list[M]:
        """Return rows by primary key, from ``skip`` on, at most ``limit``."""
        return await self._run(self._sync.get_all, skip, limit)

    async def get_by_field(self, field: str, value: Any) -> list[M]:
        """Return the rows in which a field has a value (None: is null), by primary key."""
        return await self._run(self._sync.get_by_field, field, value)

    async def get_first_by_field(self, field: str, value: Any) -> M | None:
        """Return the first of :meth:`get_by_field`, or None."""
        return await self._run(self._sync.get_first_by_field, field, value)

    async def count(self) -> int:
        """Return the number of rows."""
        return await self._run(self._sync.count)

    async def create(self, obj: M) -> M:
        """Insert a row and return it, its generated values included."""
        return await self._run(self._sync.create, obj)

    async def create_many(self, objs: Iterable[M]) -> None:
        """Insert rows, in as few statements as possible; all of them or none."""
        await self._run(self._sync.create_many, objs)

    async def update(self, obj: M) -> M:
        """Send the changes of a row and return it, its generated values included."""
        return await self._run(self._sync.update, obj)

    async def delete(self, obj: M) -> None:
        """Delete a row."""
        await self._run(self._sync.delete, obj)

    async def _run(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a method of the synchronous repository."""
        return await run(self.session, method, *args, **kwargs)
