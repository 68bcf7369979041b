"""A turnstile for threads that lets them pass in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque


class Turnstile:
    """Lets as many threads pass as there are places; first come, first served.

    A place that is given back is handed to the one who waits longest. With
    ``threading.Semaphore`` a thread that asks just now can be faster than the one that was woken,
    again and again.

    Args:
        places: How many may be inside at the same time.
    """

    def __init__(self, places: int) -> None:
        self._mutex = threading.Lock()
        self._free = places
        self._waiting: deque[threading.Lock] = deque()

    def enter(self, timeout: float) -> bool:
        """Wait for a place; whether there was one in time.

        Args:
            timeout: Seconds.
        """
        with self._mutex:
            if self._free:
                self._free -= 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            if turn.acquire(timeout=timeout):
                return True
        except BaseException:  # Ctrl-C: nobody waits here any more
            if not self._withdraw(turn):
                self.leave()
            raise
        return not self._withdraw(turn)

    def _withdraw(self, turn: threading.Lock) -> bool:
        """Stop waiting; False when the place was handed over just now."""
        with self._mutex:
            if turn not in self._waiting:
                return False
            self._waiting.remove(turn)
            return True

    def leave(self) -> None:
        """Give the place back."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
