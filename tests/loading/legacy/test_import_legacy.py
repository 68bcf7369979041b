"""``monps-db import-legacy`` accounts for every row and every column, and only reads the source."""

from pathlib import Path

import pytest

from schemaproof_testing.psql import dump
from tests.support import legacy_import
from tests.support.legacy_import import TARGETS, Legacy

pytestmark = pytest.mark.slow
SEQUENCES = tuple(f"{table}_*_seq" for table in TARGETS)
small, whole = legacy_import.small, legacy_import.whole


def test_the_reconstructed_database_is_copied_whole_and_stays_identical(whole: Legacy) -> None:
    before = dump(whole.database, without=(*TARGETS, *SEQUENCES))
    report = whole.report()
    assert [(table["source"], table["rows"], table["copied"]) for table in report["tables"]] == [
        ("quantum.team_profiles", 99, 99),
        ("quantum.team_strategies", 351, 351),
        ("quantum.matchup_friction", 3403, 3403),
        ("public.tracking_clv_picks", 2267, 0),
    ]
    assert whole.rows() == [99, 351, 3403]
    assert dump(whole.database, without=(*TARGETS, *SEQUENCES)) == before


def test_the_seven_strategies_without_a_profile_find_their_team_by_name(whole: Legacy) -> None:
    whole.run()
    found = whole.ask(
        "SELECT t.team_name = l.team_name FROM quantum.team_strategies AS l"
        " JOIN quantum.quantum_strategies AS s ON s.strategy_id = l.id"
        " JOIN quantum.team_quantum_dna AS t USING (team_id) WHERE l.team_profile_id IS NULL"
    )
    assert found == [(True,)] * 7


def test_every_column_of_the_old_tables_has_one_line(whole: Legacy) -> None:
    report = whole.report("--dry-run")
    assert [len(table["columns"]) for table in report["tables"]] == [30, 20, 27, 0]
    for table in report["tables"][:3]:
        schema, name = table["source"].split(".")
        columns = whole.ask(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position",
            schema,
            name,
        )
        assert [column["name"] for column in table["columns"]] == [name for (name,) in columns]


# A column that is not in legacy_facts must have the same value in a column of the new table.
LOST = """
SELECT l.id, fact.key, fact.value
FROM quantum.team_profiles AS l
JOIN quantum.team_quantum_dna AS t ON t.team_id = l.id
CROSS JOIN jsonb_each(to_jsonb(l)) AS fact
WHERE CASE fact.key
    WHEN 'quantum_dna' THEN jsonb_strip_nulls(jsonb_build_object(
        'market_dna', market_dna, 'context_dna', context_dna, 'risk_dna', risk_dna,
        'temporal_dna', temporal_dna, 'nemesis_dna', nemesis_dna, 'psyche_dna', psyche_dna,
        'roster_dna', roster_dna, 'physical_dna', physical_dna, 'luck_dna', luck_dna
    )) || (t.legacy_facts -> 'quantum_dna') <> fact.value
    ELSE coalesce(t.legacy_facts -> fact.key, to_jsonb(t) -> fact.key)
        IS DISTINCT FROM fact.value
END
UNION ALL
SELECT l.id, fact.key, fact.value
FROM quantum.team_strategies AS l
JOIN quantum.quantum_strategies AS s ON s.strategy_id = l.id
JOIN quantum.team_quantum_dna AS t USING (team_id)
CROSS JOIN jsonb_each(to_jsonb(l)) AS fact
WHERE coalesce(
    s.legacy_facts -> fact.key,
    jsonb_build_object(
        'team_name', t.team_name, 'bets', s.sample_size, 'profit', s.total_pnl,
        'strategy_rank', s.priority
    ) -> fact.key,
    to_jsonb(s) -> fact.key
) IS DISTINCT FROM fact.value
UNION ALL
SELECT l.id, fact.key, fact.value
FROM quantum.matchup_friction AS l
JOIN quantum.quantum_friction_matrix AS f ON f.friction_id = l.id
JOIN quantum.team_quantum_dna AS a ON a.team_id = f.team_home_id
JOIN quantum.team_quantum_dna AS b ON b.team_id = f.team_away_id
CROSS JOIN jsonb_each(to_jsonb(l)) AS fact
WHERE fact.key <> 'style_clash_score' AND coalesce(
    f.legacy_facts -> fact.key,
    jsonb_build_object(
        'team_a_name', a.team_name, 'team_b_name', b.team_name,
        'tempo_clash_score', f.tempo_friction, 'predicted_goals', f.predicted_total_goals,
        'sample_size', f.matches_analyzed
    ) -> fact.key,
    to_jsonb(f) -> fact.key
) IS DISTINCT FROM fact.value
"""


