"""The repositories of the models: the methods of the synchronous ones, to be awaited."""

from typing import Any, ClassVar, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Base,
    ChessClassification,
    GoalscorerProfile,
    Odds,
    QuantumFrictionMatrix,
    QuantumStrategy,
    TeamQuantumDNA,
    TrackingCLVPicks,
)
from repositories.aio.base import AsyncBaseRepository, sync_side
from repositories.aio.running import awaitable
from repositories.base import BaseRepository
from repositories.classification import ClassificationRepository
from repositories.friction import FrictionMatrixRepository
from repositories.goalscorer import GoalscorerRepository
from repositories.odds import OddsRepository
from repositories.strategy import StrategyRepository
from repositories.team import TeamDNARepository
from repositories.tracking import TrackingCLVRepository

M = TypeVar("M", bound=Base)


class _ModelRepository(AsyncBaseRepository[M]):
    """Rows of the model that a synchronous repository reads and writes."""

    _sync_class: ClassVar[type[Any]]

    def __init__(self, session: AsyncSession) -> None:
        sync: BaseRepository[M] = self._sync_class(sync_side(session))
        super().__init__(sync.model, session)
        self._sync = sync


class AsyncOddsRepository(_ModelRepository[Odds]):
    """Odds, read by match and by league."""

    _sync_class = OddsRepository
    get_by_match = awaitable(OddsRepository.get_by_match)
    get_by_league = awaitable(OddsRepository.get_by_league)
    count_by_match = awaitable(OddsRepository.count_by_match)


class AsyncTrackingCLVRepository(_ModelRepository[TrackingCLVPicks]):
    """Picks, read by agent and by time, and their closing line value (CLV)."""

    _sync_class = TrackingCLVRepository
    get_by_agent = awaitable(TrackingCLVRepository.get_by_agent)
    get_recent_picks = awaitable(TrackingCLVRepository.get_recent_picks)
    close_picks = awaitable(TrackingCLVRepository.close_picks)
    get_clv_summary = awaitable(TrackingCLVRepository.get_clv_summary)


class AsyncTeamDNARepository(_ModelRepository[TeamQuantumDNA]):
    """Teams, read by name, league and profit."""

    _sync_class = TeamDNARepository
    get_by_name = awaitable(TeamDNARepository.get_by_name)
    get_by_league = awaitable(TeamDNARepository.get_by_league)
    get_top_performers = awaitable(TeamDNARepository.get_top_performers)


class AsyncFrictionMatrixRepository(_ModelRepository[QuantumFrictionMatrix]):
    """Pairs of teams, read by pair and by score."""

    _sync_class = FrictionMatrixRepository
    get_friction = awaitable(FrictionMatrixRepository.get_friction)
    get_match_day = awaitable(FrictionMatrixRepository.get_match_day)
    get_high_friction_matches = awaitable(FrictionMatrixRepository.get_high_friction_matches)


class AsyncStrategyRepository(_ModelRepository[QuantumStrategy]):
    """Strategies, read by team and by market."""

    _sync_class = StrategyRepository
    get_team_strategies = awaitable(StrategyRepository.get_team_strategies)
    get_best_by_market = awaitable(StrategyRepository.get_best_by_market)


class AsyncGoalscorerRepository(_ModelRepository[GoalscorerProfile]):
    """Players, read by team and by goals."""

    _sync_class = GoalscorerRepository
    get_by_team = awaitable(GoalscorerRepository.get_by_team)
    get_top_scorers = awaitable(GoalscorerRepository.get_top_scorers)


class AsyncClassificationRepository(_ModelRepository[ChessClassification]):
    """Classifications, read by team and by profile."""

    _sync_class = ClassificationRepository
    get_current = awaitable(ClassificationRepository.get_current)
    get_by_team = awaitable(ClassificationRepository.get_by_team)
    get_by_profile = awaitable(ClassificationRepository.get_by_profile)
