"""SIGINT and SIGTERM end a program in bounded time, and at once when they are repeated."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

GRACE: Final = 20.0
"""The seconds that the process has after the first signal to roll back and close everything."""
_ENDING: Final = frozenset({signal.SIGINT, signal.SIGTERM})
_INTERRUPTED: Final = 130


@contextmanager
def terminable() -> Iterator[None]:
    """End the block on SIGTERM as on Ctrl-C, so that everything open is closed and undone.

    Otherwise the process would end at once, and leave behind its scratch database and the server
    that was started for it. A second signal ends the process at once with exit code 130, and so
    does the end of ``GRACE`` after the first signal, whatever the main thread waits for. Use it in
    the main thread of a program, around everything that it does.

    Yields:
        Nothing; when no signal came, the former handlers are restored afterwards.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        if len(came) == 1:
            raise KeyboardInterrupt

    # A shell makes its background processes ignore SIGINT.
    is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    numbers = [signal.SIGTERM] if is_ignored else [signal.SIGTERM, signal.SIGINT]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    # Python runs signal handlers in the main thread, which may be waiting inside libpq. The wake-up
    # descriptor tells the other thread immediately.
    former = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_enforce, args=(reading,), name="signals", daemon=True).start()
    try:
        yield
    finally:
        if not came:
            signal.set_wakeup_fd(former)
            os.close(writing)
            for number, handler in before.items():
                # The handler is None if it was not installed by Python; then it cannot be restored.
                signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _enforce(reading: int) -> None:
    """End the process at the second signal, or some time after the first."""
    try:
        if not _next_signal(reading, None):
            return
        with suppress(TimeoutError):
            if not _next_signal(reading, time.monotonic() + GRACE):
                return
    finally:
        os.close(reading)
    os._exit(_INTERRUPTED)


def _next_signal(reading: int, deadline: float | None) -> bool:
    """Wait for a signal that ends programs; False when the pipe of signals was closed.

    Raises:
        TimeoutError: No signal came before the deadline.
    """
    while True:
        rest = None if deadline is None else max(0.0, deadline - time.monotonic())
        poll = select.poll()
        poll.register(reading, select.POLLIN)
        if not poll.poll(None if rest is None else rest * 1000):
            raise TimeoutError
        if not (number := os.read(reading, 1)):
            return False
        if number[0] in _ENDING:
            return True
