-- Rows for the tables as revision 8e94b0f2d617 makes them; later columns keep their defaults.
INSERT INTO quantum.team_quantum_dna (team_name, league, market_dna)
SELECT 'Team ' || n, 'League ' || n % 5, jsonb_build_object('over25', n)
FROM generate_series(1, 300) AS n;
INSERT INTO quantum.chess_classifications (team_id, profile_name, confidence)
SELECT team_id, 'BALANCED', 0.5 FROM quantum.team_quantum_dna;
INSERT INTO quantum.quantum_friction_matrix (team_home_id, team_away_id, friction_score, season)
SELECT h.team_id, a.team_id, 50, '2024-25'
FROM quantum.team_quantum_dna AS h
JOIN quantum.team_quantum_dna AS a ON a.team_id BETWEEN h.team_id + 1 AND h.team_id + 5;
INSERT INTO quantum.quantum_strategies (team_id, strategy_name, season)
SELECT team_id, 'Strategy ' || n, '2024-25'
FROM quantum.team_quantum_dna CROSS JOIN generate_series(1, 3) AS n;
INSERT INTO quantum.goalscorer_profiles (player_name, team_name, league, season)
SELECT 'Player ' || n, 'Team ' || n % 300, 'League ' || n % 5, '2024-25'
FROM generate_series(1, 1000) AS n;
INSERT INTO public.odds (match_id, home_team, away_team, league, commence_time, bookmaker, market)
SELECT 'match-' || n, 'Home', 'Away', 'League', now(), 'Bookmaker ' || n % 7, 'h2h'
FROM generate_series(1, 2000) AS n;
