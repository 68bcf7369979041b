"""Timers that share one timer of the event loop, compared with the loop's own."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Final, TypeVarTuple

from core.loop_timers import LoopTimers, Timer

COMMANDS: Final = 100
Ts = TypeVarTuple("Ts")


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts the timers that are requested from it."""

    timers = 0

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self.timers += 1
        return super().call_at(when, callback, *args, context=context)


def test_timers_are_called_in_the_order_in_which_they_are_due() -> None:
    async def called() -> list[str]:
        timers, names, done = LoopTimers(asyncio.get_running_loop()), list[str](), asyncio.Event()
        timers.call_later(0.03, done.set)
        for delay, name in ((0.02, "second"), (0.0, "first"), (0.02, "third")):
            timers.call_later(delay, names.append, name)
        await done.wait()
        return names

    assert asyncio.run(called()) == ["first", "second", "third"]


def test_a_timer_that_is_due_before_those_there_does_not_wait_for_them() -> None:
    async def is_called() -> bool:
        timers, called = LoopTimers(asyncio.get_running_loop()), asyncio.Event()
        timers.call_later(60, print)
        timers.call_later(0.0, called.set)
        return await asyncio.wait_for(called.wait(), timeout=30)

    assert asyncio.run(is_called())


def test_a_timer_that_is_cancelled_is_not_called() -> None:
    async def is_called(cancel: Callable[[Timer], object]) -> bool:
        timers, called, done = (
            LoopTimers(asyncio.get_running_loop()),
            asyncio.Event(),
            asyncio.Event(),
        )
        timer = timers.call_later(0.01, called.set)
        timers.call_later(0.02, done.set)
        cancel(timer)
        await done.wait()
        timer.cancel()
        return called.is_set()

    assert asyncio.run(is_called(lambda _: None))
    assert not asyncio.run(is_called(Timer.cancel))


def test_a_timer_that_another_one_cancels_is_not_called() -> None:
    async def called() -> list[str]:
        timers, names, done = LoopTimers(asyncio.get_running_loop()), list[str](), asyncio.Event()
        pending: list[Timer] = []

        def cancel() -> None:
            pending[0].cancel()

        timers.call_later(0.01, cancel)
        pending.append(timers.call_later(0.01, names.append, "cancelled"))
        timers.call_later(0.02, done.set)
        await done.wait()
        return names

    assert asyncio.run(called()) == []


def test_timers_that_are_cancelled_ask_the_loop_for_one_in_all() -> None:
    with asyncio.Runner(loop_factory=CountingLoop) as runner:

        async def asked() -> int:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, CountingLoop)
            timers = LoopTimers(loop)
            for _ in range(COMMANDS):
                timers.call_later(60, print).cancel()
            return loop.timers

        assert runner.run(asked()) == 1
