"""A load writes all rows or none; a second load of the same files writes nothing."""

import gc
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from core.errors import SchemaMismatchError
from loading.jsonl import Record
from loading.merge import BATCH, Merged, Target
from models import TeamQuantumDNA
from tests.support.quantum_files import (
    FRICTION,
    STRATEGIES,
    TABLES,
    TEAMS,
    Files,
    counts,
    load,
    strategy_line,
    versions,
)
from tests.support.repository_rows import Store, friction, strategy, team

pytestmark = pytest.mark.slow


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_lines_become_rows_with_their_ids(store: Store, files: Files) -> None:
    assert load(store, files.folder) == dict.fromkeys(TABLES, Merged(created=3))
    with store.unit_of_work() as uow:
        assert [row.team_id for row in uow.teams.get_all()] == [5, 11, 30]
        row = uow.teams.get_by_id(11)
        assert row is not None
        assert row.market_dna == {"over": True, "factor": 0.1}
        assert (row.team_name, row.total_pnl, row.win_rate) == ("Team 11", 22.0, None)
        assert [row.strategy_id for row in uow.strategies.get_all()] == [2, 4, 8]
        assert [row.friction_id for row in uow.friction.get_all()] == [3, 9, 40]


def test_a_second_load_touches_nothing(store: Store, files: Files) -> None:
    load(store, files.folder)
    before = versions(store)
    assert load(store, files.folder) == dict.fromkeys(TABLES, Merged(unchanged=3))
    assert versions(store) == before


def test_generated_ids_begin_above_those_of_the_files(store: Store, files: Files) -> None:
    for _ in range(2):
        load(store, files.folder)
        with store.unit_of_work() as uow:
            one, two = uow.teams.create(team("New")), uow.teams.create(team("Newer"))
            assert one.team_id > 30
            assert uow.strategies.create(strategy(one.team_id)).strategy_id > 8
            assert uow.friction.create(friction(one.team_id, two.team_id)).friction_id > 40


def test_generated_ids_never_go_back(store: Store, files: Files) -> None:
    store.ask("SELECT setval('quantum.team_quantum_dna_team_id_seq', 1000)")
    load(store, files.folder)
    with store.unit_of_work() as uow:
        assert uow.teams.create(team("New")).team_id == 1001


