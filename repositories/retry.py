"""Repeat a whole unit of work that conflicted with another session."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from core.errors import ConflictError, InvalidArgumentError, StatementCancelledError
from core.session_errors import READ_ONLY_TRANSACTION
from repositories import iterators
from repositories.unit_of_work import UnitOfWork
from schemaproof import ends_session, read_sqlstate

T = TypeVar("T")
W = TypeVar("W", bound=Callable[..., object])
Work = Callable[[UnitOfWork], T]

# With these SQLSTATEs the transaction was rolled back and can be repeated (PostgreSQL manual,
# "Serialization Failure Handling").
_IN_THE_WAY: Final = frozenset({"40001", "40P01"})
_REPLAYABLE: Final = "__monps_idempotent__"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The number of attempts of a unit of work, and the waits between them.

    The wait is random, up to a limit that doubles each time, so that conflicting sessions do not
    meet again.

    Attributes:
        attempts: The largest number of attempts.
        first_wait: The limit of the first wait, in seconds.
        longest_wait: The limit of every wait, in seconds.

    Raises:
        InvalidArgumentError: There is less than one attempt, or a wait is negative.
    """

    attempts: int = 10
    first_wait: float = 0.05
    longest_wait: float = 2.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.first_wait < 0 or self.longest_wait < 0:
            raise InvalidArgumentError(
                "a unit of work is tried at least once, and no wait is below 0",
                remedy="give attempts from 1 and waits from 0",
            )

    def waits(self, draw: Callable[[float, float], float] = random.uniform) -> Iterator[float]:
        """The seconds to wait before each further attempt."""
        for again in range(self.attempts - 1):
            yield draw(0, min(self.longest_wait, self.first_wait * 2**again))


def idempotent(work: W) -> W:
    """Mark a function that may run twice with the same result.

    It is also repeated when the connection is lost, although the commit may have succeeded, and
    when none can be opened, because another server may become the primary. ``upsert_many`` is
    idempotent; a ``create`` that can succeed only once is not.
    """
    setattr(work, _REPLAYABLE, True)
    return work


def should_retry(error: BaseException, work: Callable[..., object]) -> bool:
    """Whether to repeat a unit of work that ended with an error."""
    if isinstance(error, ConflictError):
        return True
    if isinstance(error, StatementCancelledError):
        return False  # Another attempt would take as long again.
    found = _driver_error(error)
    if found is None:
        return False
    sqlstate = read_sqlstate(found.orig)
    if sqlstate in _IN_THE_WAY:
        return True
    if sqlstate == READ_ONLY_TRANSACTION and found.connection_invalidated:
        # The standby has committed nothing, and the next connection will reach another server.
        return True
    is_lost = found.connection_invalidated or ends_session(found.orig)
    return (is_lost or _is_opening(found)) and getattr(work, _REPLAYABLE, False)


def run_unit_of_work(
    sessions: Callable[[], Session],
    work: Work[T],
    *,
    policy: RetryPolicy | None = None,
) -> T:
    """Run a function in a unit of work and commit; repeat it after a conflict with another session.

    Serialization failures (SQLSTATE 40001), deadlocks (40P01) and rows that another session changed
    since they were read (``ConflictError``) make the whole function run again; so does a server
    that no longer accepts writes because another is the primary now (25006). After a lost
    connection, or when none can be opened, only an :func:`idempotent` function is run again. The
    function should have no effect outside of the database, and create its iterators itself: an
    iterator that an earlier attempt has read is refused.

    Args:
        sessions: A factory such as ``core.database.SessionLocal``.
        work: The function, called with the unit of work; it need not commit.
        policy: The number of attempts, and the waits between them; None for the default.

    Returns:
        The value that the function returned.

    Raises:
        Exception: The error that the function raised in the last attempt.
    """
    waits = (policy or RetryPolicy()).waits()
    with iterators.counted() as attempts:
        while True:
            try:
                with UnitOfWork(sessions) as uow:
                    result = work(uow)
                    uow.commit()
                    return result
            except Exception as error:
                wait = next(waits, None) if should_retry(error, work) else None
                if wait is None:
                    raise
            time.sleep(wait)
            attempts.again()


def _is_opening(error: DBAPIError) -> bool:
    """Whether opening the connection failed; an error of a commit has no statement either."""
    return isinstance(error, (OperationalError, InterfaceError)) and error.statement is None


def _driver_error(error: BaseException | None) -> DBAPIError | None:
    """Return the driver's error behind a typed error."""
    while error is not None and not isinstance(error, DBAPIError):
        error = error.__cause__
    return error
