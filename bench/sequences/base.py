"""The base of all operations: a unit of work, a model of the tables, and their comparison.

After each operation all tables are read by SQL, and must equal the model: every value, the audit
columns, and ``updated_at``, which changes only when a row is written.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from bench.sequences.tables import KINDS, TEAMS, Audit, Given, Kind, Refused, Row, Tables
from models import Base, Odds, QuantumStrategy, TeamQuantumDNA
from repositories import UnitOfWork, audit_context

MODELS: Final[dict[str, type[Base]]] = {
    "teams": TeamQuantumDNA,
    "strategies": QuantumStrategy,
    "odds": Odds,
}


class Machine(RuleBasedStateMachine):
    """Runs operations on the database of ``sessions``, whose tables are emptied first."""

    sessions: ClassVar[sessionmaker[Session]]
    operations: ClassVar[int] = 0

    @initialize()
    def begin(self) -> None:
        with self.sessions() as session:
            for model in (Odds, QuantumStrategy, TeamQuantumDNA):
                session.execute(delete(model))
            session.commit()
            role = session.scalar(select(func.current_user()))
        self.audit: Audit = None
        self.committed, self.now = Tables(str(role)), Tables(str(role))
        self.savepoints: list[tuple[SessionTransaction, Tables]] = []
        self.open()

    def teardown(self) -> None:
        if hasattr(self, "uow"):
            self.uow.__exit__(None, None, None)

    def open(self) -> None:
        self.uow = UnitOfWork(self.sessions)
        self.uow.__enter__()

    def back_to_savepoint(self) -> None:
        savepoint, self.now = self.savepoints.pop()
        savepoint.rollback()

    def back_to_last_commit(self) -> None:
        self.uow.rollback()
        self.savepoints.clear()
        self.now = self.committed.copy()

    @invariant()
    def the_tables_are_those_of_the_model(self) -> None:
        if not hasattr(self, "uow"):
            return
        type(self).operations += 1
        for kind in KINDS:
            columns = [getattr(MODELS[kind.repository], name) for name in kind.columns]
            found = {
                tuple(getattr(row, name) for name in kind.key): row._asdict()
                for row in self.uow.session.execute(select(*columns))
            }
            expected = self.now.rows[kind.repository]
            assert found.keys() == expected.keys()
            for key, row in expected.items():
                self._compare(kind, row, found[key])

    def _compare(self, kind: Kind, row: Row, found: Row) -> None:
        """Compare a row, and copy the values that the database generated into the model."""
        for name in kind.columns:
            if isinstance(given := row[name], Given):
                assert given.after is None or found[name] > given.after
                row[name] = found[name]
        assert found == row

    def write(self, act: Callable[[], object], expect: Callable[[Tables], None]) -> None:
        """Run a write; where the model refuses it, expect the error and roll back."""
        after = self.now.copy()
        refused = refusal(lambda: expect(after))
        with self.audited():
            if refused is None:
                act()
                self.now = after
                return
            with pytest.raises(refused.kind):
                act()
        if self.savepoints:
            self.back_to_savepoint()
        else:
            self.back_to_last_commit()

    def audited(self) -> AbstractContextManager[object]:
        return nullcontext() if self.audit is None else audit_context(*self.audit)

    def repository(self, kind: Kind, uow: UnitOfWork | None = None) -> Any:
        return getattr(uow or self.uow, kind.repository)

    def read(self, kind: Kind, row: Row, uow: UnitOfWork | None = None) -> Any:
        found = self.repository(kind, uow).get_by_id(row[kind.id])
        assert found is not None
        return found

    def expected(self, kind: Kind) -> list[int]:
        return [row[kind.id] for row in self.now.rows_in(kind)]

    def any_row(self, kind: Kind, data: st.DataObject) -> Row | None:
        rows = self.now.rows_in(kind)
        return data.draw(st.sampled_from(rows)) if rows else None

    def team_id(self, data: st.DataObject) -> int:
        teams = [row["team_id"] for row in self.now.rows_in(TEAMS)]
        return int(data.draw(st.sampled_from([*teams, 2**31 - 1])))


def refusal(act: Callable[[], object]) -> Refused | None:
    try:
        act()
    except Refused as refused:
        return refused
    return None


def ids(kind: Kind, rows: Iterable[Any]) -> list[int]:
    return [getattr(row, kind.id) for row in rows]
