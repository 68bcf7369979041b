-- 2,000 teams, and 100,000 rows of each other table of the schema quantum.
INSERT INTO quantum.team_quantum_dna (team_name, league, total_pnl)
SELECT
    format('Team %s', number),
    format('League %s', number % 40),
    number % 977
FROM generate_series(1, 2000) AS number;

INSERT INTO quantum.quantum_friction_matrix (team_home_id, team_away_id, season, friction_score)
SELECT
    number % 2000 + 1,
    (number % 2000 + 1 + number / 2000) % 2000 + 1,
    '2024-25',
    number % 10007 / 100.07
FROM generate_series(0, 99999) AS number;

INSERT INTO quantum.quantum_strategies (team_id, strategy_name, season, market, roi)
SELECT
    number % 2000 + 1,
    format('Strategy %s', number / 2000),
    '2024-25',
    format('market %s', number % 12),
    nullif(number % 9973, 0) / 100.0
FROM generate_series(0, 99999) AS number;

INSERT INTO quantum.chess_classifications (team_id, profile_name, confidence, is_current)
SELECT
    number % 2000 + 1,
    (CAST(:profiles AS text []))[number % 12 + 1],
    number % 991 / 991.0,
    number < 2000
FROM generate_series(0, 99999) AS number;

INSERT INTO quantum.goalscorer_profiles (player_name, team_name, league, season, goals_total)
SELECT
    format('Player %s', number),
    format('Team %s', number % 2000 + 1),
    format('League %s', number % 40),
    '2024-25',
    number % 41
FROM generate_series(0, 99999) AS number;
