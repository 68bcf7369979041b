"""Which failures of a revision are worth another attempt, and after how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError

from introspection.catalog import SchemaChangedError

# lock_not_available, deadlock_detected, serialization_failure: others were in the way.
_PASSING: Final = frozenset({"55P03", "40P01", "40001"})
_SHORTEST: Final = timedelta(milliseconds=50)
_WITHOUT_TIME_OUT: Final = timedelta(seconds=1)
_GROWS_TO: Final = 10


def may_pass(error: BaseException) -> bool:
    """Whether the same revision may succeed when it is tried again."""
    if isinstance(error, DBAPIError):
        return getattr(error.orig, "pgcode", None) in _PASSING
    return isinstance(error, SchemaChangedError)


def pause(attempt: int, lock_timeout: timedelta | None, chance: float) -> timedelta:
    """Return how long to leave the others alone before the next attempt.

    It starts at the lock time-out, so that whoever queued behind the revision gets at least as much
    time as they lost, and doubles up to ten times that.

    Args:
        attempt: The attempt that failed, from 1.
        lock_timeout: For how long one attempt waits for a lock; None or zero for ever.
        chance: From 0 to 1; spreads the pauses of several migrators by half each way.
    """
    unit = max(lock_timeout or _WITHOUT_TIME_OUT, _SHORTEST)
    factor: float = min(2 ** (attempt - 1), _GROWS_TO) * (0.5 + chance)
    return unit * factor
