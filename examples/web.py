"""A web service on the data access: each request has one session.

    pip install 'fastapi[standard]' '.[async,metrics]'
    fastapi run examples/web.py

``scope="function"`` matters: the dependency then ends before the response is sent, so that no
client receives a success whose commit fails afterwards.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from core import database
from core.errors import (
    AmbiguousNameError,
    ConstraintViolationError,
    DataAccessError,
    InvalidArgumentError,
    MonpsError,
    NotFoundError,
    UniqueViolationError,
)
from core.metrics.prometheus import CONTENT_TYPE, PrometheusMetrics
from models import TeamQuantumDNA
from repositories import AsyncUnitOfWork, UnitOfWork

# The seconds that a readiness probe may take; the caller will ask again.
READY_WITHIN: Final = 2.0

# The first entry that matches is used. Any other error is a fault of the service.
STATUS: Final[tuple[tuple[type[DataAccessError], int], ...]] = (
    (NotFoundError, 404),
    (UniqueViolationError, 409),
    (AmbiguousNameError, 409),
    (ConstraintViolationError, 422),
    (InvalidArgumentError, 422),
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Refuse to start on a database with another schema; close the connections at the end."""
    with PrometheusMetrics() as app.state.metrics:
        try:
            await database.require_schema_async()
            yield
        finally:
            await database.reset_async()
            database.reset()


app = FastAPI(title="Mon_PS", lifespan=lifespan)


async def reading_session(
    x_position: Annotated[str | None, Header()] = None,
) -> AsyncIterator[AsyncSession]:
    """Open a session on a replica that has replayed the write at the given position."""
    async with database.get_async_read_db(wait_for=x_position) as session:
        yield session


Writing = Annotated[Session, Depends(database.get_db_dependency, scope="function")]
WritingAsync = Annotated[AsyncSession, Depends(database.get_async_db_dependency, scope="function")]
ReadingAsync = Annotated[AsyncSession, Depends(reading_session, scope="function")]


class Team(BaseModel):
    """A team as clients receive it."""

    model_config = ConfigDict(from_attributes=True)

    team_name: str
    league: str
    total_pnl: float | None = None


@app.exception_handler(DataAccessError)
async def refuse(_: Request, error: DataAccessError) -> JSONResponse:
    """Answer with the message of the error, which repeats no value of a row."""
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    return JSONResponse({"detail": error.message, "remedy": error.remedy}, status)


@app.get("/health")
async def health() -> JSONResponse:
    """Return whether the database answers."""
    is_up = await database.check_async_connection()
    return JSONResponse({"database": is_up}, 200 if is_up else 503)


@app.get("/healthz")
async def liveness() -> JSONResponse:
    """Return that the service itself answers: a restart would not help a lost database."""
    return JSONResponse({"alive": True})


@app.get("/readyz")
async def readiness() -> JSONResponse:
    """Return whether requests can be served: the pool has a connection, the schema is right."""
    try:
        async with asyncio.timeout(READY_WITHIN):
            await database.require_schema_async()
    except TimeoutError:
        return JSONResponse({"ready": False, "reason": "the database does not answer in time"}, 503)
    except MonpsError as error:
        answer = {"ready": False, "reason": error.message, "remedy": error.remedy}
        return JSONResponse(answer, 503)
    return JSONResponse({"ready": True})


@app.get("/metrics")
async def show_metrics() -> Response:
    """Show the metrics to Prometheus, without a query to the database."""
    return Response(app.state.metrics.exposition(), media_type=CONTENT_TYPE)


@app.get("/teams/{name}")
async def read_team(name: str, session: ReadingAsync) -> Team:
    """Return a team by its name, or by a part of the name that no other team has."""
    team = await AsyncUnitOfWork(session).teams.get_by_name(name)
    if team is None:
        raise NotFoundError("no team of this name")
    return Team.model_validate(team)


@app.post("/teams", status_code=201)
async def create_team(team: Team, session: WritingAsync, response: Response) -> Team:
    """Create a team; ``X-Position`` in the response is the WAL position of its commit."""
    uow = AsyncUnitOfWork(session)
    created = await uow.teams.create(TeamQuantumDNA(**team.model_dump()))
    await uow.commit()
    response.headers["X-Position"] = await database.async_wal_position(session)
    return Team.model_validate(created)


@app.put("/teams")
async def write_teams(teams: list[Team], session: WritingAsync) -> dict[str, int]:
    """Create or change many teams; the dependency commits."""
    rows = [team.model_dump() for team in teams]
    return asdict(await AsyncUnitOfWork(session).teams.upsert_many(rows))


@app.put("/teams/{name}/pnl")
def set_pnl(name: str, total_pnl: float, session: Writing) -> Team:
    """Change a team, in a worker thread; the dependency commits."""
    teams = UnitOfWork(session).teams
    team = teams.get_by_name(name)
    if team is None:
        raise NotFoundError("no team of this name")
    team.total_pnl = total_pnl
    return Team.model_validate(teams.update(team))
