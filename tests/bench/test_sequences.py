"""A sample of ``bench.sequences``: random operations compared with a model in plain Python."""

from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from bench.sequences.machine import Sequences
from bench.sequences.tables import ODDS, STRATEGIES, TEAMS, Refused, Tables
from bench.sequences.worker import with_steps
from core.errors import ForeignKeyViolationError, UniqueViolationError
from repositories.bulk.result import Upserted
from tests.support.repository_rows import Store

pytestmark = pytest.mark.slow


def test_after_any_operations_the_tables_are_those_of_the_model(store: Store) -> None:
    class Machine(Sequences):
        sessions = store.sessions

    run_state_machine_as_test(Machine, settings=with_steps(examples=40, steps=20))
    assert Machine.operations > 400


def price(**values: Any) -> dict[str, Any]:
    key = {"match_id": "m", "bookmaker": "b", "market": "h2h", "price_type": "closing"}
    return {**key, "line": None, "home_odds": 2.0, **values}


def test_the_model_counts_what_is_new_changed_and_the_same() -> None:
    tables = Tables("role")
    assert tables.upsert(ODDS, [price(), price(line=2.5)], None) == Upserted(inserted=2)
    rows = [price(), price(line=2.5, home_odds=3.0), price(line=0.5)]
    done = tables.upsert(ODDS, rows, None)
    assert done == Upserted(inserted=1, updated=1, unchanged=1)


def test_the_model_refuses_what_the_database_refuses() -> None:
    tables = Tables("role")
    with pytest.raises(Refused) as caught:
        tables.upsert(ODDS, [price(), price()], None)
    assert (caught.value.kind, caught.value.position) == (UniqueViolationError, 1)
    team = {"team_name": "a", "league": "x", "team_id": 1}
    tables.create(TEAMS, team, None)
    tables.create(STRATEGIES, {"team_id": 1, "strategy_name": "s", "season": "t"}, None)
    with pytest.raises(Refused) as caught:
        tables.delete(TEAMS, team)
    assert caught.value.kind is ForeignKeyViolationError
