"""A value for each event loop, made on first use."""

from __future__ import annotations

import asyncio
import threading
import weakref
from typing import TYPE_CHECKING, Generic, TypeVar

from core.fork_hooks import after_fork_in_child

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class LoopLocal(Generic[T]):
    """A function without arguments whose first result is kept for each event loop.

    A call while no loop runs (for example at import) makes a value that the first loop to call
    takes over, so that a program with a single loop has a single value. When a loop is garbage
    collected, its value is too. Loops may run in several threads.

    Args:
        make: The function that makes the value; if it raises, nothing is kept and the next call
            tries again.
    """

    _made: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, T]
    _unclaimed: tuple[T] | None

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._unclaimed = None
        self._renew()
        # The loops of the parent do not run in the child, and another thread of the parent may hold
        # the lock during the fork.
        after_fork_in_child(self, LoopLocal._renew)

    def __call__(self) -> T:
        """Return the value of the running loop, made on the first call."""
        loop = _running_loop()
        with self._lock:
            made = self.peek() if loop is not None else None
            if made is None:
                made = self._unclaimed[0] if self._unclaimed else self._make()
                if loop is None:
                    self._unclaimed = (made,)
                else:
                    self._unclaimed = None
                    self._made[loop] = made
            return made

    def peek(self) -> T | None:
        """Return the value of the running loop if it has been made already."""
        loop = _running_loop()
        return None if loop is None else self._made.get(loop)

    def forget(self) -> T | None:
        """Forget and return the value of the running loop, or the value made without a loop."""
        with self._lock:
            if (loop := _running_loop()) is not None and loop in self._made:
                return self._made.pop(loop)
            unclaimed, self._unclaimed = self._unclaimed, None
            return unclaimed[0] if unclaimed else None

    def cache_clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._made.clear()
            self._unclaimed = None

    def _renew(self) -> None:
        self._lock = threading.RLock()
        self._made = weakref.WeakKeyDictionary()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