@pytest.mark.parametrize(
    ("table", "field", "old", "new"),
    [
        (TEAMS, "tier", None, "ELITE"),
        (TEAMS, "win_rate", 92.3, None),
        (TEAMS, "total_pnl", 22, 22.5),
        (TEAMS, "market_dna", {"over": True}, {"over": 1}),
        (TEAMS, "market_dna", {"over": 0}, {"over": False}),
        (TEAMS, "market_dna", {"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}),
        (TEAMS, "market_dna", {"a": None}, {}),
        (TEAMS, "market_dna", {}, None),
        (STRATEGIES, "is_active", True, False),
        (STRATEGIES, "stake_multiplier", 2.5, None),
        (STRATEGIES, "total_bets", 13, 14),
        (FRICTION, "friction_score", 55, 56),
        (FRICTION, "recommended_markets", [1, 2], [2, 1]),
    ],
    ids=str,
)
def test_a_changed_line_updates_exactly_its_row(
    store: Store, files: Files, table: str, field: str, old: Any, new: Any
) -> None:
    files.change(table, 2, **{field: old})
    load(store, files.folder)
    before = versions(store)
    stamps = store.ask(f"SELECT created_at, updated_at FROM quantum.{table}")
    files.change(table, 2, **{field: new})
    done = load(store, files.folder)
    unchanged = dict.fromkeys(TABLES, Merged(unchanged=3))
    assert done == {**unchanged, table: Merged(updated=1, unchanged=2)}
    assert len(set(before) - set(versions(store))) == 1
    after = store.ask(f"SELECT created_at, updated_at FROM quantum.{table}")
    assert {created for created, _ in after} == {created for created, _ in stamps}
    assert len({updated for _, updated in after} - {updated for _, updated in stamps}) == 1
    assert load(store, files.folder) == unchanged


@pytest.mark.parametrize(
    "value", [1e22, 1e23, 1.7e308, 5e-324, -0.0, 2**53 + 1, 56968380028134190, 1e16]
)
def test_numbers_that_are_stored_otherwise_than_written_are_no_change(
    store: Store, files: Files, value: float
) -> None:
    files.change(TEAMS, 1, market_dna={"n": [value]}, total_pnl=value, unknown=value)
    load(store, files.folder)
    assert load(store, files.folder)[TEAMS] == Merged(unchanged=3)


def test_a_null_for_a_column_that_needs_a_value_means_the_default(
    store: Store, files: Files
) -> None:
    names = ("stake_multiplier", "min_confidence", "min_edge", "sample_size", "is_active")
    files.change(STRATEGIES, 1, **dict.fromkeys(names))
    given = {**dict.fromkeys(names, 1), "sample_size": 9, "is_active": False}
    files.change(STRATEGIES, 2, **given)
    load(store, files.folder)
    default = (1.0, 0.6, 0.05, 0, True)
    query = f"SELECT {', '.join(names)} FROM quantum.quantum_strategies WHERE strategy_id = %s"
    assert store.ask(query, 4) == [default]
    assert store.ask(query, 8) == [(1.0, 1.0, 1.0, 9, False)]
    files.change(STRATEGIES, 2, **dict.fromkeys(names))
    load(store, files.folder)
    assert store.ask(query, 8) == [default]


def test_values_without_a_column_go_to_legacy_facts(store: Store, files: Files) -> None:
    files.change(TEAMS, 1, nickname="Aquile", home_team=None, legacy_facts={"old": [1]})
    load(store, files.folder)
    facts = "SELECT legacy_facts FROM quantum."
    assert store.ask(f"{facts}team_quantum_dna WHERE team_id = 11") == [
        ({"old": [1], "nickname": "Aquile", "home_team": None},)
    ]
    assert store.ask(f"{facts}quantum_strategies WHERE strategy_id = 2") == [({"total_bets": 13},)]
    assert load(store, files.folder)[TEAMS] == Merged(unchanged=3)


def test_a_field_that_a_line_leaves_out_is_left_alone(store: Store, files: Files) -> None:
    load(store, files.folder)
    store.ask("UPDATE quantum.team_quantum_dna SET tier = 'GOLD', created_by = 'me'")
    before = versions(store)
    load(store, files.folder)
    assert versions(store) == before


def test_rows_that_no_line_speaks_of_are_left_alone(store: Store, files: Files) -> None:
    store.add(team("Mine", team_id=99))
    load(store, files.folder)
    assert counts(store) == [4, 3, 3]


def test_lines_without_ids_get_generated_ones(store: Store, files: Files) -> None:
    for line in files.lines[STRATEGIES]:
        del line["strategy_id"]
    files.write()
    load(store, files.folder)
    assert load(store, files.folder)[STRATEGIES] == Merged(unchanged=3)


def test_unicode_and_windows_line_ends_are_read(store: Store, files: Files) -> None:
    files.change(TEAMS, 1, team_name="Ñublense \u2028 日本 👨\u200d👩")
    path = files.path(TEAMS)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    load(store, files.folder)
    with store.unit_of_work() as uow:
        assert uow.teams.get_by_name("ñublense \u2028 日本 👨\u200d👩") is not None


def test_a_last_line_needs_no_line_end(store: Store, files: Files) -> None:
    path = files.path(TEAMS)
    path.write_bytes(path.read_bytes().rstrip())
    assert load(store, files.folder)[TEAMS] == Merged(created=3)


def test_more_than_one_batch(store: Store, files: Files) -> None:
    count = 2 * BATCH + 1
    files.lines[STRATEGIES] = [strategy_line(number) for number in range(1, count + 1)]
    files.write()
    assert load(store, files.folder)[STRATEGIES] == Merged(created=count)
    files.change(STRATEGIES, count, roi=1.5)
    assert load(store, files.folder)[STRATEGIES] == Merged(updated=1, unchanged=count - 1)


def test_progress_counts_every_line(store: Store) -> None:
    told: list[int] = []
    records = [
        Record("f", line, {"team_name": f"T{line}", "league": "L"}) for line in range(BATCH + 7)
    ]
    with store.unit_of_work() as uow:
        Target(uow.teams, ("team_name",)).merge(records, told.append)
    assert told == [BATCH, 7]


def test_a_load_is_held_in_memory_a_batch_at_a_time(store: Store) -> None:
    """A load needs no more memory if the table has 60 MB of other rows."""
    store.ask(
        "INSERT INTO quantum.team_quantum_dna (team_name, league, change_reason)"
        " SELECT n::text, 'L', repeat('x', 2000) FROM generate_series(1, 30000) AS n"
    )

    def records() -> Any:
        for line in range(1, 20 * BATCH):
            yield Record("f", line, {"team_name": f"new {line}", "league": "L", "tier": "x" * 20})

    gc.collect()
    gc.freeze()  # Garbage of other tests would decide when the collector runs.
    gc.collect()  # The first collection leaves garbage of its own.
    with store.unit_of_work() as uow:
        tracemalloc.start()
        Target(uow.teams, ("team_name",)).merge(records(), lambda _: None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert uow.session.get(TeamQuantumDNA, 1) is not None
    gc.unfreeze()
    assert peak < 25_000_000


def test_a_database_that_is_not_migrated_is_said(store: Store, files: Files) -> None:
    store.ask("DROP SCHEMA quantum CASCADE")
    with pytest.raises(SchemaMismatchError, match="run monps-db check"):
        load(store, files.folder)
