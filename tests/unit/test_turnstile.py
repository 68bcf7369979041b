"""Threads pass in the order in which they came."""

from __future__ import annotations

import threading
import time

import pytest

from core.fair_pool import FairQueuePool
from core.turnstile import Turnstile


def test_as_many_pass_as_there_are_places() -> None:
    turnstile = Turnstile(2)
    assert [turnstile.enter(0.01) for _ in range(3)] == [True, True, False]
    turnstile.leave()
    assert [turnstile.enter(0.01) for _ in range(2)] == [True, False]


def test_who_has_waited_longest_is_next() -> None:
    turnstile = Turnstile(1)
    turnstile.enter(1)
    passed: list[int] = []

    def wait(number: int) -> None:
        turnstile.enter(30)
        passed.append(number)
        turnstile.leave()

    threads = [threading.Thread(target=wait, args=[number]) for number in range(5)]
    for waiting, thread in enumerate(threads):
        thread.start()
        while len(turnstile._waiting) <= waiting:
            time.sleep(0.001)
    turnstile.leave()
    # Who asks now comes after all of them.
    assert turnstile.enter(30)
    assert passed == [0, 1, 2, 3, 4]
    for thread in threads:
        thread.join()


def test_a_place_that_nobody_waits_for_any_more_is_free() -> None:
    turnstile = Turnstile(1)
    turnstile.enter(1)
    assert not turnstile.enter(0.01)
    turnstile.leave()
    assert turnstile.enter(0.01)


def test_who_is_interrupted_while_waiting_takes_no_place_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Interrupted:
        """A lock whose waiter gets Ctrl-C."""

        def acquire(self, timeout: float | None = None) -> bool:
            if timeout is not None:
                raise KeyboardInterrupt
            return True

    turnstile = Turnstile(1)
    turnstile.enter(1)
    monkeypatch.setattr(threading, "Lock", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        turnstile.enter(1)
    monkeypatch.undo()
    turnstile.leave()
    assert turnstile.enter(0.01)


class Connection:
    """Of no database: the pool is what is under test."""

    def rollback(self) -> None: ...

    def close(self) -> None: ...


def test_a_pool_that_asks_itself_again_takes_one_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = FairQueuePool(Connection, pool_size=1, max_overflow=0, timeout=1)
    increase = pool._inc_overflow
    answers = iter([False])
    monkeypatch.setattr(pool, "_inc_overflow", lambda: next(answers, None) is None and increase())
    for _ in range(3):
        pool.connect().close()