def test_every_value_of_every_row_is_found_again(whole: Legacy) -> None:
    whole.run()
    assert whole.ask(LOST) == []


def test_vectors_ids_scales_and_times_arrive_where_they_belong(small: Legacy) -> None:
    assert small.run("--time-zone", "Europe/Paris").code == 0
    assert small.ask(
        "SELECT team_id, market_dna, luck_dna, best_strategy, total_pnl, win_rate,"
        " legacy_facts -> 'quantum_dna', created_at = '2025-12-05 22:46:41+00'"
        " FROM quantum.team_quantum_dna ORDER BY team_id"
    ) == [
        (1, {"over": False}, None, "QUANT_BEST_MARKET", 22, 92.3, {"tactical_dna": {"a": 1}}, True),
        (2, None, {"total": 4.4}, None, 21.2, 100, {}, True),
        (3, None, None, None, None, None, {}, True),
        (4, None, None, "GENERIC", -1, 40, {}, True),
    ]
    assert small.ask(
        "SELECT team_home_id, team_away_id, style_clash, predicted_btts_prob,"
        " legacy_facts -> 'predicted_btts_prob' FROM quantum.quantum_friction_matrix ORDER BY 1"
    ) == [(1, 2, 55, 0.55, None), (2, 4, None, None, None), (4, 1, None, 0.625, 62.5)]


def test_conversions_are_counted(small: Legacy) -> None:
    converted = {
        (table["source"], column["name"]): column["converted"]
        for table in small.report()["tables"]
        for column in table["columns"]
        if column["converted"]
    }
    assert converted == {
        ("quantum.team_profiles", "win_rate"): 1,
        ("quantum.team_profiles", "total_pnl"): 1,
        ("quantum.team_strategies", "team_profile_id"): 1,
        ("quantum.team_strategies", "bets"): 1,
        ("quantum.matchup_friction", "team_a_id"): 1,
        ("quantum.matchup_friction", "friction_vector"): 1,
        ("quantum.matchup_friction", "predicted_btts_prob"): 1,
    }


def test_the_league_comes_from_the_file_then_from_team_intelligence_else_it_is_unknown(
    small: Legacy, tmp_path: Path
) -> None:
    small.ask(
        "CREATE TABLE public.team_intelligence (id int, team_name text, league text);"
        "INSERT INTO public.team_intelligence VALUES (1, 'Lazio', 'A'), (2, 'Other', 'B'),"
        " (3, 'Udinese', 'C');"
        "UPDATE quantum.team_profiles SET team_intelligence_id = 2 WHERE id = 2"
    )
    (tmp_path / "a.jsonl").write_text('{"team_name": "Udinese", "league": "Serie A"}\n', "utf-8")
    small.run("--leagues", "a.jsonl")
    leagues = "SELECT league FROM quantum.team_quantum_dna ORDER BY team_id"
    assert small.ask(leagues) == [("A",), ("B",), ("unknown",), ("Serie A",)]


def test_a_column_that_nobody_expected_is_kept_and_a_missing_one_is_null(small: Legacy) -> None:
    small.ask(
        "ALTER TABLE quantum.team_profiles ADD \"added % later\" text DEFAULT 'new',"
        " DROP COLUMN tier"
    )
    teams = small.report()["tables"][0]
    fates = {column["name"]: column["fate"] for column in teams["columns"]}
    assert fates["added % later"] == "kept in legacy_facts"
    assert fates["tier"] == "missing, read as null"
    facts = small.ask("SELECT legacy_facts ->> 'added % later' FROM quantum.team_quantum_dna")
    assert facts == [("new",)] * 4


def test_without_the_other_tables_the_teams_are_copied(small: Legacy) -> None:
    small.ask("DROP TABLE quantum.team_strategies, quantum.matchup_friction")
    report = small.report()
    assert report["absent"] == ["quantum.team_strategies", "quantum.matchup_friction"]
    assert small.rows() == [4, 0, 0]


def test_reading_is_all_that_it_may_do_with_the_old_tables(small: Legacy) -> None:
    for table in ("team_profiles", "team_strategies", "matchup_friction"):
        small.ask(
            f"REVOKE ALL ON quantum.{table} FROM CURRENT_USER;"
            f"GRANT SELECT ON quantum.{table} TO CURRENT_USER"
        )
    assert small.counts() == [(4, 0, 0), (3, 0, 0), (3, 0, 0)]
