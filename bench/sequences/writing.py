"""The operations of the random sequences that write."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bench.sequences.base import Machine, refusal
from bench.sequences.given import CHANGES, FIXED, PRICE, STAKE, STRATEGY, TEAM
from bench.sequences.tables import KINDS, ODDS, STRATEGIES, TEAMS, Kind, Refused, Row, Tables
from core.errors import ConflictError
from models import Odds, QuantumStrategy, TeamQuantumDNA
from repositories import UnitOfWork
from repositories.bulk.result import Upserted


class Writing(Machine):
    """Writes one row at a time, or many at once."""

    @rule(given=TEAM)
    def create_team(self, given: Row) -> None:
        self.write(
            lambda: self.uow.teams.create(TeamQuantumDNA(**given)),
            lambda tables: tables.create(TEAMS, given, self.audit),
        )

    @rule(given=STRATEGY, stake=STAKE, data=st.data())
    def create_strategy(self, given: Row, stake: float, data: st.DataObject) -> None:
        row = {**given, "team_id": self.team_id(data), "stake_multiplier": stake}
        self.write(
            lambda: self.uow.strategies.create(QuantumStrategy(**row)),
            lambda tables: tables.create(STRATEGIES, row, self.audit),
        )

    @rule(given=PRICE)
    def create_odds(self, given: Row) -> None:
        self.write(
            lambda: self.uow.odds.create(Odds(**FIXED, **given)),
            lambda tables: tables.create(ODDS, given, self.audit),
        )

    @rule(rows=st.lists(TEAM, max_size=4).filter(lambda rows: len({len(row) for row in rows}) < 2))
    def upsert_teams(self, rows: list[Row]) -> None:
        self.upsert(TEAMS, rows, {})

    @rule(rows=st.lists(STRATEGY, max_size=4), data=st.data())
    def upsert_strategies(self, rows: list[Row], data: st.DataObject) -> None:
        self.upsert(STRATEGIES, [{**row, "team_id": self.team_id(data)} for row in rows], {})

    @rule(rows=st.lists(PRICE, max_size=6))
    def upsert_odds(self, rows: list[Row]) -> None:
        self.upsert(ODDS, rows, FIXED)

    @rule(kind=st.sampled_from(KINDS), data=st.data())
    def update(self, kind: Kind, data: st.DataObject) -> None:
        if not (row := self.any_row(kind, data)):
            return
        changes = data.draw(CHANGES[kind.repository])

        def change() -> None:
            found = self.read(kind, row)
            for name, value in changes.items():
                setattr(found, name, value)
            self.repository(kind).update(found)

        self.write(
            change,
            lambda tables: tables.change(kind, tables.same(kind, row), changes, self.audit),
        )

    @rule(kind=st.sampled_from(KINDS), data=st.data())
    def delete(self, kind: Kind, data: st.DataObject) -> None:
        if row := self.any_row(kind, data):
            self.write(
                lambda: self.repository(kind).delete(self.read(kind, row)),
                lambda tables: tables.delete(kind, tables.same(kind, row)),
            )

    @precondition(lambda self: not self.savepoints and self.now == self.committed)
    @rule(data=st.data(), roi=st.sampled_from([100.0, 200.0]))
    def somebody_else_is_faster(self, data: st.DataObject, roi: float) -> None:
        """Read a strategy, change it in another session, and then change it here."""
        if not (row := self.any_row(STRATEGIES, data)):
            return
        ours = self.read(STRATEGIES, row)
        with UnitOfWork(self.sessions) as other:
            self.read(STRATEGIES, row, other).roi = roi
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

        self.write(lambda: self.uow.strategies.update(ours), expect)

    def upsert(self, kind: Kind, rows: list[Row], fixed: Row) -> None:
        """Write many rows by ``upsert_many``; a refused call leaves the transaction unchanged."""
        after = self.now.copy()
        expected: list[Upserted] = []
        refused = refusal(lambda: expected.append(after.upsert(kind, rows, self.audit)))
        given = [{**fixed, **row} for row in rows]
        with self.audited():
            if refused is None:
                assert self.repository(kind).upsert_many(given) == expected[0]
                self.now = after
                return
            with pytest.raises(refused.kind) as caught:
                self.repository(kind).upsert_many(given)
            assert caught.value.position == refused.position
