"""A repeated unit of work loses no update, and reads no iterator twice."""

import csv
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from itertools import chain, count, islice
from typing import Any

import pytest

from core.errors import ConflictError, InvalidArgumentError
from repositories import RetryPolicy, run_async_unit_of_work, run_unit_of_work
from tests.support import async_store
from tests.support.async_store import AsyncStore
from tests.support.either_side import either_side
from tests.support.repository_rows import Store, team
from tests.support.versioned_rows import AT_ONCE, VERSIONED, add_versioned

pytestmark = pytest.mark.slow

asynchronous = async_store.store

INCREMENTS = 40
ROW = {"team_name": "Roma", "league": "Serie A"}


# One policy is the default, and the other causes as many conflicts as possible.
POLICIES = pytest.mark.parametrize("policy", [None, AT_ONCE], ids=["usual", "at once"])


@either_side
@POLICIES
@pytest.mark.parametrize("case", VERSIONED.values(), ids=VERSIONED)
def test_no_increment_is_lost(
    store: Store, case: tuple[str, str, str], policy: RetryPolicy | None
) -> None:
    add_versioned(store)
    repository, field, table = case

    def increment(uow: Any) -> None:
        row = getattr(uow, repository).get_by_id(1)
        setattr(row, field, getattr(row, field) + 1)
        getattr(uow, repository).update(row)

    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(store.run, increment, policy=policy) for _ in range(INCREMENTS)]
        for each in done:
            each.result()
    assert store.ask(f"SELECT {field} FROM {table}") == [(1.0 + INCREMENTS,)]


def generator() -> Iterator[dict[str, str]]:
    yield ROW


async def async_generator() -> AsyncIterator[dict[str, str]]:
    yield ROW


ITERATORS: dict[str, Callable[[], Any]] = {
    "generator": generator,
    "iterator": lambda: iter([ROW]),
    "map": lambda: map(dict, [ROW]),
}


def fail_once(attempts: list[None]) -> None:
    attempts.append(None)
    if len(attempts) == 1:
        raise ConflictError("on purpose")


@pytest.mark.parametrize("make", ITERATORS.values(), ids=ITERATORS)
@pytest.mark.parametrize("method", ["upsert_many", "create_many"])
def test_an_iterator_that_an_attempt_has_read_is_refused(
    store: Store, make: Callable[[], Any], method: str
) -> None:
    attempts: list[None] = []
    rows = make() if method == "upsert_many" else (team(**row) for row in make())

    def write(uow: Any) -> None:
        getattr(uow.teams, method)(rows)
        fail_once(attempts)

    with pytest.raises(InvalidArgumentError, match="already read"):
        run_unit_of_work(store.sessions, write, policy=RetryPolicy(first_wait=0))
    assert len(attempts) == 1
    assert store.count("quantum.team_quantum_dna") == 0


@pytest.mark.anyio
@pytest.mark.parametrize("make", [async_generator, *ITERATORS.values()])
async def test_an_iterator_that_an_attempt_has_read_is_refused_in_an_event_loop(
    asynchronous: AsyncStore, make: Any
) -> None:
    attempts: list[None] = []
    rows = make()

    async def write(uow: Any) -> None:
        await uow.teams.upsert_many(rows)
        fail_once(attempts)

    with pytest.raises(InvalidArgumentError, match="already read"):
        await run_async_unit_of_work(asynchronous.sessions, write, policy=RetryPolicy(first_wait=0))
    assert asynchronous.sync.count("quantum.team_quantum_dna") == 0


def through_map(rows: Iterator[Any]) -> Iterator[Any]:
    return map(dict, rows)


def through_generator(rows: Iterator[Any]) -> Iterator[Any]:
    def each() -> Iterator[Any]:
        yield from rows

    return each()


OVER_ANOTHER: dict[str, Callable[[Iterator[Any]], Iterator[Any]]] = {
    "islice": lambda rows: islice(rows, 10),
    "expression": lambda rows: (row for row in rows),
    "map": through_map,
    "chain": lambda rows: chain([], rows),
    "zip": lambda rows: (row for row, _ in zip(rows, count(), strict=False)),
    "of a generator": through_generator,
    "nested": lambda rows: islice(map(dict, (row for row in rows)), 10),
}


@pytest.mark.parametrize("over", OVER_ANOTHER.values(), ids=OVER_ANOTHER)
@pytest.mark.parametrize("make", ITERATORS.values(), ids=ITERATORS)
def test_one_that_stands_on_another_that_was_read_is_refused(
    store: Store, make: Callable[[], Any], over: Callable[[Iterator[Any]], Iterator[Any]]
) -> None:
    attempts: list[None] = []
    rows = make()

    def write(uow: Any) -> None:
        uow.teams.upsert_many(over(rows))
        fail_once(attempts)

    with pytest.raises(InvalidArgumentError, match="already read"):
        run_unit_of_work(store.sessions, write, policy=RetryPolicy(first_wait=0))
    assert store.count("quantum.team_quantum_dna") == 0


@pytest.mark.parametrize("rewinds", [True, False])
def test_a_file_is_read_again_when_the_work_goes_back_to_its_beginning(
    store: Store,
    rewinds: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    attempts: list[None] = []
    file = StringIO("team_name,league\nRoma,Serie A\n")

    def write(uow: Any) -> None:
        if rewinds:
            file.seek(0)
        uow.teams.upsert_many(csv.DictReader(file))
        fail_once(attempts)

    policy = RetryPolicy(first_wait=0)
    if rewinds:
        run_unit_of_work(store.sessions, write, policy=policy)
    else:
        with pytest.raises(InvalidArgumentError, match="already read"):
            run_unit_of_work(store.sessions, write, policy=policy)
    assert store.count("quantum.team_quantum_dna") == int(rewinds)


def test_what_never_ends_may_be_shared_and_slices_may_follow_each_other(store: Store) -> None:
    attempts: list[None] = []
    numbers = count()

    def write(uow: Any) -> None:
        rows = iter([{**ROW, "team_name": f"T{number}"} for number in range(4)])
        for _ in range(3):
            part = islice(rows, 2)
            uow.teams.upsert_many({**row, "tier": str(next(numbers))} for row in part)
        fail_once(attempts)

    run_unit_of_work(store.sessions, write, policy=RetryPolicy(first_wait=0))
    assert store.count("quantum.team_quantum_dna") == 4


@pytest.mark.parametrize("make", [*ITERATORS.values(), lambda: [ROW]])
def test_one_that_the_work_makes_is_read_in_each_attempt(store: Store, make: Any) -> None:
    attempts: list[None] = []

    def write(uow: Any) -> None:
        uow.teams.upsert_many(make())
        fail_once(attempts)

    run_unit_of_work(store.sessions, write, policy=RetryPolicy(first_wait=0))
    assert store.count("quantum.team_quantum_dna") == 1


def test_a_generator_that_has_ended_is_refused_everywhere(store: Store) -> None:
    rows = generator()
    with store.unit_of_work() as uow:
        uow.teams.upsert_many(rows)
        with pytest.raises(InvalidArgumentError, match="already read"):
            uow.teams.upsert_many(rows)
        with pytest.raises(InvalidArgumentError, match="already read"):
            uow.teams.create_many(rows)  # type: ignore[arg-type]
        uow.teams.upsert_many([])
