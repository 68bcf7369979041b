"""Failures worth another attempt, the pause before it, and the session that blocked it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError

from schemaproof.catalog.catalog_queries import SchemaChangedError
from schemaproof.connection.diagnostics import read_sqlstate
from schemaproof.connection.driver_errors import retold
from schemaproof.errors import DatabaseRefusedError
from schemaproof.migrate import backends
from schemaproof.migrate.backends import Backend
from schemaproof.program import with_program

# These SQLSTATEs mean that another session was in the way: lock_not_available, deadlock_detected,
# serialization_failure.
_PASSING: Final = frozenset({"55P03", "40P01", "40001"})
_SHORTEST: Final = timedelta(milliseconds=50)
_WITHOUT_TIME_OUT: Final = timedelta(seconds=1)
_GROWS_TO: Final = 10


def may_pass(error: BaseException) -> bool:
    """Whether the same revision may succeed when it is repeated."""
    if isinstance(error, DBAPIError):
        return read_sqlstate(error) in _PASSING
    return isinstance(error, SchemaChangedError)


def pause(attempt: int, lock_timeout: timedelta | None, chance: float) -> timedelta:
    """Return the pause before the next attempt.

    The first pause is as long as the lock time-out, so that sessions which waited behind the
    revision get at least the time that they lost. Each pause is twice as long as the one before, up
    to ten times the lock time-out.

    Args:
        attempt: The attempt that failed, from 1.
        lock_timeout: The time that one attempt waits for a lock; None or zero for no limit.
        chance: A random number from 0 to 1, which spreads the pauses of several migrators by half
            each way.
    """
    unit = max(lock_timeout or _WITHOUT_TIME_OUT, _SHORTEST)
    factor: float = min(2 ** (attempt - 1), _GROWS_TO) * (0.5 + chance)
    return unit * factor


def blocked(error: BaseException, blockers: Sequence[Backend]) -> str:
    """Describe why an attempt failed, with the sessions that blocked it."""
    by = f" (blocked by {backends.described(blockers)})" if blockers else ""
    return f"{retold(error)}{by}"


def named(error: BaseException, blockers: Sequence[Backend], attempt: int) -> BaseException:
    """Return an error that names the sessions that blocked an attempt.

    Args:
        error: The error that ended the attempt.
        blockers: The sessions that it waited for.
        attempt: The number of the attempt, from 1.
    """
    if not isinstance(error, DBAPIError) or not may_pass(error) or not blockers:
        return error
    return DatabaseRefusedError(
        f"{retold(error)}, {attempt} times; blocked by {backends.described(blockers)}",
        remedy=with_program(
            "try again when that session has finished, end it (SELECT"
            " pg_terminate_backend(pid)), or raise $lock_timeout"
        ),
        sqlstate=read_sqlstate(error),
    )
