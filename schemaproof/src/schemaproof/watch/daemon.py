"""Check at an interval until the program ends."""

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

    A failure does not prevent the next check: the database may be available again, or have another
    primary.

    Args:
        check: The function that checks once.
        state: The state that receives the results.
        every: The seconds from the end of a check to the beginning of the next one.
        explain: The function that says in one line why a check could not complete.
        say: The function that tells the operator when a failure begins, changes or ends.
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
