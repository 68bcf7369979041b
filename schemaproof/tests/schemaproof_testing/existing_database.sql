-- A small database of the kind that is migrated in production: made by hand long ago, marked with
-- the first revision, with a picks table of another shape and tables of its own in schema quantum.

CREATE SCHEMA quantum;

CREATE TABLE public.alembic_version (
    version_num varchar(32) CONSTRAINT alembic_version_pkc PRIMARY KEY
);
INSERT INTO public.alembic_version VALUES ('abbc4f65c12b');

CREATE TABLE public.tracking_clv_picks (
    id serial PRIMARY KEY,
    match_id varchar(100),
    home_team text,
    stake numeric(10, 2) DEFAULT 1.0,
    odds_taken numeric(8, 3),
    created_at timestamp DEFAULT now()
);
CREATE INDEX idx_picks_open ON public.tracking_clv_picks (created_at) WHERE odds_taken IS NULL;
INSERT INTO public.tracking_clv_picks (match_id, home_team, odds_taken)
SELECT 'match-' || n, 'Côte d''Or % \ FC', n / 7.0 FROM generate_series(1, 500) AS n;

CREATE TABLE public.bets (
    id serial PRIMARY KEY,
    pick_id integer REFERENCES public.tracking_clv_picks (id),
    state text DEFAULT 'open' CHECK (state IN ('open', 'won', 'lost'))
);
INSERT INTO public.bets (pick_id) SELECT id FROM public.tracking_clv_picks WHERE id % 10 = 0;

CREATE TABLE quantum.team_profiles (
    id serial PRIMARY KEY,
    team_name varchar(100) UNIQUE,
    quantum_dna jsonb DEFAULT '{}'
);
INSERT INTO quantum.team_profiles (team_name) VALUES ('Lazio'), ('Marseille'), ('Leeds');

CREATE VIEW quantum.v_teams AS SELECT team_name FROM quantum.team_profiles;
CREATE VIEW public.v_open_picks AS
SELECT match_id, stake FROM public.tracking_clv_picks WHERE odds_taken IS NULL;
