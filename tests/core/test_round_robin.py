"""Choose which server is asked next."""

import threading
from itertools import chain

from core.round_robin import RoundRobin


def test_servers_take_turns() -> None:
    servers = RoundRobin(3, pause=60)
    assert [list(servers.servers()) for _ in range(4)] == [
        [0, 1, 2],
        [1, 2, 0],
        [2, 0, 1],
        [0, 1, 2],
    ]


def test_without_servers_nobody_is_asked() -> None:
    servers = RoundRobin(0, pause=60)
    assert [list(servers.servers()) for _ in range(2)] == [[], []]


def test_one_that_failed_rests_and_it_is_news_once() -> None:
    servers = RoundRobin(2, pause=60)
    assert servers.failed(0) is True
    assert servers.failed(0) is False
    assert [list(servers.servers()) for _ in range(2)] == [[1], [1]]


def test_one_that_answers_is_back_and_it_is_news_once() -> None:
    servers = RoundRobin(2, pause=60)
    assert servers.answered(0) is False
    servers.failed(0)
    assert servers.answered(0) is True
    assert servers.answered(0) is False
    assert sorted(servers.servers()) == [0, 1]


def test_after_its_rest_one_caller_tries_it_and_the_others_go_on_without() -> None:
    servers = RoundRobin(1, pause=60)
    servers.failed(0)
    servers._paused_until[0] = 0  # The pause ended long ago.
    assert [list(servers.servers()) for _ in range(3)] == [[0], [], []]


def test_without_rest_it_is_tried_every_time() -> None:
    servers = RoundRobin(1, pause=0)
    servers.failed(0)
    assert [list(servers.servers()) for _ in range(2)] == [[0], [0]]


def test_of_sixteen_threads_one_tries_it() -> None:
    servers = RoundRobin(1, pause=60)
    servers.failed(0)
    servers._paused_until[0] = 0
    barrier = threading.Barrier(16)
    asked: list[list[int]] = []

    def work() -> None:
        barrier.wait()
        asked.append(list(servers.servers()))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(chain.from_iterable(asked)) == [0]
