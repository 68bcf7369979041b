"""Measure three reads through repositories, and the same SQL through psycopg2, in milliseconds.

    python -m bench.reading

It uses the database of the settings in a transaction that is rolled back. psycopg2 executes the
same statements as the repository, and reads all rows, including JSON, in its usual way.
"""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from psycopg2 import extras
from sqlalchemy import Engine, event
from sqlalchemy.orm import sessionmaker

from core.config import get_settings
from core.database import create_sync_engine
from models import QuantumFrictionMatrix, QuantumStrategy, TeamQuantumDNA
from models.quantum.team import DNA_VECTORS
from repositories import UnitOfWork

TEAMS = 98
TURNS = 400
SEASON = "9999-00"


def fill(uow: UnitOfWork) -> list[int]:
    """Insert rows as large as the real ones: about 4 kB of JSON per team, four strategies each."""
    vector = {f"feature_{number}": number / 7 for number in range(20)}
    teams = [
        TeamQuantumDNA(
            team_name=f"bench {number}",
            league="bench",
            total_pnl=1e6 + number,
            **dict.fromkeys(DNA_VECTORS, vector),
        )
        for number in range(TEAMS)
    ]
    uow.teams.create_many(teams)
    ids = [team.team_id for team in teams]
    uow.friction.create_many(
        QuantumFrictionMatrix(
            team_home_id=home, team_away_id=away, friction_score=50, season=SEASON
        )
        for home in ids
        for away in ids
        if home < away
    )
    uow.strategies.create_many(
        QuantumStrategy(team_id=id_, strategy_name=f"S{number}", season=SEASON, roi=number)
        for id_ in ids
        for number in range(4)
    )
    return ids


def sent_by(engine: Engine, read: Callable[[], Any]) -> list[tuple[str, Any]]:
    """Return the statements that a read sends, with their parameters."""
    sent: list[tuple[str, Any]] = []

    def listen(*arguments: Any) -> None:
        sent.append((arguments[2], arguments[3]))

    event.listen(engine, "before_cursor_execute", listen)
    read()
    event.remove(engine, "before_cursor_execute", listen)
    return sent


def milliseconds(read: Callable[[], Any]) -> float:
    start = time.perf_counter()
    read()
    return (time.perf_counter() - start) * 1000


def compare(name: str, uow: UnitOfWork, engine: Engine, read: Callable[[], Any]) -> None:
    """Run both in turn, so that changes in the machine's speed affect both."""

    def through_repository() -> None:
        kept = read()
        del kept

    statements = sent_by(engine, through_repository)
    cursor: Any = uow.session.connection().connection.cursor()
    # This is psycopg2's default; the connections of the engine use a faster JSON library.
    for register in (extras.register_default_json, extras.register_default_jsonb):
        register(cursor, loads=json.loads)

    def through_psycopg2() -> None:
        for statement, parameters in statements:
            cursor.execute(statement, parameters)
            cursor.fetchall()

    pairs = []
    for _ in range(TURNS):
        uow.session.expunge_all()
        pairs.append((milliseconds(through_repository), milliseconds(through_psycopg2)))
    ours, theirs = (statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"{name:<16} {ours:8.2f} ms  psycopg2 {theirs:8.2f} ms  ratio {ratio:.2f}", flush=True)


def main() -> None:
    engine = create_sync_engine(get_settings())
    with UnitOfWork(sessionmaker(engine)) as uow:
        ids = fill(uow)
        day = list(zip(ids[::2], ids[1::2], strict=True))[:20]
        compare("get_friction", uow, engine, lambda: uow.friction.get_friction(ids[0], ids[1]))
        compare("match day (20)", uow, engine, lambda: uow.friction.get_match_day(day))
        compare("top performers", uow, engine, lambda: uow.teams.get_top_performers(10))


if __name__ == "__main__":
    main()
