"""Actor and reason of a change: from the context, set by hand, or by the database."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import Any

import pytest

from core.errors import AuditError, InvalidArgumentError
from repositories import audit_context
from repositories.audit import REQUIRED, current_audit
from repositories.bulk.result import Upserted
from schemaproof_testing.servers import USER
from tests.support.either_side import either_side
from tests.support.repository_rows import Store, odds, team


def audited(store: Store) -> list[tuple[Any, ...]]:
    return store.ask(
        "SELECT created_by, updated_by, change_reason FROM quantum.team_quantum_dna"
        " ORDER BY team_id"
    )


def create(store: Store, name: str = "Lazio", **values: Any) -> None:
    with store.unit_of_work() as uow:
        uow.teams.create(team(name, **values))
        uow.commit()


def change(store: Store, **values: Any) -> None:
    with store.unit_of_work() as uow:
        row = uow.teams.get_by_name("Lazio")
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
        uow.teams.update(row)
        uow.commit()


def upsert(store: Store, **values: Any) -> Upserted:
    with store.unit_of_work() as uow:
        done = uow.teams.upsert_many([{"team_name": "Lazio", "league": "A", **values}])
        uow.commit()
    return done


def test_a_creation_names_who_and_why(store: Store) -> None:
    with audit_context(actor="Zoë", reason="first import"):
        create(store)
    assert audited(store) == [("Zoë", "Zoë", "first import")]


def test_a_change_names_its_own_actor_and_leaves_the_creator(store: Store) -> None:
    with audit_context("one", "a"):
        create(store)
    with audit_context("two"):
        change(store, tier="ELITE")
    assert audited(store) == [("one", "two", None)]


def test_a_change_that_is_only_flushed_by_the_session_is_audited_too(store: Store) -> None:
    create(store)
    with audit_context("two", "by hand"), store.unit_of_work() as uow:
        row = uow.teams.get_by_name("Lazio")
        assert row is not None
        row.tier = "ELITE"
        uow.session.add(team("Roma"))
        uow.commit()
    assert audited(store) == [(USER, "two", "by hand"), ("two", "two", "by hand")]


@either_side
def test_a_bulk_write_is_audited_like_any_other(store: Store) -> None:
    with audit_context("one", "a"):
        assert upsert(store) == Upserted(inserted=1)
    assert audited(store) == [("one", "one", "a")]
    with audit_context("two", "b"):
        assert upsert(store, tier="ELITE") == Upserted(updated=1)
    assert audited(store) == [("one", "two", "b")]


def test_who_asks_for_what_is_there_already_changes_nothing(store: Store) -> None:
    with audit_context("one", "a"):
        upsert(store)
    with audit_context("two", "b"):
        assert upsert(store) == Upserted(unchanged=1)
        change(store, league="A")
    assert audited(store) == [("one", "one", "a")]


def test_a_value_set_by_hand_stays(store: Store) -> None:
    with audit_context("context", "context"):
        create(store, created_by="by hand", change_reason="mine")
    assert audited(store) == [("by hand", "context", "mine")]
    with audit_context("context", "context"):
        change(store, tier="X", updated_by="me")
        assert audited(store) == [("by hand", "me", "context")]
        upsert(store, updated_by="bulk")
    assert audited(store) == [("by hand", "bulk", "context")]


@pytest.mark.parametrize("reason", ["again", None])
def test_who_changes_a_row_twice_for_the_same_reason_is_named_twice(
    store: Store, reason: str | None
) -> None:
    with audit_context("one", reason):
        create(store)
        change(store, tier="X")
        assert audited(store) == [("one", "one", reason)]
        change(store, tier="Y")
        assert audited(store) == [("one", "one", reason)]


def test_what_is_set_by_hand_to_what_it_was_stays_too(store: Store) -> None:
    create(store, updated_by="me", change_reason="mine")
    change(store, tier="X", updated_by="me", change_reason="mine")
    assert audited(store) == [(USER, "me", "mine")]
    with audit_context("context", "context"):
        change(store, tier="Y", updated_by="me", change_reason="mine")
    assert audited(store) == [(USER, "me", "mine")]


def test_where_nobody_says_it_is_the_role_and_an_old_reason_is_not_kept(store: Store) -> None:
    create(store)
    assert audited(store) == [(USER, USER, None)]
    with audit_context("one", "a reason"):
        change(store, tier="X")
    change(store, tier="Y")
    assert audited(store) == [(USER, USER, None)]
    with audit_context("one", "a reason"):
        change(store, tier="X")
    upsert(store, tier="Z")
    assert audited(store) == [(USER, USER, None)]


def test_raw_sql_is_named_by_the_database(store: Store) -> None:
    store.ask("INSERT INTO quantum.team_quantum_dna (team_name, league) VALUES ('a', 'b')")
    assert audited(store) == [(USER, USER, None)]


@either_side
def test_a_required_actor_is_demanded(store: Store) -> None:
    create(store)
    with store.unit_of_work() as uow:
        uow.session.info[REQUIRED] = True
        row = uow.teams.get_by_name("Lazio")
        assert row is not None
        for write in (
            lambda: uow.teams.create(team("x")),
            lambda: uow.teams.upsert_many([{"team_name": "x", "league": "x"}]),
            lambda: uow.teams.delete(row),
        ):
            with pytest.raises(AuditError, match="audit_context"):
                write()
            uow.rollback()
        uow.odds.create(odds())
        with audit_context("me"):
            uow.teams.create(team("y"))
        uow.commit()
    assert audited(store) == [(USER, USER, None), ("me", "me", None)]


def test_an_inner_context_takes_what_it_does_not_say_from_the_outer(store: Store) -> None:
    with audit_context("outer", "whole"):
        with audit_context(reason="part"):
            create(store, "a")
        with audit_context("inner"):
            create(store, "b")
        create(store, "c")
    create(store, "d")
    assert audited(store) == [
        ("outer", "outer", "part"),
        ("inner", "inner", "whole"),
        ("outer", "outer", "whole"),
        (USER, USER, None),
    ]


def test_a_context_ends_with_its_block_also_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), audit_context("x"):
        raise ZeroDivisionError
    assert current_audit() is None


def test_a_context_needs_an_actor() -> None:
    with pytest.raises(AuditError, match="no actor"), audit_context(reason="x"):
        pass


@pytest.mark.parametrize("bad", ["", "  ", "x" * 101, 5, b"x", "a\0b"])
def test_an_actor_that_fits_no_column_is_refused_at_once(bad: Any) -> None:
    with pytest.raises(InvalidArgumentError), audit_context(bad):
        pass
    assert current_audit() is None


@pytest.mark.parametrize("bad", ["", 5, "a\0b"])
def test_so_is_a_reason(bad: Any) -> None:
    with pytest.raises(InvalidArgumentError), audit_context("x", bad):
        pass


def test_each_thread_has_its_own(store: Store) -> None:
    together = Barrier(8)

    def write(number: int) -> None:
        with audit_context(f"thread {number}", f"reason {number}"):
            together.wait(30)
            create(store, f"T{number}", tier=str(number))
            upsert_name = [{"team_name": f"U{number}", "league": "A", "tier": str(number)}]
            with store.unit_of_work() as uow:
                uow.teams.upsert_many(upsert_name)
                uow.commit()

    with audit_context("main"), ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    rows = store.ask("SELECT tier, created_by, change_reason FROM quantum.team_quantum_dna")
    assert len(rows) == 16
    assert all(row == (row[0], f"thread {row[0]}", f"reason {row[0]}") for row in rows)


def test_a_thread_takes_the_context_over_when_it_is_told_to() -> None:
    with audit_context("main"), ThreadPoolExecutor(1) as threads:
        assert threads.submit(current_audit).result() is None
        taken = threads.submit(copy_context().run, current_audit).result()
    assert taken is not None
    assert taken.actor == "main"


def test_each_task_has_its_own() -> None:
    async def work(number: int) -> tuple[str, str]:
        with audit_context(reason=f"task {number}"):
            await asyncio.sleep(0)
            audit = current_audit()
            assert audit is not None
            return audit.actor, str(audit.reason)

    async def main() -> list[tuple[str, str]]:
        with audit_context("loop", "whole"):
            return await asyncio.gather(*(work(number) for number in range(50)))

    assert asyncio.run(main()) == [("loop", f"task {number}") for number in range(50)]
