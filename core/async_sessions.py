"""Asynchronous sessions; each uses the engine of the event loop that is running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncEngine


class AsyncSessions(async_sessionmaker[AsyncSession]):
    """A session factory that can be created without an event loop and used in several.

    Args:
        engine: The function that returns the engine of the running loop.
        **options: The options for ``async_sessionmaker``.
    """

    def __init__(self, engine: Callable[[], AsyncEngine], **options: Any) -> None:
        super().__init__(**options)
        self._engine = engine

    def __call__(self, **options: Any) -> AsyncSession:
        """Make a session; options given here or to ``configure`` take precedence."""
        if self.kw["bind"] is None and "bind" not in options:
            options["bind"] = self._engine()
        return super().__call__(**options)
