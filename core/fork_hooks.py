"""Functions to call in a child process after a fork."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def after_fork_in_child(target: T, action: Callable[[T], None]) -> None:
    """Call ``action(target)`` in every child forked from now on, in order of registration.

    A registration cannot be undone, so it must not keep ``target`` alive: only a weak reference
    is held, and ``action`` must not hold another.

    Args:
        target: The object that the child has to reset.
        action: The function, called with ``target`` while the child has a single thread.
    """
    reference = weakref.ref(target)

    def run() -> None:
        alive = reference()
        if alive is not None:
            action(alive)

    os.register_at_fork(after_in_child=run)
