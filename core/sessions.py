"""Commit or roll back sessions at their end, and make sessions read-only."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event

from core.session_errors import session_errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import Session


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Run a block with a session: commit on success, roll back on any error, always close."""
    with session_errors():
        try:
            yield session
            session.commit()
        except BaseException:
            # This includes KeyboardInterrupt, and GeneratorExit when the generator is closed early.
            session.rollback()
            raise
        finally:
            session.close()


@asynccontextmanager
async def transaction_async(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """Run a block with a session: commit on success, roll back on any error, always close."""
    with session_errors():
        async with session:  # The session is also closed if the task is cancelled again.
            try:
                yield session
                await session.commit()
            except BaseException:
                await session.rollback()
                raise


def forbid_writing(session: Session) -> None:
    """Make every transaction of a session read-only.

    The connection option ``postgresql_readonly`` is not used: after its return to the pool, the
    connection would set READ WRITE, against a default of the role, and fail on a standby.
    """
    event.listen(session, "after_begin", _set_read_only)


def _set_read_only(_: Session, __: object, connection: Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
