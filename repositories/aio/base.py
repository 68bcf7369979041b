"""What every asynchronous repository can do."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from typing import Any, Generic, ParamSpec, TypeVar

from sqlalchemy import Select, inspect
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidArgumentError
from models import Base
from repositories import audit, json_changes, values
from repositories.aio.driver import wrapped_errors
from repositories.aio.running import one_at_a_time, run
from repositories.aio.upsert import upsert_many
from repositories.base import BaseRepository
from repositories.bulk.result import Upserted
from repositories.errors import translated
from repositories.reading import Options, streamed
from repositories.statements import base as statements
from repositories.statements.keyset import Page

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
        if not hasattr(session, "run_sync"):
            raise InvalidArgumentError(
                f"{type(session).__name__} is not an AsyncSession", remedy="give an AsyncSession"
            )
        self.model = model
        self.session = session
        self._sync = BaseRepository(model, session.sync_session)

    async def get_by_id(
        self,
        id: Any,  # noqa: A002 - the public name
        options: Options = (),
    ) -> M | None:
        """Return the row with a primary key, or None."""
        return await self._run(self._sync.get_by_id, id, options)

    async def get_all(self, skip: int = 0, limit: int = 100, options: Options = ()) -> list[M]:
        """Return rows by primary key, from ``skip`` on, at most ``limit``."""
        return await self._run(self._sync.get_all, skip, limit, options)

    async def get_page(
        self,
        limit: int = 100,
        after: str | None = None,
        *,
        order_by: str | None = None,
        descending: bool = False,
        options: Options = (),
    ) -> Page[M]:
        """Return the rows behind those of the page before: none twice, none left out."""
        return await self._run(
            self._sync.get_page,
            limit,
            after,
            order_by=order_by,
            descending=descending,
            options=options,
        )

    def stream(
        self,
        fields: Mapping[str, Any] | None = None,
        *,
        batch_size: int = 1000,
        options: Options = (),
    ) -> AsyncIterator[M]:
        """Give rows one after the other, by primary key, through a cursor of the server.

        An ``async for`` that is left early should be within ``contextlib.aclosing``, which closes
        the cursor at once.
        """
        statement = statements.by_fields(self.model, fields or {}).options(*options)
        return self._stream(statement, values.limit(batch_size))

    async def _stream(self, statement: Select[M], batch_size: int) -> AsyncIterator[M]:
        with translated(inspect(self.model).local_table):  # type: ignore[arg-type]
            with one_at_a_time(self.session):
                connection = await self.session.connection()
            async with wrapped_errors(connection, "FETCH"):
                with one_at_a_time(self.session):
                    rows = await self.session.stream_scalars(
                        statement, execution_options=streamed(batch_size)
                    )
                try:
                    parts = rows.partitions(batch_size)
                    while True:
                        with one_at_a_time(self.session):
                            part = await anext(parts, None)
                        if part is None:
                            break
                        try:
                            for row in part:
                                yield row
                        finally:
                            json_changes.notice_all(self.session.sync_session)
                finally:
                    await rows.close()

    async def get_by_field(self, field: str, value: Any, options: Options = ()) -> list[M]:
        """Return the rows in which a field has a value (None: is null), by primary key."""
        return await self._run(self._sync.get_by_field, field, value, options)

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

    async def upsert_many(
        self, rows: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]
    ) -> Upserted:
        """Insert or change rows by natural key, as many as there are; all of them or none.

        The rows may also come from an asynchronous generator: such as a stream of another session.
        """
        required = bool(self.session.info.get(audit.REQUIRED))
        stamps = audit.stamps(self.model, required=required)
        return await upsert_many(self.session, self.model, rows, stamps)

    async def update(self, obj: M) -> M:
        """Send the changes of a row and return it, its generated values included."""
        return await self._run(self._sync.update, obj)

    async def delete(self, obj: M) -> None:
        """Delete a row."""
        await self._run(self._sync.delete, obj)

    async def _run(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a method of the synchronous repository."""
        return await run(self.session, method, *args, **kwargs)
