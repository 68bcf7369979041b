"""A migrated database for tests of the data access, and rows for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

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
from repositories import UnitOfWork, run_unit_of_work
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.migrated import template
from schemaproof_testing.project import Programs, make_workspace, unpooled_engine
from schemaproof_testing.servers import Database, create_database

T = TypeVar("T")
KICK_OFF = datetime(2026, 1, 10, 15, tzinfo=UTC)
SEASON = "2025-26"
BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass(frozen=True)
class Store:
    """A migrated database, with sessions like those of the application."""

    database: Database
    engine: Engine
    sessions: sessionmaker[Session] = field(repr=False)

    @property
    def sending(self) -> Engine:
        """The engine of the units of work."""
        return self.engine

    def unit_of_work(self, *, expire_on_commit: bool = False, **options: Any) -> UnitOfWork:
        if not expire_on_commit:
            return UnitOfWork(self.sessions, **options)
        return UnitOfWork(sessionmaker(self.engine, expire_on_commit=True), **options)

    def run(self, work: Callable[[UnitOfWork], T], **options: Any) -> T:
        """Run a function in a unit of work, and repeat it after a conflict."""
        return run_unit_of_work(self.sessions, work, **options)

    def serializable(self) -> "Store":
        engine = self.engine.execution_options(isolation_level="SERIALIZABLE")
        return Store(self.database, engine, sessionmaker(engine, expire_on_commit=False))

    def add(self, *rows: Base) -> None:
        """Commit rows in a separate session; they stay readable."""
        with self.sessions() as session:
            session.add_all(rows)
            session.commit()

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run SQL and commit it, on a separate connection without SQLAlchemy."""
        return self.database.query(question, values)

    def count(self, table: str) -> int:
        return int(self.ask(f"SELECT count(*) FROM {table}")[0][0])

    def until_blocked(self, sessions: int = 1) -> None:
        """Wait until a number of sessions of the database wait for locks."""
        deadline = time.monotonic() + 30
        while self.ask(BLOCKED) != [(sessions,)]:
            assert time.monotonic() < deadline, "nobody waits for the lock"
            time.sleep(0.02)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collect the statements that are sent until the block ends."""
        sent: list[str] = []

        def listen(*arguments: Any) -> None:
            sent.append(arguments[2])

        event.listen(self.sending, "before_cursor_execute", listen)
        try:
            yield sent
        finally:
            event.remove(self.sending, "before_cursor_execute", listen)


def store_programs(store: Store, folder: Path) -> Programs:
    """The programs in an empty folder, with the settings of the store's database."""
    scratch = store.database.superuser_url.render_as_string(hide_password=False)
    environ = {**store.database.environ(), "DB_SCRATCH_URL": scratch}
    return Programs(make_workspace(folder), environ)


@contextmanager
def open_store(server: LocalServer) -> Iterator[Store]:
    with create_database(server, template(server)) as database, unpooled_engine(database) as engine:
        yield Store(database, engine, sessionmaker(engine, expire_on_commit=False))


def team(name: str = "Lazio", **values: Any) -> TeamQuantumDNA:
    return TeamQuantumDNA(**{"team_name": name, "league": "Serie A", **values})


def strategy(team_id: int, name: str = "OVER", **values: Any) -> QuantumStrategy:
    given = {"team_id": team_id, "strategy_name": name, "season": SEASON, **values}
    return QuantumStrategy(**given)


def friction(home: int, away: int, score: float = 50, **values: Any) -> QuantumFrictionMatrix:
    given = {"team_home_id": home, "team_away_id": away, "friction_score": score, **values}
    return QuantumFrictionMatrix(**{"season": SEASON, **given})


def classification(team_id: int, **values: Any) -> ChessClassification:
    given = {"team_id": team_id, "profile_name": "LOW_BLOCK", "confidence": 0.5, **values}
    return ChessClassification(**given)


def goalscorer(name: str = "Ciro", **values: Any) -> GoalscorerProfile:
    given = {"player_name": name, "team_name": "Lazio", "league": "Serie A", **values}
    return GoalscorerProfile(**{"season": SEASON, **given})


def odds(match_id: str = "m1", **values: Any) -> Odds:
    given = {"match_id": match_id, "home_team": "Lazio", "away_team": "Roma", "league": "Serie A"}
    given |= {"bookmaker": "Pinnacle", "market": "h2h"}
    return Odds(**{"commence_time": KICK_OFF, **given, **values})


def pick(pick_id: str = "p1", **values: Any) -> TrackingCLVPicks:
    given = {"pick_id": pick_id, "match_id": "m1", "home_team": "Lazio", "away_team": "Roma"}
    given |= {"league": "Serie A", "market": "h2h", "selection": "home", "bookmaker": "Pinnacle"}
    return TrackingCLVPicks(**{"match_date": KICK_OFF, "odds_at_pick": 2.0, **given, **values})


def days_ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def pages(read: Callable[[str | None], Any]) -> list[Any]:
    """Return the rows of all pages."""
    rows, after = [], None
    while True:
        page = read(after)
        rows += page.rows
        after = page.next
        if after is None:
            return rows


ORDERS: dict[str, dict[str, Any]] = {
    "primary key": {},
    "primary key, descending": {"descending": True},
    "nullable": {"order_by": "home_odds"},
    "nullable, descending": {"order_by": "home_odds", "descending": True},
    "text with ties": {"order_by": "league"},
    "a time, descending": {"order_by": "commence_time", "descending": True},
    "a flag": {"order_by": "is_live"},
    "the primary key by name": {"order_by": "id"},
}
NAMES = ("odds", "tracking", "teams", "friction", "strategies", "goalscorers", "classifications")
