"""A value made once, on first use, also when several threads ask at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from core.fork_hooks import after_fork_in_child

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Lazy(Generic[T]):
    """A function without arguments whose first result is kept.

    ``functools.cache`` may run the function once per thread; this class runs it once. When the
    function raises, nothing is kept and the next call tries again.

    Args:
        make: The function that makes the value.
        on_clear: A function that ``cache_clear`` calls, to clear other caches of the value.
    """

    def __init__(
        self, make: Callable[[], T], *, on_clear: Callable[[], None] | None = None
    ) -> None:
        self._make = make
        self._on_clear = on_clear
        self._made: tuple[T] | None = None
        self._renew_lock()
        # Another thread may hold the lock during a fork; the child would never release it.
        after_fork_in_child(self, Lazy._renew_lock)

    def __call__(self) -> T:
        """Return the value, made on the first call."""
        made = self._made
        if made is None:
            with self._lock:
                made = self._made
                if made is None:
                    made = self._made = (self._make(),)
        return made[0]

    def peek(self) -> T | None:
        """Return the value if it has been made already."""
        return None if self._made is None else self._made[0]

    def cache_clear(self) -> None:
        """Forget the value, so that the next call makes a new one."""
        with self._lock:
            self._made = None
            if self._on_clear is not None:
                self._on_clear()

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()
