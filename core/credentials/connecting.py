"""Open connections with the current credentials; after a refusal, try again with new ones."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

from schemaproof import refusal_sqlstate

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from core.config import DatabaseSettings
    from core.credentials.values import Credentials, Source

_Made = TypeVar("_Made")
_LEASE: Final = "monps_credentials_lease"
_REFUSED: Final = "28"
"""The class of SQLSTATEs of an invalid authorization (PostgreSQL manual, appendix A)."""


def opened(
    settings: DatabaseSettings, source: Source, connect: Callable[[Credentials], _Made]
) -> _Made:
    """Open a connection with the current credentials, or with their replacement after a refusal.

    Args:
        settings: The settings of the connection.
        source: The source of the credentials.
        connect: The function that opens a connection with given credentials.

    Raises:
        ConfigurationError: There are no credentials.
        Exception: The error of ``connect`` with the current credentials, and with their replacement
            if there is one.
    """
    given = source.now()
    try:
        return connect(given)
    except Exception as error:
        if not _are_refused(error, settings, given):
            raise
        others = source.replacement(given)
        if others == given:
            raise
    return connect(others)


def listen(engine: Engine, settings: DatabaseSettings, source: Source) -> None:
    """Make an engine open each connection with the credentials that are current then."""
    from sqlalchemy import event

    from core.pool_log import DiscardedError

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, arguments: Any, named: dict[str, Any]) -> Any:
        def by_driver(given: Credentials) -> Any:
            made = dialect.connect(
                *arguments, **{**named, "user": given.user, "password": given.password}
            )
            record.info[_LEASE] = given.lease
            return made

        return opened(settings, _Awaited(source) if dialect.is_async else source, by_driver)

    @event.listens_for(engine, "checkout")
    def retire(_: object, record: Any, __: object) -> None:
        lease = record.info.get(_LEASE)
        if lease is not None and lease.ends_soon():
            raise DiscardedError("the credentials of this connection end soon")


class _Awaited:
    """A source that is asked in a thread, so that the event loop is not blocked."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.names = source.names

    def now(self) -> Credentials:
        from sqlalchemy.util import await_only

        return await_only(asyncio.to_thread(self._source.now))

    def replacement(self, refused: Credentials) -> Credentials:
        from sqlalchemy.util import await_only

        return await_only(asyncio.to_thread(self._source.replacement, refused))


def _are_refused(error: Exception, settings: DatabaseSettings, given: Credentials) -> bool:
    if isinstance(error, OSError):  # asyncpg raises OSError when no server answered.
        return False
    # asyncpg reports the SQLSTATE of the refusal. libpq does not report it, so the server is asked
    # again by a client that does.
    sqlstate = getattr(error, "sqlstate", None) or refusal_sqlstate(settings, given)
    return sqlstate is not None and sqlstate.startswith(_REFUSED)
