"""Which server is asked next."""

from __future__ import annotations

import threading
from itertools import chain

from core.rotation import Rotation


def test_servers_take_turns() -> None:
    rotation = Rotation(3, rest=60)
    assert [list(rotation.turn()) for _ in range(4)] == [
        [0, 1, 2],
        [1, 2, 0],
        [2, 0, 1],
        [0, 1, 2],
    ]


def test_without_servers_nobody_is_asked() -> None:
    rotation = Rotation(0, rest=60)
    assert [list(rotation.turn()) for _ in range(2)] == [[], []]


def test_one_that_failed_rests_and_it_is_news_once() -> None:
    rotation = Rotation(2, rest=60)
    assert rotation.failed(0) is True
    assert rotation.failed(0) is False
    assert [list(rotation.turn()) for _ in range(2)] == [[1], [1]]


def test_one_that_answers_is_back_and_it_is_news_once() -> None:
    rotation = Rotation(2, rest=60)
    assert rotation.answered(0) is False
    rotation.failed(0)
    assert rotation.answered(0) is True
    assert rotation.answered(0) is False
    assert sorted(rotation.turn()) == [0, 1]


def test_after_its_rest_one_caller_tries_it_and_the_others_go_on_without() -> None:
    rotation = Rotation(1, rest=60)
    rotation.failed(0)
    rotation._resting_until[0] = 0  # long ago
    assert [list(rotation.turn()) for _ in range(3)] == [[0], [], []]


def test_without_rest_it_is_tried_every_time() -> None:
    rotation = Rotation(1, rest=0)
    rotation.failed(0)
    assert [list(rotation.turn()) for _ in range(2)] == [[0], [0]]


def test_of_sixteen_threads_one_tries_it() -> None:
    rotation = Rotation(1, rest=60)
    rotation.failed(0)
    rotation._resting_until[0] = 0
    barrier = threading.Barrier(16)
    asked: list[list[int]] = []

    def work() -> None:
        barrier.wait()
        asked.append(list(rotation.turn()))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(chain.from_iterable(asked)) == [0]
