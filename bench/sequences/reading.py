"""The operations of the random sequences that read."""

import math
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bench.sequences.base import Machine, ids
from bench.sequences.tables import KINDS, STRATEGIES, TEAMS, Kind


class Reading(Machine):
    """Reads by every method of the repositories."""

    @rule(kind=st.sampled_from(KINDS), skip=st.integers(0, 3), limit=st.integers(1, 3))
    def read_all(self, kind: Kind, skip: int, limit: int) -> None:
        rows = self.repository(kind).get_all(skip, limit)
        assert ids(kind, rows) == self.expected(kind)[skip : skip + limit]
        assert self.repository(kind).count() == len(self.expected(kind))
        assert ids(kind, self.repository(kind).stream(batch_size=2)) == self.expected(kind)

    @rule(
        kind=st.sampled_from(KINDS),
        by=st.none() | st.integers(0, 6),
        limit=st.integers(1, 3),
        descending=st.booleans(),
    )
    def read_pages(self, kind: Kind, by: int | None, limit: int, *, descending: bool) -> None:
        names = [*kind.key, *kind.values]
        field = None if by is None else names[by % len(names)]
        rows = self.now.rows_in(kind)
        rows.sort(
            key=lambda row: ((row[field] if field else 0) or 0, row[kind.id]), reverse=descending
        )
        rows.sort(key=lambda row: field is not None and row[field] is None)
        found: list[Any] = []
        after: str | None = None
        while True:
            page = self.repository(kind).get_page(
                limit, after, order_by=field, descending=descending
            )
            found += page.rows
            after = page.next
            if after is None:
                break
        assert ids(kind, found) == [row[kind.id] for row in rows]

    @rule(kind=st.sampled_from(KINDS), data=st.data())
    def read_by_field(self, kind: Kind, data: st.DataObject) -> None:
        if not (row := self.any_row(kind, data)):
            return
        field = data.draw(st.sampled_from((*kind.key, *kind.values)))
        expected = [each[kind.id] for each in self.now.rows_in(kind) if each[field] == row[field]]
        assert ids(kind, self.repository(kind).get_by_field(field, row[field])) == expected
        first = self.repository(kind).get_first_by_field(field, row[field])
        assert ids(kind, [first]) == expected[:1]

    @rule(limit=st.integers(1, 3))
    def read_top_performers(self, limit: int) -> None:
        known = [row for row in self.now.rows_in(TEAMS) if row["total_pnl"] is not None]
        known.sort(key=lambda row: -row["total_pnl"])
        expected = [row["team_id"] for row in known[:limit]]
        assert ids(TEAMS, self.uow.teams.get_top_performers(limit)) == expected

    @rule(data=st.data())
    def read_team_strategies(self, data: st.DataObject) -> None:
        team_id = self.team_id(data)
        rows = [row for row in self.now.rows_in(STRATEGIES) if row["team_id"] == team_id]
        rows.sort(key=lambda row: math.inf if row["roi"] is None else -row["roi"])
        expected = [row["strategy_id"] for row in rows]
        assert ids(STRATEGIES, self.uow.strategies.get_team_strategies(team_id)) == expected
