"""Time-outs of one unit of work: for statements, locks and idle time."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.errors import InvalidArgumentError
from repositories import Timeouts, UnitOfWork
from schemaproof.connection.diagnostics import read_sqlstate
from tests.support.either_side import either_side
from tests.support.repository_rows import Store, odds


def session_limits(uow: UnitOfWork) -> tuple[str, ...]:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    return tuple(str(uow.session.scalar(text(f"SHOW {name}"))) for name in names)


def test_time_outs_hold_in_each_transaction_of_the_unit_of_work_and_in_no_other(
    store: Store,
) -> None:
    given = Timeouts(timedelta(seconds=5), timedelta(milliseconds=200), timedelta(minutes=1))
    with store.sessions() as session:
        with UnitOfWork(session, timeouts=given) as uow:
            assert session_limits(uow) == ("5s", "200ms", "1min")
            with session.begin_nested():
                assert session_limits(uow) == ("5s", "200ms", "1min")
            uow.commit()
            assert session_limits(uow) == ("5s", "200ms", "1min")
        with UnitOfWork(session) as uow:
            assert session_limits(uow) == ("0", "0", "0")


@either_side
def test_timeouts_hold_in_the_next_transaction_but_no_other_unit_of_work(store: Store) -> None:
    with store.unit_of_work() as uow:
        usual = session_limits(uow)
    with store.unit_of_work(timeouts=Timeouts(lock=timedelta(seconds=1))) as uow:
        assert session_limits(uow) == (usual[0], "1s", usual[2])
        uow.commit()
        assert session_limits(uow) == (usual[0], "1s", usual[2])
    with store.unit_of_work() as uow:
        assert session_limits(uow) == usual


@either_side
def test_a_statement_that_takes_too_long_is_cancelled(store: Store) -> None:
    given = Timeouts(statement=timedelta(milliseconds=50))
    with (
        store.unit_of_work(timeouts=given) as uow,
        pytest.raises(DBAPIError) as caught,
    ):
        uow.session.execute(text("SELECT pg_sleep(60)"))
    assert read_sqlstate(caught.value.orig) == "57014"


@either_side
def test_a_wait_for_a_lock_that_is_too_long_is_an_error(store: Store) -> None:
    store.add(odds())
    with store.sessions() as other:
        other.execute(text("SELECT FROM odds FOR UPDATE"))
        given = Timeouts(lock=timedelta(milliseconds=50))
        with (
            pytest.raises(DBAPIError) as caught,
            store.unit_of_work(timeouts=given) as uow,
        ):
            uow.session.execute(text("UPDATE odds SET league = 'x'"))
    assert read_sqlstate(caught.value.orig) == "55P03"


@either_side
def test_an_idle_transaction_loses_its_session_and_its_changes(store: Store) -> None:
    given = Timeouts(idle=timedelta(milliseconds=50))
    gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
    with store.unit_of_work(timeouts=given) as uow:
        uow.odds.create(odds())
        pid = uow.session.scalar(text("SELECT pg_backend_pid()"))
        while store.ask(gone, pid) != [(0,)]:
            pass
        with pytest.raises(DBAPIError) as caught:
            uow.commit()
        assert caught.value.connection_invalidated
    assert store.count("odds") == 0


@pytest.mark.parametrize(
    "limit", [timedelta(0), timedelta(seconds=-1), timedelta(microseconds=1), timedelta(days=25)]
)
def test_a_time_out_that_is_not_possible_is_refused(limit: timedelta) -> None:
    with pytest.raises(InvalidArgumentError, match="not possible"):
        Timeouts(statement=limit)
