"""Time-outs of a unit of work: for statements, for locks, for idle time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import SessionTransaction

from core.errors import InvalidArgumentError

_MOST: Final = timedelta(milliseconds=2**31 - 1)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Time-outs of the transactions of one session; None keeps the limit of the settings.

    Attributes:
        statement: The longest that a statement may run (``statement_timeout``).
        lock: The longest wait for a lock (``lock_timeout``).
        idle: The longest pause between two statements (``idle_in_transaction_session_timeout``);
            the server ends the session then.

    Raises:
        InvalidArgumentError: A limit is below a millisecond, or above 24 days.
    """

    statement: timedelta | None = None
    lock: timedelta | None = None
    idle: timedelta | None = None

    def __post_init__(self) -> None:
        for limit in (self.statement, self.lock, self.idle):
            if limit is not None and not timedelta(milliseconds=1) <= limit <= _MOST:
                raise InvalidArgumentError(
                    f"a time-out of {limit} is not possible",
                    remedy="give one from a millisecond to 24 days, or None for the default",
                )

    def apply(self, transaction: SessionTransaction, connection: Connection) -> None:
        """Set the time-outs in a transaction that has begun."""
        if transaction.nested:
            return
        given = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        settings: list[Any] = [
            func.set_config(name, str(limit // timedelta(milliseconds=1)), True)  # noqa: FBT003
            for name, limit in given.items()
            if limit is not None
        ]
        if settings:
            connection.execute(select(*settings))
