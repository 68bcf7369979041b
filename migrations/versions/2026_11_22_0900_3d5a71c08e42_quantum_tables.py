"""Create the schema quantum and its five tables.

A table that stands in the way is not touched: the revision fails as a whole and names it, because
everything in this schema is ours and a table of another shape has to be looked at first.

Revision ID: 3d5a71c08e42
Revises: abbc4f65c12b
Create Date: 2026-11-22 09:00:00+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "3d5a71c08e42"
down_revision = "abbc4f65c12b"
branch_labels = None
depends_on = None

# The existing database has a schema of this name: it is dropped only if this revision made it.
DROP_OWN_SCHEMA = """
DO $$
DECLARE
    created text[];
BEGIN
    IF to_regclass('public.monps_migration_ledger') IS NOT NULL THEN
        SELECT objects_created INTO created
        FROM public.monps_migration_ledger
        WHERE revision = '3d5a71c08e42' AND direction <> 'stamp'
        ORDER BY id DESC
        LIMIT 1;
    END IF;
    IF 'schema quantum' = ANY (created) THEN
        DROP SCHEMA quantum;
    ELSE
        RAISE WARNING 'schema quantum was not created by revision 3d5a71c08e42: left in place';
    END IF;
END
$$
"""


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS quantum")
    op.create_table(
        "goalscorer_profiles",
        sa.Column("player_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("player_name", sa.String(length=100), nullable=False),
        sa.Column("team_name", sa.String(length=100), nullable=False),
        sa.Column("league", sa.String(length=50), nullable=False),
        sa.Column("position", sa.String(length=30), nullable=True),
        sa.Column("goals_total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("goals_home", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("goals_away", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("appearances", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("anytime_prob", sa.Double(), nullable=True, comment="Ratio from 0 to 1"),
        sa.Column("first_goal_prob", sa.Double(), nullable=True, comment="Ratio from 0 to 1"),
        sa.Column("last_goal_prob", sa.Double(), nullable=True, comment="Ratio from 0 to 1"),
        sa.Column("timing_dna", JSONB(), nullable=True),
        sa.Column("season", sa.String(length=10), nullable=False, comment="Such as 2024-25"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "anytime_prob BETWEEN 0 AND 1", name=op.f("ck_goalscorer_profiles_anytime_prob")
        ),
        sa.CheckConstraint("appearances >= 0", name=op.f("ck_goalscorer_profiles_appearances")),
        sa.CheckConstraint(
            "first_goal_prob BETWEEN 0 AND 1", name=op.f("ck_goalscorer_profiles_first_goal_prob")
        ),
        sa.CheckConstraint("goals_away >= 0", name=op.f("ck_goalscorer_profiles_goals_away")),
        sa.CheckConstraint("goals_home >= 0", name=op.f("ck_goalscorer_profiles_goals_home")),
        sa.CheckConstraint("goals_total >= 0", name=op.f("ck_goalscorer_profiles_goals_total")),
        sa.CheckConstraint(
            "last_goal_prob BETWEEN 0 AND 1", name=op.f("ck_goalscorer_profiles_last_goal_prob")
        ),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_goalscorer_profiles")),
        sa.UniqueConstraint(
            "player_name",
            "team_name",
            "season",
            name=op.f("uq_goalscorer_profiles_player_name_team_name_season"),
        ),
        schema="quantum",
        comment="Goalscorers by team and season",
    )
    op.create_index(
        op.f("ix_goalscorer_profiles_league_goals_total"),
        "goalscorer_profiles",
        ["league", "goals_total"],
        unique=False,
        schema="quantum",
    )
    op.create_index(
        op.f("ix_goalscorer_profiles_team_name"),
        "goalscorer_profiles",
        ["team_name"],
        unique=False,
        schema="quantum",
    )
    op.create_table(
        "team_quantum_dna",
        sa.Column("team_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("team_name", sa.String(length=100), nullable=False),
        sa.Column("league", sa.String(length=50), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=True),
        sa.Column("season", sa.String(length=10), nullable=True),
        sa.Column("best_strategy", sa.String(length=50), nullable=True),
        sa.Column("market_dna", JSONB(), nullable=True),
        sa.Column("context_dna", JSONB(), nullable=True),
        sa.Column("risk_dna", JSONB(), nullable=True),
        sa.Column("temporal_dna", JSONB(), nullable=True),
        sa.Column("nemesis_dna", JSONB(), nullable=True),
        sa.Column("psyche_dna", JSONB(), nullable=True),
        sa.Column("roster_dna", JSONB(), nullable=True),
        sa.Column("physical_dna", JSONB(), nullable=True),
        sa.Column("luck_dna", JSONB(), nullable=True),
        sa.Column("total_pnl", sa.Double(), nullable=True, comment="Stake units"),
        sa.Column("win_rate", sa.Double(), nullable=True, comment="Percent, from 0 to 100"),
        sa.Column("avg_clv", sa.Double(), nullable=True, comment="Percent"),
        sa.Column(
            "legacy_facts", JSONB(), nullable=True, comment="What an import found no column for"
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "jsonb_typeof(context_dna) = 'object'",
            name=op.f("ck_team_quantum_dna_context_dna_object"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(luck_dna) = 'object'", name=op.f("ck_team_quantum_dna_luck_dna_object")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(market_dna) = 'object'",
            name=op.f("ck_team_quantum_dna_market_dna_object"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(nemesis_dna) = 'object'",
            name=op.f("ck_team_quantum_dna_nemesis_dna_object"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(physical_dna) = 'object'",
            name=op.f("ck_team_quantum_dna_physical_dna_object"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(psyche_dna) = 'object'",
            name=op.f("ck_team_quantum_dna_psyche_dna_object"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(risk_dna) = 'object'", name=op.f("ck_team_quantum_dna_risk_dna_object")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(roster_dna) = 'object'",
            name=op.f("ck_team_quantum_dna_roster_dna_object"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(temporal_dna) = 'object'",
            name=op.f("ck_team_quantum_dna_temporal_dna_object"),
        ),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_team_quantum_dna")),
        sa.UniqueConstraint("team_name", name=op.f("uq_team_quantum_dna_team_name")),
        schema="quantum",
        comment="Teams with their DNA vectors",
    )
    op.create_index(
        op.f("ix_team_quantum_dna_league"),
        "team_quantum_dna",
        ["league"],
        unique=False,
        schema="quantum",
    )
    op.create_table(
        "chess_classifications",
        sa.Column("classification_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column(
            "profile_name", sa.String(length=50), nullable=False, comment="One of twelve profiles"
        ),
        sa.Column("confidence", sa.Double(), nullable=False, comment="Ratio from 0 to 1"),
        sa.Column(
            "classified_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("features", JSONB(), nullable=True),
        sa.Column("is_current", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "profile_name IN ("
            "'POSSESSION', 'GEGENPRESS', 'WIDE_ATTACK', 'DIRECT_ATTACK', "
            "'LOW_BLOCK', 'MID_BLOCK', 'PARK_THE_BUS', 'TRANSITION', "
            "'ADAPTIVE', 'BALANCED', 'HOME_DOMINANT', 'SCORE_DEPENDENT')",
            name=op.f("ck_chess_classifications_profile_name"),
        ),
        sa.CheckConstraint(
            "confidence BETWEEN 0 AND 1", name=op.f("ck_chess_classifications_confidence")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["quantum.team_quantum_dna.team_id"],
            name=op.f("fk_chess_classifications_team_id_team_quantum_dna"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("classification_id", name=op.f("pk_chess_classifications")),
        schema="quantum",
        comment="Tactical profiles of teams, current and past",
    )
    op.create_index(
        op.f("ix_chess_classifications_team_id"),
        "chess_classifications",
        ["team_id"],
        unique=False,
        schema="quantum",
    )
    op.create_index(
        "uq_chess_classifications_current_team_id",
        "chess_classifications",
        ["team_id"],
        unique=True,
        schema="quantum",
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "quantum_friction_matrix",
        sa.Column("friction_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("team_home_id", sa.Integer(), nullable=False),
        sa.Column("team_away_id", sa.Integer(), nullable=False),
        sa.Column("friction_score", sa.Double(), nullable=False, comment="From 0 to 100"),
        sa.Column("style_clash", sa.Double(), nullable=True, comment="From 0 to 100"),
        sa.Column("tactical_friction", sa.Double(), nullable=True, comment="From 0 to 100"),
        sa.Column("tempo_friction", sa.Double(), nullable=True, comment="From 0 to 100"),
        sa.Column("risk_friction", sa.Double(), nullable=True, comment="From 0 to 100"),
        sa.Column("psychological_edge", sa.Double(), nullable=True),
        sa.Column("chaos_potential", sa.Double(), nullable=True, comment="From 0 to 100"),
        sa.Column("predicted_scenario", sa.String(length=50), nullable=True),
        sa.Column("recommended_markets", JSONB(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True, comment="Ratio from 0 to 1"),
        sa.Column("predicted_btts_prob", sa.Double(), nullable=True, comment="Ratio from 0 to 1"),
        sa.Column("predicted_over25_prob", sa.Double(), nullable=True, comment="Ratio from 0 to 1"),
        sa.Column("predicted_total_goals", sa.Double(), nullable=True, comment="Goals per match"),
        sa.Column("historical_friction", JSONB(), nullable=True),
        sa.Column("matches_analyzed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("season", sa.String(length=10), nullable=False, comment="Such as 2024-25"),
        sa.Column(
            "legacy_facts", JSONB(), nullable=True, comment="What an import found no column for"
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "predicted_total_goals >= 0 AND predicted_total_goals < 'Infinity'::double precision",
            name=op.f("ck_quantum_friction_matrix_predicted_total_goals"),
        ),
        sa.CheckConstraint(
            "chaos_potential BETWEEN 0 AND 100",
            name=op.f("ck_quantum_friction_matrix_chaos_potential"),
        ),
        sa.CheckConstraint(
            "confidence BETWEEN 0 AND 1", name=op.f("ck_quantum_friction_matrix_confidence")
        ),
        sa.CheckConstraint(
            "friction_score BETWEEN 0 AND 100",
            name=op.f("ck_quantum_friction_matrix_friction_score"),
        ),
        sa.CheckConstraint(
            "matches_analyzed >= 0", name=op.f("ck_quantum_friction_matrix_matches_analyzed")
        ),
        sa.CheckConstraint(
            "predicted_btts_prob BETWEEN 0 AND 1",
            name=op.f("ck_quantum_friction_matrix_predicted_btts_prob"),
        ),
        sa.CheckConstraint(
            "predicted_over25_prob BETWEEN 0 AND 1",
            name=op.f("ck_quantum_friction_matrix_predicted_over25_prob"),
        ),
        sa.CheckConstraint(
            "risk_friction BETWEEN 0 AND 100", name=op.f("ck_quantum_friction_matrix_risk_friction")
        ),
        sa.CheckConstraint(
            "style_clash BETWEEN 0 AND 100", name=op.f("ck_quantum_friction_matrix_style_clash")
        ),
        sa.CheckConstraint(
            "tactical_friction BETWEEN 0 AND 100",
            name=op.f("ck_quantum_friction_matrix_tactical_friction"),
        ),
        sa.CheckConstraint(
            "team_home_id != team_away_id", name=op.f("ck_quantum_friction_matrix_two_teams")
        ),
        sa.CheckConstraint(
            "tempo_friction BETWEEN 0 AND 100",
            name=op.f("ck_quantum_friction_matrix_tempo_friction"),
        ),
        sa.ForeignKeyConstraint(
            ["team_away_id"],
            ["quantum.team_quantum_dna.team_id"],
            name=op.f("fk_quantum_friction_matrix_team_away_id_team_quantum_dna"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["team_home_id"],
            ["quantum.team_quantum_dna.team_id"],
            name=op.f("fk_quantum_friction_matrix_team_home_id_team_quantum_dna"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("friction_id", name=op.f("pk_quantum_friction_matrix")),
        sa.UniqueConstraint(
            "team_home_id",
            "team_away_id",
            "season",
            name=op.f("uq_quantum_friction_matrix_team_home_id_team_away_id_season"),
        ),
        schema="quantum",
        comment="Friction between two teams in a season",
    )
    op.create_index(
        op.f("ix_quantum_friction_matrix_friction_score"),
        "quantum_friction_matrix",
        ["friction_score"],
        unique=False,
        schema="quantum",
    )
    op.create_index(
        op.f("ix_quantum_friction_matrix_team_away_id"),
        "quantum_friction_matrix",
        ["team_away_id"],
        unique=False,
        schema="quantum",
    )
    op.create_table(
        "quantum_strategies",
        sa.Column("strategy_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("strategy_name", sa.String(length=100), nullable=False),
        sa.Column("strategy_type", sa.String(length=50), nullable=True),
        sa.Column("market", sa.String(length=50), nullable=True),
        sa.Column("market_family", sa.String(length=50), nullable=True),
        sa.Column("stake_multiplier", sa.Double(), server_default=sa.text("1.0"), nullable=False),
        sa.Column(
            "min_confidence",
            sa.Double(),
            server_default=sa.text("0.6"),
            nullable=False,
            comment="Ratio from 0 to 1",
        ),
        sa.Column(
            "min_edge",
            sa.Double(),
            server_default=sa.text("0.05"),
            nullable=False,
            comment="Percent",
        ),
        sa.Column("context_filters", JSONB(), nullable=True),
        sa.Column("performance_by_context", JSONB(), nullable=True),
        sa.Column("win_rate", sa.Double(), nullable=True, comment="Percent, from 0 to 100"),
        sa.Column("roi", sa.Double(), nullable=True, comment="Percent"),
        sa.Column("total_pnl", sa.Double(), nullable=True, comment="Stake units"),
        sa.Column("avg_clv", sa.Double(), nullable=True, comment="Percent"),
        sa.Column(
            "sample_size",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Bets behind the figures",
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True, comment="1 is tried first"),
        sa.Column("season", sa.String(length=10), nullable=False, comment="Such as 2024-25"),
        sa.Column(
            "legacy_facts", JSONB(), nullable=True, comment="What an import found no column for"
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "stake_multiplier >= 0 AND stake_multiplier < 'Infinity'::double precision",
            name=op.f("ck_quantum_strategies_stake_multiplier"),
        ),
        sa.CheckConstraint(
            "min_confidence BETWEEN 0 AND 1", name=op.f("ck_quantum_strategies_min_confidence")
        ),
        sa.CheckConstraint("sample_size >= 0", name=op.f("ck_quantum_strategies_sample_size")),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["quantum.team_quantum_dna.team_id"],
            name=op.f("fk_quantum_strategies_team_id_team_quantum_dna"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("strategy_id", name=op.f("pk_quantum_strategies")),
        sa.UniqueConstraint(
            "team_id",
            "strategy_name",
            "season",
            name=op.f("uq_quantum_strategies_team_id_strategy_name_season"),
        ),
        schema="quantum",
        comment="Betting strategies of a team in a season",
    )
    op.create_index(
        op.f("ix_quantum_strategies_market"),
        "quantum_strategies",
        ["market"],
        unique=False,
        schema="quantum",
    )


def downgrade() -> None:
    op.drop_table("chess_classifications", schema="quantum")
    op.drop_table("quantum_friction_matrix", schema="quantum")
    op.drop_table("quantum_strategies", schema="quantum")
    op.drop_table("goalscorer_profiles", schema="quantum")
    op.drop_table("team_quantum_dna", schema="quantum")
    op.execute(DROP_OWN_SCHEMA)
