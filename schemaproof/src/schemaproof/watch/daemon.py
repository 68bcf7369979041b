"""Checks at an interval, for as long as the program lasts."""

import threading
import time
from collections.abc import Callable
from typing import Final

from schemaproof.watch.state import Checked, State

SOONER: Final = 15.0
"""Seconds until a check that could not complete is tried again; less when ``every`` is less."""


def run(
    check: Callable[[], Checked],
    state: State,
    *,
    every: float,
    explain: Callable[[Exception], str],
    say: Callable[[str], None],
) -> None:
    """Check until Ctrl-C or SIGTERM.

    Whatever a check ends with, the next one comes: the database may be back, or another primary.

    Args:
        check: Checks once.
        state: Is told what it said.
        every: Seconds from the end of a check to the beginning of the next one.
        explain: Says in one line why a check could not complete.
        say: Tells the operator: of a failure when it begins or changes, and of its end.
    """
    # Nothing sets this event. A signal handler ends the wait by raising an exception.
    pause = threading.Event()
    while True:
        before = state.last.error
        state.begin(time.monotonic())
        try:
            state.complete(check())
        # The daemon goes on, whatever a check raises.
        except Exception as error:  # noqa: BLE001 - the daemon goes on
            state.fail(explain(error))
        now = state.last.error
        if now is not None and now != before:
            say(now)
        elif before is not None and now is None:
            say("checks complete again")
        pause.wait(every if now is None else min(every, SOONER))
