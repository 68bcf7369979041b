"""The methods that every asynchronous repository has."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from core.errors import InvalidArgumentError
from models import Base
from repositories import audit, json_changes, values
from repositories.aio.driver import wrapped_errors
from repositories.aio.running import awaitable, one_at_a_time
from repositories.aio.upsert import upsert_many
from repositories.base import BaseRepository
from repositories.bulk.result import Upserted
from repositories.errors import translated
from repositories.reading import Options, streamed
from repositories.statements import base as statements

M = TypeVar("M", bound=Base)


class AsyncBaseRepository(Generic[M]):
    """Rows of one model, in an asynchronous session that the caller passes.

    The methods, their errors and their guarantees are the same as in ``BaseRepository``. A session
    serves one task at a time: give each task its own.
    """

    _sync: BaseRepository[M]

    def __init__(self, model: type[M], session: AsyncSession) -> None:
        self.model = model
        self.session = session
        self._sync = BaseRepository(model, sync_side(session))

    get_by_id = awaitable(BaseRepository[M].get_by_id)
    get_all = awaitable(BaseRepository[M].get_all)
    get_page = awaitable(BaseRepository[M].get_page)
    get_by_field = awaitable(BaseRepository[M].get_by_field)
    get_first_by_field = awaitable(BaseRepository[M].get_first_by_field)
    count = awaitable(BaseRepository[M].count)
    create = awaitable(BaseRepository[M].create)
    create_many = awaitable(BaseRepository[M].create_many)
    update = awaitable(BaseRepository[M].update)
    delete = awaitable(BaseRepository[M].delete)

    def stream(
        self,
        fields: Mapping[str, Any] | None = None,
        *,
        batch_size: int = 1000,
        options: Options = (),
    ) -> AsyncIterator[M]:
        """Yield rows one by one, by primary key, through a server-side cursor.

        Put an ``async for`` that may end early into ``contextlib.aclosing``, which closes the
        cursor at once.
        """
        statement = statements.by_fields(self.model, fields or {}).options(*options)
        return self._stream(statement, values.limit(batch_size))

    async def _stream(self, statement: Select[M], batch_size: int) -> AsyncIterator[M]:
        with translated(inspect(self.model).local_table):  # type: ignore[arg-type]
            with one_at_a_time(self.session):
                connection = await self.session.run_sync(Session.connection)
            with wrapped_errors(connection, "FETCH"):
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

    async def upsert_many(
        self, rows: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]
    ) -> Upserted:
        """Insert or update any number of rows by natural key, all of them or none.

        The rows may also come from an asynchronous generator, for example a stream of another
        session.
        """
        required = bool(self.session.info.get(audit.REQUIRED))
        audit_values = audit.audit_values(self.model, required=required)
        return await upsert_many(self.session, self.model, rows, audit_values)


def sync_side(session: AsyncSession) -> Session:
    """Return the synchronous session behind an asynchronous one.

    Raises:
        InvalidArgumentError: ``session`` is not an asynchronous session.
    """
    if not hasattr(session, "run_sync"):
        raise InvalidArgumentError(
            f"{type(session).__name__} is not an AsyncSession", remedy="give an AsyncSession"
        )
    return session.sync_session
