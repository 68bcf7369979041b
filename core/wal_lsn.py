"""WAL positions: a reader can wait until a replica has replayed what a writer committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import Session

# This is the position of the next insert. With synchronous_commit off, a committed transaction may
# not be written to disk yet, so the write position could be too early.
_POSITION: Final = text("SELECT CAST(pg_catalog.pg_current_wal_insert_lsn() AS pg_catalog.text)")


def wal_position(session: Session) -> str:
    """Return a WAL position after all earlier commits, to be passed as ``wait_for``.

    Args:
        session: A session on the primary; ask after its commit.
    """
    return str(session.execute(_POSITION).scalar_one())


async def async_wal_position(session: AsyncSession) -> str:
    """Return a WAL position after all earlier commits, to be passed as ``wait_for``.

    Args:
        session: A session on the primary; ask after its commit.
    """
    return str((await session.execute(_POSITION)).scalar_one())
