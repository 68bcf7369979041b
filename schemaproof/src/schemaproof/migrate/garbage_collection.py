"""Garbage collection while the snapshots of a long history are read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

OBJECTS: Final = 50_000
"""The number of new objects after which garbage is collected; usually Python's number is 700."""


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Collect garbage less often: a tenth of the time of a migration is spent on objects that stay.

    It is not switched off, because a revision may leave garbage for hours.

    Yields:
        Nothing; the former state is restored afterwards.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(OBJECTS, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
