"""Rows, options and databases that ``monps-db import-legacy`` refuses."""

from pathlib import Path

import pytest

from schemaproof_testing.existing_databases import OLD_TABLES
from schemaproof_testing.project import Programs, make_workspace
from schemaproof_testing.servers import Database
from tests.support.legacy_import import Legacy, build

pytestmark = pytest.mark.slow

# The fields are a table, a change in it, and the reason why the row is refused.
FAULTS = [
    (
        "quantum.team_profiles",
        "quantum_dna = '{\"luck_dna\": [1]}' WHERE id = 3",
        "a vector of quantum_dna is no JSON object",
    ),
    ("quantum.team_profiles", "quantum_dna = '[1]' WHERE id = 3", "quantum_dna is no JSON object"),
    (
        "quantum.team_profiles",
        "team_name = repeat('x', 101) WHERE id = 3",
        "team_name is longer than 100 characters",
    ),
    ("quantum.team_profiles", "team_name = 'Lazio' WHERE id = 3", "row 1 has the same team"),
    ("quantum.team_strategies", "team_name = 'Nowhere' WHERE id = 3", "no team is called Nowhere"),
    (
        "quantum.team_strategies",
        "team_profile_id = 2 WHERE id = 2",
        "team_profile_id 2 is Marseille, team_name says Lazio",
    ),
    (
        "quantum.team_strategies",
        "strategy_name = 'QUANT_BEST_MARKET', strategy_version = '2.0' WHERE id = 2",
        "row 1 has the same strategy of the same team",
    ),
    ("quantum.team_strategies", "bets = -1 WHERE id = 2", "bets is negative"),
    (
        "quantum.matchup_friction",
        "friction_score = 100.01 WHERE id = 3",
        "friction_score is not from 0 to 100",
    ),
    (
        "quantum.matchup_friction",
        "friction_score = 'NaN' WHERE id = 3",
        "friction_score is not from 0 to 100",
    ),
    ("quantum.matchup_friction", "friction_score = NULL WHERE id = 3", "friction_score is null"),
    (
        "quantum.matchup_friction",
        "predicted_over25_prob = 101 WHERE id = 3",
        "predicted_over25_prob is neither ratio nor percentage",
    ),
    (
        "quantum.matchup_friction",
        "team_a_id = 77 WHERE id = 3",
        "team_a_id 77 is no row of team_profiles",
    ),
    (
        "quantum.matchup_friction",
        "team_a_id = 4, team_a_name = 'Udinese' WHERE id = 3",
        "both teams are the same",
    ),
    (
        "quantum.matchup_friction",
        """(team_a_id, team_a_name, team_b_id, team_b_name) = (2, 'Marseille', 1, 'Lazio')
        WHERE id = 3""",
        "row 1 is the same pair",
    ),
]


@pytest.fixture
def small(database: Database, tmp_path: Path) -> Legacy:
    return build(database, OLD_TABLES, tmp_path)


@pytest.mark.parametrize(("source", "change", "reason"), FAULTS)
def test_a_row_that_does_not_fit_is_refused_with_the_reason_and_the_others_are_copied(
    small: Legacy, source: str, change: str, reason: str
) -> None:
    small.ask(f"UPDATE {source} SET {change}")
    assert small.run("--dry-run").code == 6
    assert list(small.reasons(source).values()) == [reason]
    for table in small.report("--dry-run")["tables"]:
        assert table["copied"] + table["already_there"] + len(table["refused"]) == table["rows"]


def test_before_the_upgrade_it_says_what_to_do(database: Database, tmp_path: Path) -> None:
    programs = Programs(make_workspace(tmp_path), database.environ())
    outcome = programs.monps_db("import-legacy")
    assert outcome.code == 6
    assert outcome.err.endswith("not created yet: run: alembic upgrade head\n")


def test_without_old_tables_it_says_so(small: Legacy) -> None:
    small.ask("DROP TABLE quantum.team_profiles CASCADE")
    outcome = small.run()
    assert outcome.code == 6
    assert "there is no quantum.team_profiles here" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--time-zone", "Mars/Olympus"], 2),
        (["--season", "far too long a season"], 2),
        (["--season", ""], 2),
        (["--batch-size", "0"], 2),
        (["--leagues", "absent.jsonl"], 6),
        (["--leagues", "bad.jsonl"], 6),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(
    small: Legacy, tmp_path: Path, arguments: list[str], code: int
) -> None:
    (tmp_path / "bad.jsonl").write_text('{"team_name": "Lazio"}\n', "utf-8")
    outcome = small.run(*arguments)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (code, "", 1)
    assert small.rows() == [0, 0, 0]
