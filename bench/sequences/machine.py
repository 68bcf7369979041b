"""Operations in any order: on the database through a unit of work, and on the model.

After each of them all tables are read by SQL, and have to be those of the model: every value, who
wrote it and why, and ``updated_at``, which moves where a row was written and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from bench.sequences.tables import (
    KINDS,
    ODDS,
    STRATEGIES,
    TEAMS,
    Audit,
    Given,
    Kind,
    Refused,
    Row,
    Tables,
)
from core.errors import ConflictError
from models import Base, Odds, QuantumStrategy, TeamQuantumDNA
from repositories import UnitOfWork, audit_context
from repositories.bulk.result import Upserted

MODELS: Final[dict[str, type[Base]]] = {
    "teams": TeamQuantumDNA,
    "strategies": QuantumStrategy,
    "odds": Odds,
}
NUMBERS: Final = st.none() | st.sampled_from([-1.5, 0.0, 2.0, 7.25, math.nan])
NAMES: Final = st.sampled_from(["Ab", "AB", "b", "c"])
TEAM: Final = st.fixed_dictionaries(
    {"team_name": NAMES, "league": st.sampled_from(["x", "y"])}, optional={"total_pnl": NUMBERS}
)
STRATEGY: Final = st.fixed_dictionaries(
    {"strategy_name": NAMES, "season": st.just("2025-26"), "roi": NUMBERS},
)
STAKE: Final = st.sampled_from([1.0, 2.0, -1.0])
PRICE: Final = st.fixed_dictionaries(
    {
        "match_id": st.sampled_from(["m1", "m2"]),
        "bookmaker": st.sampled_from(["Pinnacle", "Bet365"]),
        "market": st.just("h2h"),
        "price_type": st.just("closing"),
        "line": st.sampled_from([None, 0.0, 2.5]),
        "home_odds": st.sampled_from([None, 1.5, 2.0, 0.5, math.nan]),
    }
)
CHANGES: Final[dict[str, st.SearchStrategy[Row]]] = {
    "teams": TEAM,
    "strategies": st.fixed_dictionaries({"roi": NUMBERS, "stake_multiplier": STAKE}),
    "odds": PRICE,
}
FIXED: Final[Row] = {
    "home_team": "Lazio",
    "away_team": "Roma",
    "league": "Serie A",
    "commence_time": datetime(2026, 1, 10, 15, tzinfo=UTC),
}


class Sequences(RuleBasedStateMachine):
    """Sequences on the database of ``sessions``, which a subclass sets; its rows are deleted."""

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
        self._open()

    def teardown(self) -> None:
        if hasattr(self, "uow"):
            self.uow.__exit__(None, None, None)

    def _open(self) -> None:
        self.uow = UnitOfWork(self.sessions)
        self.uow.__enter__()

    # Writing

    @rule(given=TEAM)
    def create_team(self, given: Row) -> None:
        self._write(
            lambda: self.uow.teams.create(TeamQuantumDNA(**given)),
            lambda tables: tables.create(TEAMS, given, self.audit),
        )

    @rule(given=STRATEGY, stake=STAKE, data=st.data())
    def create_strategy(self, given: Row, stake: float, data: st.DataObject) -> None:
        row = {**given, "team_id": self._team_id(data), "stake_multiplier": stake}
        self._write(
            lambda: self.uow.strategies.create(QuantumStrategy(**row)),
            lambda tables: tables.create(STRATEGIES, row, self.audit),
        )

    @rule(given=PRICE)
    def create_odds(self, given: Row) -> None:
        self._write(
            lambda: self.uow.odds.create(Odds(**FIXED, **given)),
            lambda tables: tables.create(ODDS, given, self.audit),
        )

    @rule(rows=st.lists(TEAM, max_size=4).filter(lambda rows: len({len(row) for row in rows}) < 2))
    def upsert_teams(self, rows: list[Row]) -> None:
        self._upsert(TEAMS, rows, {})

    @rule(rows=st.lists(STRATEGY, max_size=4), data=st.data())
    def upsert_strategies(self, rows: list[Row], data: st.DataObject) -> None:
        self._upsert(STRATEGIES, [{**row, "team_id": self._team_id(data)} for row in rows], {})

    @rule(rows=st.lists(PRICE, max_size=6))
    def upsert_odds(self, rows: list[Row]) -> None:
        self._upsert(ODDS, rows, FIXED)

    @rule(kind=st.sampled_from(KINDS), data=st.data())
    def update(self, kind: Kind, data: st.DataObject) -> None:
        if not (row := self._any(kind, data)):
            return
        changes = data.draw(CHANGES[kind.repository])

        def change() -> None:
            found = self._read(kind, row)
            for name, value in changes.items():
                setattr(found, name, value)
            self._repository(kind).update(found)

        self._write(
            change,
            lambda tables: tables.change(kind, tables.same(kind, row), changes, self.audit),
        )

    @rule(kind=st.sampled_from(KINDS), data=st.data())
    def delete(self, kind: Kind, data: st.DataObject) -> None:
        if row := self._any(kind, data):
            self._write(
                lambda: self._repository(kind).delete(self._read(kind, row)),
                lambda tables: tables.delete(kind, tables.same(kind, row)),
            )

    @precondition(lambda self: not self.savepoints and self.now == self.committed)
    @rule(data=st.data(), roi=st.sampled_from([100.0, 200.0]))
    def somebody_else_is_faster(self, data: st.DataObject, roi: float) -> None:
        """A strategy is read, changed by another session, and then changed here."""
        if not (row := self._any(STRATEGIES, data)):
            return
        ours = self._read(STRATEGIES, row)
        with UnitOfWork(self.sessions) as other:
            self._read(STRATEGIES, row, other).roi = roi
            other.commit()
        is_changed = row["roi"] != roi
        self.now.change(STRATEGIES, row, {"roi": roi}, None)
        self.committed = self.now.copy()
        ours.roi = roi + 1

        def expect(tables: Tables) -> None:
            if is_changed:
                raise Refused(ConflictError)
            same = tables.same(STRATEGIES, row)
            tables.change(STRATEGIES, same, {"roi": roi + 1}, self.audit)

        self._write(lambda: self.uow.strategies.update(ours), expect)

    # Transactions

    @rule()
    def commit(self) -> None:
        self.uow.commit()
        self.savepoints.clear()
        self.committed = self.now.copy()

    @rule()
    def roll_back(self) -> None:
        self.uow.rollback()
        self.savepoints.clear()
        self.now = self.committed.copy()

    @rule()
    def leave_and_begin_another(self) -> None:
        self.uow.__exit__(None, None, None)
        self._open()
        self.savepoints.clear()
        self.now = self.committed.copy()

    @precondition(lambda self: len(self.savepoints) < 3)
    @rule()
    def set_savepoint(self) -> None:
        self.savepoints.append((self.uow.session.begin_nested(), self.now.copy()))

    @precondition(lambda self: self.savepoints)
    @rule()
    def roll_back_to_savepoint(self) -> None:
        savepoint, self.now = self.savepoints.pop()
        savepoint.rollback()

    @precondition(lambda self: self.savepoints)
    @rule()
    def release_savepoint(self) -> None:
        self.savepoints.pop()[0].commit()

    @rule(audit=st.none() | st.sampled_from([("import", "season"), ("fix", None)]))
    def say_who_writes(self, audit: Audit) -> None:
        self.audit = audit

    # Reading

    @rule(kind=st.sampled_from(KINDS), skip=st.integers(0, 3), limit=st.integers(1, 3))
    def read_all(self, kind: Kind, skip: int, limit: int) -> None:
        rows = self._repository(kind).get_all(skip, limit)
        assert _ids(kind, rows) == self._expected(kind)[skip : skip + limit]
        assert self._repository(kind).count() == len(self._expected(kind))
        assert _ids(kind, self._repository(kind).stream(batch_size=2)) == self._expected(kind)

    @rule(
        kind=st.sampled_from(KINDS),
        by=st.none() | st.integers(0, 6),
        limit=st.integers(1, 3),
        descending=st.booleans(),
    )
    def read_pages(self, kind: Kind, by: int | None, limit: int, *, descending: bool) -> None:
        names = [*kind.key, *kind.values]
        field = None if by is None else names[by % len(names)]
        rows = self.now.of(kind)
        rows.sort(
            key=lambda row: ((row[field] if field else 0) or 0, row[kind.id]), reverse=descending
        )
        rows.sort(key=lambda row: field is not None and row[field] is None)
        found: list[Any] = []
        after: str | None = None
        while True:
            page = self._repository(kind).get_page(
                limit, after, order_by=field, descending=descending
            )
            found += page.rows
            after = page.next
            if after is None:
                break
        assert _ids(kind, found) == [row[kind.id] for row in rows]

    @rule(kind=st.sampled_from(KINDS), data=st.data())
    def read_by_field(self, kind: Kind, data: st.DataObject) -> None:
        if not (row := self._any(kind, data)):
            return
        field = data.draw(st.sampled_from((*kind.key, *kind.values)))
        expected = [each[kind.id] for each in self.now.of(kind) if each[field] == row[field]]
        assert _ids(kind, self._repository(kind).get_by_field(field, row[field])) == expected
        first = self._repository(kind).get_first_by_field(field, row[field])
        assert _ids(kind, [first]) == expected[:1]

    @rule(limit=st.integers(1, 3))
    def read_top_performers(self, limit: int) -> None:
        known = [row for row in self.now.of(TEAMS) if row["total_pnl"] is not None]
        known.sort(key=lambda row: -row["total_pnl"])
        expected = [row["team_id"] for row in known[:limit]]
        assert _ids(TEAMS, self.uow.teams.get_top_performers(limit)) == expected

    @rule(data=st.data())
    def read_team_strategies(self, data: st.DataObject) -> None:
        team_id = self._team_id(data)
        rows = [row for row in self.now.of(STRATEGIES) if row["team_id"] == team_id]
        rows.sort(key=lambda row: math.inf if row["roi"] is None else -row["roi"])
        expected = [row["strategy_id"] for row in rows]
        assert _ids(STRATEGIES, self.uow.strategies.get_team_strategies(team_id)) == expected

    # What holds after every operation

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
        """Compare a row; what the database has given to it is known from now on."""
        for name in kind.columns:
            if isinstance(given := row[name], Given):
                assert given.after is None or found[name] > given.after
                row[name] = found[name]
        assert found == row

    def _write(self, act: Callable[[], object], expect: Callable[[Tables], None]) -> None:
        """Do what may be refused; then the transaction goes back to its last savepoint."""
        after = self.now.copy()
        refused = _refusal(lambda: expect(after))
        with self._audited():
            if refused is None:
                act()
                self.now = after
                return
            with pytest.raises(refused.kind):
                act()
        if self.savepoints:
            self.roll_back_to_savepoint()
        else:
            self.roll_back()

    def _upsert(self, kind: Kind, rows: list[Row], fixed: Row) -> None:
        """Write in bulk; what is refused leaves the transaction as it was."""
        after = self.now.copy()
        expected: list[Upserted] = []
        refused = _refusal(lambda: expected.append(after.upsert(kind, rows, self.audit)))
        given = [{**fixed, **row} for row in rows]
        with self._audited():
            if refused is None:
                assert self._repository(kind).upsert_many(given) == expected[0]
                self.now = after
                return
            with pytest.raises(refused.kind) as caught:
                self._repository(kind).upsert_many(given)
            assert caught.value.position == refused.position

    def _audited(self) -> AbstractContextManager[object]:
        return nullcontext() if self.audit is None else audit_context(*self.audit)

    def _repository(self, kind: Kind, uow: UnitOfWork | None = None) -> Any:
        return getattr(uow or self.uow, kind.repository)

    def _read(self, kind: Kind, row: Row, uow: UnitOfWork | None = None) -> Any:
        found = self._repository(kind, uow).get_by_id(row[kind.id])
        assert found is not None
        return found

    def _expected(self, kind: Kind) -> list[int]:
        return [row[kind.id] for row in self.now.of(kind)]

    def _any(self, kind: Kind, data: st.DataObject) -> Row | None:
        rows = self.now.of(kind)
        return data.draw(st.sampled_from(rows)) if rows else None

    def _team_id(self, data: st.DataObject) -> int:
        teams = [row["team_id"] for row in self.now.of(TEAMS)]
        return int(data.draw(st.sampled_from([*teams, 2**31 - 1])))


def _refusal(act: Callable[[], object]) -> Refused | None:
    try:
        act()
    except Refused as refused:
        return refused
    return None


def _ids(kind: Kind, rows: Iterable[Any]) -> list[int]:
    return [getattr(row, kind.id) for row in rows]
