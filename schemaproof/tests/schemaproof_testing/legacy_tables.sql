-- The old quantum tables with a few rows of every kind that an import meets.

CREATE SCHEMA IF NOT EXISTS quantum;

CREATE TABLE quantum.team_profiles (
    id serial PRIMARY KEY,
    team_name varchar(150) NOT NULL,
    team_intelligence_id integer,
    tier varchar(20),
    total_bets integer DEFAULT 0,
    win_rate numeric(5, 2),
    total_pnl numeric(10, 2),
    roi numeric(8, 2),
    quantum_dna jsonb DEFAULT '{}',
    created_at timestamp DEFAULT '2025-12-05 23:46:41',
    updated_at timestamp DEFAULT '2025-12-05 23:46:41'
);
CREATE TABLE quantum.team_strategies (
    id serial PRIMARY KEY,
    team_profile_id integer REFERENCES quantum.team_profiles (id),
    team_name varchar(100) NOT NULL,
    strategy_name varchar(100) NOT NULL,
    strategy_version varchar(20) NOT NULL DEFAULT '1.0',
    is_best_strategy boolean DEFAULT false,
    strategy_rank integer,
    bets integer DEFAULT 0,
    win_rate numeric(5, 2),
    profit numeric(10, 2),
    roi numeric(8, 2),
    parameters jsonb DEFAULT '{}',
    created_at timestamp DEFAULT now(),
    updated_at timestamp DEFAULT now()
);
CREATE TABLE quantum.matchup_friction (
    id serial PRIMARY KEY,
    team_a_id integer,
    team_a_name varchar(100) NOT NULL,
    team_b_id integer,
    team_b_name varchar(100) NOT NULL,
    friction_score numeric(5, 2),
    style_clash_score numeric(5, 2),
    tempo_clash_score numeric(5, 2),
    chaos_potential numeric(5, 2),
    predicted_goals numeric(4, 2),
    predicted_btts_prob numeric(5, 2),
    predicted_over25_prob numeric(5, 2),
    friction_vector jsonb,
    sample_size integer DEFAULT 0,
    created_at timestamp DEFAULT now(),
    updated_at timestamp DEFAULT now()
);
CREATE VIEW quantum.v_teams AS SELECT team_name, win_rate FROM quantum.team_profiles;

INSERT INTO quantum.team_profiles (team_name, tier, total_bets, win_rate, total_pnl, quantum_dna)
VALUES
    ('Lazio', 'ELITE', 13, 92.3, 22, '{"market_dna": {"over": false}, "tactical_dna": {"a": 1}}'),
    ('Marseille', 'ELITE', 10, 100, 21.2, '{"market_dna": null, "luck_dna": {"total": 4.4}}'),
    ('Leeds % \ ''FC''', 'BRONZE', 0, 0, 0, '{}'),
    ('Udinese', NULL, 5, 40, -1, NULL);
INSERT INTO quantum.team_strategies
    (team_profile_id, team_name, strategy_name, is_best_strategy, strategy_rank, bets, roi)
VALUES
    (1, 'Lazio', 'QUANT_BEST_MARKET', true, 1, 13, 169.2),
    (1, 'Lazio', 'TOTAL_CHAOS', false, 2, 2, -250),
    (NULL, 'Udinese', 'GENERIC', true, 1, NULL, 3.8);
INSERT INTO quantum.matchup_friction
    (team_a_id, team_a_name, team_b_id, team_b_name, friction_score, predicted_btts_prob,
     friction_vector)
VALUES
    (1, 'Lazio', 2, 'Marseille', 55, 0.55, '{"style_clash": 55, "offensive_potential": 77.5}'),
    (NULL, 'Udinese', 1, 'Lazio', 30, 62.5, NULL),
    (2, 'Marseille', 4, 'Udinese', 100, NULL, '{"style_clash": "strong"}');
