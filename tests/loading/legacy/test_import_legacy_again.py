"""``monps-db import-legacy`` with existing rows, as a dry run, and twice at the same time."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemaproof_testing.psql import dump
from tests.support import legacy_import
from tests.support.legacy_import import Legacy

pytestmark = pytest.mark.slow

small, whole = legacy_import.small, legacy_import.whole


def test_the_second_time_copies_what_is_new_and_touches_nothing_else(small: Legacy) -> None:
    assert small.counts("--batch-size", "2") == [(4, 0, 0), (3, 0, 0), (3, 0, 0)]
    versions = "SELECT xmin FROM quantum.team_quantum_dna ORDER BY team_id LIMIT 4"
    before = small.ask(versions)
    small.ask("INSERT INTO quantum.team_profiles (team_name) VALUES ('Torino')")
    assert small.counts() == [(1, 4, 0), (0, 3, 0), (0, 3, 0)]
    assert small.ask(versions) == before


def test_a_pair_that_is_there_in_the_other_order_is_there(small: Legacy) -> None:
    small.run()
    small.ask(
        "UPDATE quantum.matchup_friction SET team_a_id = 2, team_a_name = 'Marseille',"
        " team_b_id = 1, team_b_name = 'Lazio' WHERE id = 1"
    )
    assert small.counts()[2] == (0, 3, 0)


def test_a_dry_run_says_the_same_and_leaves_nothing(small: Legacy) -> None:
    before = dump(small.database)
    tried = small.report("--dry-run")
    assert dump(small.database) == before
    assert {**tried, "dry_run": False} == small.report()


def test_an_id_that_another_row_has_is_replaced_and_generated_ids_go_on_above(
    small: Legacy,
) -> None:
    insert = "INSERT INTO quantum.team_quantum_dna (team_name, league) VALUES (%s, 'x')"
    small.ask(insert, "Ajax")  # This row takes the id 1.
    teams = small.report()["tables"][0]
    assert teams["new_ids"] == 1
    small.ask(insert, "PSV")
    assert small.ask("SELECT team_id, team_name FROM quantum.team_quantum_dna ORDER BY 1") == [
        (1, "Ajax"),
        (2, "Marseille"),
        (3, "Leeds % \\ 'FC'"),
        (4, "Udinese"),
        (5, "Lazio"),
        (6, "PSV"),
    ]
    assert small.ask("SELECT team_id FROM quantum.quantum_strategies WHERE strategy_id = 1") == [
        (5,)
    ]


def test_a_league_that_was_unknown_is_filled_in_later(small: Legacy, tmp_path: Path) -> None:
    assert "teams without a league in the old tables: 4" in small.run().out
    (tmp_path / "a.jsonl").write_text('{"team_name": "Lazio", "league": "Serie A"}\n', "utf-8")
    assert "1 existing teams got their league" in small.run("--leagues", "a.jsonl").out
    assert small.ask("SELECT league FROM quantum.team_quantum_dna WHERE team_id = 1") == [
        ("Serie A",)
    ]


def test_two_at_once_copy_each_row_once(whole: Legacy) -> None:
    processes = [
        whole.programs.start(
            "monps-db", "import-legacy", "--batch-size", "50", "--format", "json", stderr=None
        )
        for _ in range(2)
    ]
    reports: list[Any] = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    copied = [sum(table["copied"] for table in report["tables"]) for report in reports]
    assert sum(copied) == 99 + 351 + 3403
    assert whole.rows() == [99, 351, 3403]


def test_a_terminal_shows_how_far_it_is(small: Legacy) -> None:
    outcome = small.programs.on_terminal(
        "monps-db", "import-legacy", "--output", "report.txt"
    ).succeeded()
    assert "importing" in outcome.err
    assert "100%" in outcome.err
    assert "4 copied" in (small.programs.folder / "report.txt").read_text("utf-8")
