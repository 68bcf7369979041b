"""Sessions on an engine that is made when the first session is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session, sessionmaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine


class Sessions(sessionmaker[Session]):
    """A session factory that may be imported and replaced without any settings.

    Args:
        engine: The function that returns the engine.
        **options: The options for ``sessionmaker``.
    """

    def __init__(self, engine: Callable[[], Engine], **options: Any) -> None:
        super().__init__(**options)
        self._engine = engine

    def __call__(self, **options: Any) -> Session:
        """Make a session; options given here or to ``configure`` take precedence."""
        if self.kw["bind"] is None and "bind" not in options:
            options["bind"] = self._engine()
        return super().__call__(**options)
