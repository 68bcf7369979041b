"""Choose which of several servers is asked next."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from core.fork_hooks import after_fork_in_child

if TYPE_CHECKING:
    from collections.abc import Iterator


class RoundRobin:
    """Servers in turn; a server that failed is not used for a while.

    After this pause one caller tries it again and the others go on without it, so that only one
    caller waits for a server that does not answer.

    Args:
        count: The number of servers, which are numbered from 0.
        pause: The time in seconds for which a server that failed is not used.
    """

    def __init__(self, count: int, *, pause: float) -> None:
        self._count = count
        self._pause = pause
        self._next = 0
        self._paused_until: dict[int, float] = {}
        self._renew_lock()
        after_fork_in_child(self, RoundRobin._renew_lock)

    def servers(self) -> Iterator[int]:
        """Return the servers that may be asked; each call begins with the next server."""
        with self._lock:
            first = self._next
            self._next = (first + 1) % max(1, self._count)
        for step in range(self._count):
            server = (first + step) % self._count
            if self._is_usable(server):
                yield server

    def failed(self, server: int) -> bool:
        """Stop using a server for a while; return whether it was in use."""
        with self._lock:
            is_news = server not in self._paused_until
            self._paused_until[server] = time.monotonic() + self._pause
            return is_news

    def answered(self, server: int) -> bool:
        """Use a server again; return whether it was paused."""
        # No lock is taken for this look-up, because almost always there is nothing to change.
        if server not in self._paused_until:
            return False
        with self._lock:
            return self._paused_until.pop(server, None) is not None

    def _is_usable(self, server: int) -> bool:
        if server not in self._paused_until:
            return True
        with self._lock:
            now = time.monotonic()
            until = self._paused_until.get(server)
            if until is None:
                return True
            if now < until:
                return False
            self._paused_until[server] = now + self._pause
            return True

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()
