"""The old tables, the new table for each, and the treatment of each column."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import Column, Integer, MetaData, Table, Text, inspect

from models import Base, QuantumFrictionMatrix, QuantumStrategy, TeamQuantumDNA

KEPT: Final = "kept in legacy_facts"
PICKS: Final = "public.tracking_clv_picks"
"""The old table of picks, which is not copied, because running code owns it."""

_MOMENT: Final = "{0}, a time without zone read as {{zone}}; " + KEPT


@dataclass(frozen=True, slots=True)
class LegacyTable:
    """An old table, and the new table that its rows are copied to.

    Attributes:
        source: The old table, with its schema.
        model: The model of the new table.
        key: The unique keys of the new table, by which an existing row is found.
        staged: The columns that are filled in addition to the common columns.
        fates: The treatment of columns, by name; other columns are kept in ``legacy_facts``.
    """

    source: str
    model: type[Base]
    key: tuple[Mapping[str, str], ...]
    staged: tuple[str, ...]
    fates: Mapping[str, str]

    @property
    def target(self) -> Table:
        """The new table."""
        return inspect(self.model).local_table  # type: ignore[return-value]

    @property
    def stage(self) -> Table:
        """The session's temporary table that contains the rows and their state."""
        columns = [Column(name, self.target.c[name].type) for name in (*self.staged, *_ALWAYS)]
        return Table(
            f"monps_import_{self.target.name}",
            MetaData(),
            Column("source_id", Integer),
            Column("state", Text),
            Column("reason", Text),
            *columns,
            schema="pg_temp",
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the new table that are filled from the temporary table."""
        return (*self.staged, *_ALWAYS)


_ALWAYS: Final = ("legacy_facts", "created_at", "updated_at")


def _fates(**changed: str) -> Mapping[str, str]:
    moments = {name: _MOMENT.format(f"copied to {name}") for name in ("created_at", "updated_at")}
    return MappingProxyType({**moments, **changed})


def _itself(*columns: str) -> dict[str, str]:
    return {name: name for name in columns}


TEAMS: Final = LegacyTable(
    source="quantum.team_profiles",
    model=TeamQuantumDNA,
    key=(_itself("team_name"),),
    staged=(
        *("team_name", "league", "tier", "best_strategy", "total_pnl", "win_rate"),
        *("market_dna", "context_dna", "risk_dna", "temporal_dna", "nemesis_dna"),
        *("psyche_dna", "roster_dna", "physical_dna", "luck_dna"),
    ),
    fates=_fates(
        id=f"copied to team_id, where that is free; {KEPT}",
        team_name="copied to team_name",
        tier="copied to tier",
        team_intelligence_id=f"used to find the league; {KEPT}",
        win_rate=f"copied to win_rate, in percent; null without bets, then {KEPT}",
        total_pnl=f"copied to total_pnl, in stake units; null without bets, then {KEPT}",
        quantum_dna=f"its nine vectors copied to the columns of their names; the rest {KEPT}",
    ),
)

STRATEGIES: Final = LegacyTable(
    source="quantum.team_strategies",
    model=QuantumStrategy,
    key=(_itself("team_id", "strategy_name", "season"),),
    staged=(
        *("team_id", "strategy_name", "season", "win_rate", "roi"),
        *("total_pnl", "sample_size", "priority"),
    ),
    fates=_fates(
        id=f"copied to strategy_id, where that is free; {KEPT}",
        team_profile_id=f"converted to team_id, by exact name where it is null; {KEPT}",
        team_name="converted to team_id",
        strategy_name="copied to strategy_name",
        strategy_rank="copied to priority",
        is_best_strategy=f"used for the team's best_strategy; {KEPT}",
        bets="copied to sample_size; null is 0",
        win_rate="copied to win_rate, in percent",
        profit="copied to total_pnl, in stake units",
        roi="copied to roi, in percent",
    ),
)

FRICTION: Final = LegacyTable(
    source="quantum.matchup_friction",
    model=QuantumFrictionMatrix,
    key=(
        _itself("team_home_id", "team_away_id", "season"),
        {"team_home_id": "team_away_id", "team_away_id": "team_home_id", "season": "season"},
    ),
    staged=(
        *("team_home_id", "team_away_id", "season", "friction_score", "style_clash"),
        *("tempo_friction", "chaos_potential", "predicted_btts_prob", "predicted_over25_prob"),
        *("predicted_total_goals", "matches_analyzed"),
    ),
    fates=_fates(
        id=f"copied to friction_id, where that is free; {KEPT}",
        team_a_id=f"converted to team_home_id, by exact name where it is null; {KEPT}",
        team_a_name="converted to team_home_id",
        team_b_id=f"converted to team_away_id, by exact name where it is null; {KEPT}",
        team_b_name="converted to team_away_id",
        friction_score="copied to friction_score, from 0 to 100",
        style_clash_score="copied to style_clash, from 0 to 100",
        friction_vector=f"its style_clash copied to style_clash where the score is null; {KEPT}",
        tempo_clash_score="copied to tempo_friction, from 0 to 100",
        chaos_potential="copied to chaos_potential, from 0 to 100",
        predicted_goals="copied to predicted_total_goals",
        predicted_btts_prob="copied to predicted_btts_prob; above 1 it is a percentage and divided"
        f" by 100, then {KEPT}",
        predicted_over25_prob="copied to predicted_over25_prob; above 1 it is a percentage and"
        f" divided by 100, then {KEPT}",
        sample_size="copied to matches_analyzed; null is 0",
    ),
)

TABLES: Final = (TEAMS, STRATEGIES, FRICTION)
"""The tables to copy, each after the tables that its foreign keys refer to."""
