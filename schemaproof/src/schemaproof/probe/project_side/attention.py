"""End a running request on a signal, or when its client is gone."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from typing import Any, Callable, Iterator


@contextlib.contextmanager
def attentive(incoming: int, cancel: Callable[[], None]) -> Iterator[None]:
    """End the block on SIGTERM, Ctrl-C, or when the other side ends.

    Python's handlers run in the main thread, which may wait inside libpq until the server has
    answered: so another thread makes the server cancel the running statement.

    Args:
        incoming: A pipe that the other side holds open.
        cancel: The function that cancels the running statement; another thread calls it.
    """

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(incoming, reading, cancel), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        os.close(writing)


def _watch(incoming: int, reading: int, cancel: Callable[[], None]) -> None:
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    poll.register(incoming, 0)  # poll() reports a closed pipe even if no event is asked for.
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == incoming:
                poll.unregister(incoming)
                os.kill(os.getpid(), signal.SIGTERM)
            elif os.read(reading, 1):
                cancel()
            else:
                os.close(reading)
                return
