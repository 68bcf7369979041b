"""Timers of an event loop that are nearly always cancelled, such as time-outs of commands.

asyncpg asks for a timer for each command. Here one timer of the loop serves them all: a timer is
started by adding it to a set and cancelled by removing it, which takes a third of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


class Timer:
    """A scheduled call that can be cancelled.

    Attributes:
        due: The time of the call, by the clock of the loop.
        callback: The function to call.
        arguments: The arguments of the call.
    """

    __slots__ = ("_pending", "arguments", "callback", "due")

    def __init__(
        self,
        due: float,
        callback: Callable[..., object],
        arguments: tuple[Any, ...],
        pending: set[Timer],
    ) -> None:
        self.due, self.callback, self.arguments = due, callback, arguments
        self._pending = pending

    def cancel(self) -> None:
        """Cancel the call; a call that has already run or was already cancelled stays as it is."""
        self._pending.discard(self)


class LoopTimers:
    """Timers that share one timer of an event loop.

    Args:
        loop: The event loop; its one timer is set for the call that is due first.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._time = loop.time
        self._pending: set[Timer] = set()
        self._wake: asyncio.TimerHandle | None = None
        self._wakes_at = float("inf")

    def call_later(self, delay: float, callback: Callable[..., object], *arguments: Any) -> Timer:
        """Schedule a call after some seconds, as the loop's own method does."""
        due = self._time() + delay
        timer = Timer(due, callback, arguments, self._pending)
        self._pending.add(timer)
        if due < self._wakes_at:
            self._wake_at(due)
        return timer

    def _wake_at(self, due: float) -> None:
        if self._wake is not None:
            self._wake.cancel()
        self._wakes_at = due
        self._wake = self._loop.call_at(due, self._call)

    def _call(self) -> None:
        """Make the calls that are due, and set the timer for the next one."""
        self._wake, self._wakes_at = None, float("inf")
        now = self._time()
        for timer in sorted(self._pending, key=lambda each: each.due):
            if timer.due > now:
                self._wake_at(timer.due)
                return
            self._loop.call_soon(self._call_one, timer)

    def _call_one(self, timer: Timer) -> None:
        if timer in self._pending:  # Another timer may have cancelled this one in the meantime.
            self._pending.discard(timer)
            timer.callback(*timer.arguments)
