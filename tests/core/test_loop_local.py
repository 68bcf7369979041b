"""A value for each event loop."""

import asyncio
import gc
import os
from itertools import count

import pytest

from core.loop_local import LoopLocal


class Value:
    """A value with an identity."""


async def ask(values: LoopLocal[Value], times: int = 1) -> list[Value]:
    return [values() for _ in range(times)]


def test_a_loop_has_one_value_and_another_loop_another() -> None:
    values = LoopLocal(Value)
    first, second = asyncio.run(ask(values, 2)), asyncio.run(ask(values, 2))
    assert first[0] is first[1]
    assert second[0] is second[1]
    assert first[0] is not second[0]


def test_what_was_made_without_a_loop_is_taken_over_once() -> None:
    values = LoopLocal(Value)
    early = values()
    assert values() is early
    assert values.peek() is None
    assert asyncio.run(ask(values)) == [early]
    assert asyncio.run(ask(values)) != [early]
    assert values() is not early


def test_a_loop_that_is_gone_takes_its_value_with_it() -> None:
    values = LoopLocal(Value)
    asyncio.run(ask(values))
    gc.collect()
    assert len(values._made) == 0


def test_forgetting_gives_the_value_back() -> None:
    values = LoopLocal(Value)

    async def forget() -> None:
        made = values()
        assert values.peek() is made
        assert values.forget() is made
        assert values.peek() is None
        assert values() is not made
        values.cache_clear()
        assert values.forget() is None

    asyncio.run(forget())
    early = values()
    assert values.forget() is early
    assert values() is not early


def test_a_failure_is_not_kept() -> None:
    numbers = count()

    def make() -> int:
        if not next(numbers):
            raise ValueError("the first time")
        return 7

    values = LoopLocal(make)
    with pytest.raises(ValueError, match="first"):
        values()
    assert values() == 7


def test_a_child_has_free_locks_and_what_no_loop_had_claimed() -> None:
    values = LoopLocal(Value)
    early = values()
    with values._lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if asyncio.run(ask(values)) == [early] else 1)
    assert os.waitpid(child, 0)[1] == 0
