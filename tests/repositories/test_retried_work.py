"""Which units of work are repeated after an error, and how often."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from core.errors import InvalidArgumentError
from repositories import RetryPolicy, UnitOfWork, idempotent
from repositories.retry import should_retry
from tests.support.either_side import either_side
from tests.support.repository_rows import Store, odds
from tests.support.versioned_rows import AT_ONCE


def failing_with(sqlstate: str) -> Callable[[UnitOfWork], None]:
    def work(uow: UnitOfWork) -> None:
        attempts.append(sqlstate)
        uow.odds.create(odds(f"m{len(attempts)}"))
        uow.session.execute(
            text(f"DO $$ BEGIN RAISE 'in the way' USING ERRCODE = '{sqlstate}'; END $$")
        )

    attempts: list[str] = []
    work.attempts = attempts  # type: ignore[attr-defined]
    return work


@either_side
@pytest.mark.parametrize(
    ("sqlstate", "expected"),
    [("40001", 4), ("40P01", 4), ("40002", 1), ("23505", 1), ("57014", 1), ("55P03", 1)],
)
def test_only_who_was_in_the_way_is_worth_another_try_and_not_for_ever(
    store: Store, sqlstate: str, expected: int
) -> None:
    work = failing_with(sqlstate)
    with pytest.raises(DBAPIError):
        store.run(work, policy=RetryPolicy(4, 0.001, 0.001))
    assert len(work.attempts) == expected  # type: ignore[attr-defined]
    assert store.count("odds") == 0


@either_side
def test_nothing_is_kept_of_the_attempts_that_failed(store: Store) -> None:
    failing = failing_with("40001")
    attempts: list[None] = []

    def work(uow: UnitOfWork) -> str:
        attempts.append(None)
        if len(attempts) < 3:
            failing(uow)
        uow.odds.create(odds("last"))
        return "done"

    assert store.run(work, policy=RetryPolicy(3, 0, 0)) == "done"
    assert store.ask("SELECT match_id FROM odds") == [("last",)]


def test_the_waits_double_up_to_a_limit_and_are_drawn() -> None:
    limits = list(RetryPolicy(6, 0.1, 0.5).waits(lambda low, high: high - low))
    assert limits == [0.1, 0.2, 0.4, 0.5, 0.5]
    drawn = [list(RetryPolicy(6, 0.1, 0.5).waits()) for _ in range(20)]
    assert len({tuple(waits) for waits in drawn}) == 20
    assert all(0 <= wait <= 0.5 for waits in drawn for wait in waits)


@pytest.mark.parametrize("bad", [{"attempts": 0}, {"first_wait": -1}, {"longest_wait": -1}])
def test_a_policy_that_is_none_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        RetryPolicy(**bad)


@either_side
def test_the_result_of_the_work_is_given_and_it_is_committed(store: Store) -> None:
    made = store.run(lambda uow: uow.odds.create(odds()))
    assert made.id == 1
    assert store.count("odds") == 1


def killing(store: Store, attempts: list[int]) -> Callable[[UnitOfWork], int]:
    """Return a function whose server process is killed during its first attempt."""

    def work(uow: UnitOfWork) -> int:
        attempts.append(len(attempts))
        uow.odds.create(odds("one"))
        if len(attempts) == 1:
            pid = uow.session.scalar(text("SELECT pg_backend_pid()"))
            store.ask("SELECT pg_terminate_backend(%s, 5000)", pid)
        uow.odds.create(odds("two"))
        return len(attempts)

    return work


@either_side
def test_a_lost_connection_in_the_middle_leaves_nothing_half_done(store: Store) -> None:
    attempts: list[int] = []
    with pytest.raises(DBAPIError):
        store.run(killing(store, attempts))
    assert len(attempts) == 1
    assert store.count("odds") == 0


@either_side
def test_a_work_that_may_be_done_twice_is_tried_again_on_another_connection(store: Store) -> None:
    attempts: list[int] = []
    work = idempotent(killing(store, attempts))
    assert store.run(work, policy=AT_ONCE) == 2
    assert store.count("odds") == 2


def test_a_work_that_is_not_marked_is_never_done_twice_after_a_lost_connection() -> None:
    error = OperationalError("COMMIT", None, Exception(), connection_invalidated=True)

    def work(uow: UnitOfWork) -> None: ...

    assert not should_retry(error, work)
    assert should_retry(error, idempotent(work))
    assert not should_retry(ZeroDivisionError(), work)
