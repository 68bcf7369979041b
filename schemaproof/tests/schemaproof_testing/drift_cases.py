"""What people do by hand to columns and tables, what has to be found then, and what is harmless.

A case is the statements and everything that has to be found after them, as code and path.
"""

from __future__ import annotations

from typing import Final

CASES: Final[list[tuple[str, ...]]] = [
    # Sequences of the columns go along.
    ("ALTER TABLE public.odds SET UNLOGGED", "table-persistence public.odds"),
    (
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "default-privileges-unexpected default-privileges for the owner on functions",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna DROP COLUMN tier",
        "column-missing quantum.team_quantum_dna.tier",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna ADD mood text",
        "column-unexpected quantum.team_quantum_dna.mood",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna RENAME tier TO rank",
        "column-renamed quantum.team_quantum_dna.tier",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna ALTER tier TYPE text",
        "column-type quantum.team_quantum_dna.tier",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna ALTER tier TYPE varchar(10)",
        "column-type-modifier quantum.team_quantum_dna.tier",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna ALTER tier TYPE varchar",
        "column-type-modifier quantum.team_quantum_dna.tier",
    ),
    (
        "ALTER TABLE public.odds ALTER collected_at TYPE timestamptz(0)",
        "column-type-modifier public.odds.collected_at",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna ALTER tier SET NOT NULL",
        "column-nullability quantum.team_quantum_dna.tier",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna ALTER league DROP NOT NULL",
        "column-nullability quantum.team_quantum_dna.league",
    ),
    (
        "ALTER TABLE public.odds ALTER is_live SET DEFAULT true",
        "column-default public.odds.is_live",
    ),
    ("ALTER TABLE public.odds ALTER is_live DROP DEFAULT", "column-default public.odds.is_live"),
    (
        "ALTER TABLE public.odds ALTER created_at SET DEFAULT 'now'",
        "column-default public.odds.created_at",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna ALTER tier SET DEFAULT 'x'",
        "column-default quantum.team_quantum_dna.tier",
    ),
    ("ALTER TABLE public.odds ALTER id SET GENERATED ALWAYS", "column-identity public.odds.id"),
    (
        "ALTER TABLE public.odds ALTER id DROP IDENTITY",
        "column-identity public.odds.id",
    ),
    (
        'ALTER TABLE quantum.team_quantum_dna ALTER tier TYPE varchar(20) COLLATE "C"',
        "column-collation quantum.team_quantum_dna.tier",
    ),
    (
        "COMMENT ON COLUMN quantum.team_quantum_dna.tier IS 'x'",
        "column-comment quantum.team_quantum_dna.tier",
    ),
    (
        "COMMENT ON COLUMN quantum.team_quantum_dna.win_rate IS NULL",
        "column-comment quantum.team_quantum_dna.win_rate",
    ),
    ("COMMENT ON TABLE quantum.team_quantum_dna IS NULL", "table-comment quantum.team_quantum_dna"),
    ("COMMENT ON SCHEMA quantum IS 'x'", "schema-comment quantum"),
    ("DROP TABLE quantum.goalscorer_profiles", "table-missing quantum.goalscorer_profiles"),
    ("DROP TABLE public.odds", "table-missing public.odds"),
    ("CREATE TABLE quantum.extra (id serial PRIMARY KEY)", "table-unexpected quantum.extra"),
    ("CREATE VIEW quantum.seen AS SELECT 1 AS one", "view-unexpected quantum.seen"),
    (
        "ALTER TABLE public.tracking_clv_picks SET SCHEMA quantum",
        "table-missing public.tracking_clv_picks",
        "table-unexpected quantum.tracking_clv_picks",
    ),
]
HARMLESS: Final = [
    "SELECT 1",
    (
        "INSERT INTO quantum.team_quantum_dna (team_name, league) SELECT n, 'x' FROM "
        "generate_series(1, 100) AS n"
    ),
    (
        "INSERT INTO public.odds (match_id, home_team, away_team, league, commence_time, "
        "bookmaker, market) VALUES ('m', 'h', 'a', 'l', now(), 'b', 'h2h')"
    ),
    "ANALYZE quantum.team_quantum_dna",
    "REINDEX TABLE quantum.team_quantum_dna",
    "TRUNCATE quantum.team_quantum_dna CASCADE",
    "SELECT setval('public.odds_id_seq', 1000)",
    "CREATE TABLE public.theirs (id serial PRIMARY KEY, word text UNIQUE)",
    "CREATE SCHEMA theirs; CREATE TABLE theirs.odds (id int)",
    "COMMENT ON SCHEMA public IS 'theirs'",
    "CREATE VIEW public.seen AS SELECT * FROM public.odds",
    "CREATE SEQUENCE public.theirs",
    "CREATE TEMPORARY TABLE odds (id int)",
    (
        "DROP INDEX quantum.ix_team_quantum_dna_league;CREATE INDEX ix_team_quantum_dna_league ON"
        " quantum.team_quantum_dna (league)"
    ),
    (
        "ALTER TABLE public.tracking_clv_picks DROP CONSTRAINT "
        "ck_tracking_clv_picks_confidence;ALTER TABLE public.tracking_clv_picks ADD CONSTRAINT "
        "ck_tracking_clv_picks_confidence CHECK (confidence >= 0 AND confidence <= 1)"
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna DROP COLUMN tier; ALTER TABLE "
        "quantum.team_quantum_dna ADD tier varchar(20)"
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna RENAME tier TO x; ALTER TABLE "
        "quantum.team_quantum_dna RENAME x TO tier"
    ),
    "SET LOCAL search_path = quantum, public",
    "DROP TABLE public.alembic_version",
    "CREATE TABLE public.monps_migration_ledger (id int)",
]
