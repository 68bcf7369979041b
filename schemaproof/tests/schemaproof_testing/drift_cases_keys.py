"""What people do by hand to constraints, indexes and sequences, and what has to be found then.

A case is the statements and everything that has to be found after them, as code and path.
"""

from __future__ import annotations

from typing import Final

CASES: Final[list[tuple[str, ...]]] = [
    (
        "ALTER TABLE quantum.chess_classifications DROP CONSTRAINT pk_chess_classifications",
        "primary-key-missing quantum.chess_classifications.pk_chess_classifications",
    ),
    (
        (
            "ALTER TABLE quantum.chess_classifications RENAME CONSTRAINT pk_chess_classifications"
            " TO pk"
        ),
        "primary-key-renamed quantum.chess_classifications.pk_chess_classifications",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna DROP CONSTRAINT uq_team_quantum_dna_team_name",
        "unique-missing quantum.team_quantum_dna.uq_team_quantum_dna_team_name",
    ),
    (
        "ALTER TABLE quantum.team_quantum_dna ADD CONSTRAINT uq_new UNIQUE (league, tier)",
        "unique-unexpected quantum.team_quantum_dna.uq_new",
    ),
    (
        (
            "ALTER TABLE quantum.team_quantum_dna DROP CONSTRAINT uq_team_quantum_dna_team_name; "
            "ALTER TABLE quantum.team_quantum_dna ADD CONSTRAINT uq_team_quantum_dna_team_name "
            "UNIQUE (team_name) DEFERRABLE"
        ),
        "unique-changed quantum.team_quantum_dna.uq_team_quantum_dna_team_name",
    ),
    (
        (
            "ALTER TABLE quantum.team_quantum_dna DROP CONSTRAINT uq_team_quantum_dna_team_name; "
            "CREATE UNIQUE INDEX uq_team_quantum_dna_team_name ON quantum.team_quantum_dna "
            "(team_name)"
        ),
        "unique-index-constraint quantum.team_quantum_dna.uq_team_quantum_dna_team_name",
        "unique-missing quantum.team_quantum_dna.uq_team_quantum_dna_team_name",
    ),
    (
        (
            "ALTER TABLE quantum.quantum_strategies DROP CONSTRAINT "
            "fk_quantum_strategies_team_id_team_quantum_dna"
        ),
        (
            "foreign-key-missing "
            "quantum.quantum_strategies.fk_quantum_strategies_team_id_team_quantum_dna"
        ),
    ),
    (
        (
            "ALTER TABLE quantum.quantum_strategies DROP CONSTRAINT "
            "fk_quantum_strategies_team_id_team_quantum_dna; ALTER TABLE "
            "quantum.quantum_strategies ADD CONSTRAINT "
            "fk_quantum_strategies_team_id_team_quantum_dna FOREIGN KEY (team_id) REFERENCES "
            "quantum.team_quantum_dna ON DELETE CASCADE"
        ),
        (
            "foreign-key-changed "
            "quantum.quantum_strategies.fk_quantum_strategies_team_id_team_quantum_dna"
        ),
    ),
    (
        (
            "ALTER TABLE quantum.quantum_strategies ALTER CONSTRAINT "
            "fk_quantum_strategies_team_id_team_quantum_dna DEFERRABLE"
        ),
        (
            "foreign-key-changed "
            "quantum.quantum_strategies.fk_quantum_strategies_team_id_team_quantum_dna"
        ),
    ),
    (
        (
            "ALTER TABLE public.odds ADD CONSTRAINT fk_x FOREIGN KEY (id) REFERENCES "
            "quantum.team_quantum_dna NOT VALID"
        ),
        "foreign-key-unexpected public.odds.fk_x",
    ),
    (
        "ALTER TABLE public.odds DROP CONSTRAINT ck_odds_price_type",
        "check-missing public.odds.ck_odds_price_type",
    ),
    (
        (
            "ALTER TABLE public.odds DROP CONSTRAINT ck_odds_price_type; ALTER TABLE public.odds "
            "ADD CONSTRAINT ck_odds_price_type CHECK (price_type IN ('current', 'opening'))"
        ),
        "check-changed public.odds.ck_odds_price_type",
    ),
    (
        (
            "ALTER TABLE quantum.goalscorer_profiles DROP CONSTRAINT "
            "ck_goalscorer_profiles_goals_home; ALTER TABLE quantum.goalscorer_profiles ADD "
            "CONSTRAINT ck_goalscorer_profiles_goals_home CHECK (goals_home >= 0) NOT VALID"
        ),
        "check-not-validated quantum.goalscorer_profiles.ck_goalscorer_profiles_goals_home",
    ),
    (
        "ALTER TABLE public.odds ADD CONSTRAINT ck_x CHECK (id > 0)",
        "check-unexpected public.odds.ck_x",
    ),
    (
        "COMMENT ON CONSTRAINT ck_odds_price_type ON public.odds IS 'x'",
        "check-comment public.odds.ck_odds_price_type",
    ),
    (
        "DROP INDEX quantum.ix_team_quantum_dna_league",
        "index-missing quantum.team_quantum_dna.ix_team_quantum_dna_league",
    ),
    ("CREATE INDEX ix_x ON public.odds (market)", "index-unexpected public.odds.ix_x"),
    (
        "CREATE UNIQUE INDEX ux_x ON public.odds (market)",
        "unique-index-unexpected public.odds.ux_x",
    ),
    (
        "DROP INDEX quantum.uq_chess_classifications_current_team_id",
        (
            "unique-index-missing "
            "quantum.chess_classifications.uq_chess_classifications_current_team_id"
        ),
    ),
    (
        (
            "DROP INDEX quantum.uq_chess_classifications_current_team_id; CREATE UNIQUE INDEX "
            "uq_chess_classifications_current_team_id ON quantum.chess_classifications (team_id)"
        ),
        (
            "unique-index-changed "
            "quantum.chess_classifications.uq_chess_classifications_current_team_id"
        ),
    ),
    (
        (
            "DROP INDEX quantum.ix_team_quantum_dna_market_dna; CREATE INDEX "
            "ix_team_quantum_dna_market_dna ON quantum.team_quantum_dna USING gin (market_dna)"
        ),
        "index-changed quantum.team_quantum_dna.ix_team_quantum_dna_market_dna",
    ),
    (
        "ALTER INDEX quantum.ix_team_quantum_dna_league SET (fillfactor = 50)",
        "index-changed quantum.team_quantum_dna.ix_team_quantum_dna_league",
    ),
    (
        "COMMENT ON INDEX public.ix_odds_collected_at IS 'x'",
        "index-comment public.odds.ix_odds_collected_at",
    ),
    ("ALTER SEQUENCE public.odds_id_seq INCREMENT 2", "sequence-increment public.odds_id_seq"),
    ("ALTER SEQUENCE public.odds_id_seq CYCLE", "sequence-cycle public.odds_id_seq"),
    ("ALTER SEQUENCE public.odds_id_seq MAXVALUE 9", "sequence-maximum public.odds_id_seq"),
    ("ALTER SEQUENCE public.odds_id_seq CACHE 50", "sequence-cache public.odds_id_seq"),
    ("CREATE SEQUENCE quantum.extra", "sequence-unexpected quantum.extra"),
    (
        (
            "ALTER TABLE quantum.team_quantum_dna DROP COLUMN league, ADD mood text, ALTER season"
            " TYPE text"
        ),
        "column-missing quantum.team_quantum_dna.league",
        "column-type quantum.team_quantum_dna.season",
        "column-unexpected quantum.team_quantum_dna.mood",
        "index-missing quantum.team_quantum_dna.ix_team_quantum_dna_league",
    ),
]
