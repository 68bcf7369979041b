"""The command ``monps-db show``: rows of the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cli import data, logs
from schemaproof.cli import exit_codes, options
from schemaproof.cli.program import CommandGroup

if TYPE_CHECKING:
    from models import TeamQuantumDNA
    from repositories import UnitOfWork


def _listing(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every listing has."""
    limit = click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="NUMBER",
        default=20,
        show_default=True,
        help="Show at most this many rows.",
    )
    format_ = options.output_format("Format of the rows.", ["table", "json"])
    return limit(format_(command))


@click.group("show", cls=CommandGroup, epilog=exit_codes.TABLE)
def command() -> None:
    """Show rows of the tables."""
    logs.show_warnings()


@command.command("teams")
@click.option(
    "--league",
    metavar="NAME",
    help="Only teams of this league, by name. Default: the most profitable teams.",
)
@_listing
def teams(*, league: str | None, limit: int, format_: str) -> None:
    """Show teams."""
    columns = ("team_id", "team_name", "league", "tier", "best_strategy", "total_pnl", "win_rate")
    with _unit_of_work() as uow:
        rows = (
            uow.teams.get_top_performers(limit)
            if league is None
            else uow.teams.get_by_league(league)
        )
        _show(rows[:limit], columns, format_)


@command.command("strategies")
@click.option(
    "--team", metavar="NAME", help="Only strategies of the team whose name contains this."
)
@click.option("--market", metavar="NAME", help="Only strategies of this market.")
@_listing
def strategies(*, team: str | None, market: str | None, limit: int, format_: str) -> None:
    """Show strategies of a team or of a market, best return first."""
    columns = ("strategy_id", "team.team_name", "strategy_name", "market", "roi", "sample_size")
    if (team is None) == (market is None):
        raise click.UsageError("give either --team or --market")
    with _unit_of_work() as uow:
        if team is not None:
            rows = uow.strategies.get_team_strategies(_team(uow, team).team_id)
        else:
            rows = uow.strategies.get_best_by_market(str(market), limit)
        _show(rows[:limit], columns, format_)


@command.command("friction")
@click.option(
    "--min-score",
    type=float,
    metavar="NUMBER",
    default=70.0,
    show_default=True,
    help="Only pairs with a higher score.",
)
@click.option("--teams", nargs=2, metavar="NAME NAME", help="Only this pair, in either order.")
@_listing
def friction(*, min_score: float, teams: tuple[str, str] | None, limit: int, format_: str) -> None:
    """Show pairs of teams, highest friction first."""
    columns = (
        *("friction_id", "home_team.team_name", "away_team.team_name"),
        *("friction_score", "chaos_potential", "season"),
    )
    with _unit_of_work() as uow:
        if teams:
            one, other = (_team(uow, name) for name in teams)
            found = uow.friction.get_friction(one.team_id, other.team_id)
            rows = [found] if found else []
        else:
            rows = uow.friction.get_high_friction_matches(min_score, limit)
        _show(rows, columns, format_)


@command.command("picks")
@click.option("--agent", metavar="NAME", help="Only picks of this agent.")
@click.option(
    "--days",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    default=7,
    show_default=True,
    help="Only picks that kicked off within this many days.",
)
@_listing
def picks(*, agent: str | None, days: int, limit: int, format_: str) -> None:
    """Show picks, newest kick-off first."""
    columns = (
        *("pick_id", "match_date", "home_team", "away_team", "market", "selection"),
        *("odds_at_pick", "odds_at_close", "clv_percentage", "agent"),
    )
    with _unit_of_work() as uow:
        if agent is not None:
            rows = uow.tracking.get_by_agent(agent, limit)
        else:
            rows = uow.tracking.get_recent_picks(days, limit)
        _show(rows, columns, format_)


@contextmanager
def _unit_of_work() -> Iterator[UnitOfWork]:
    from core.errors import InvalidArgumentError

    try:
        with data.unit_of_work() as uow:
            yield uow
    except InvalidArgumentError as error:
        # The only arguments are the options of the command.
        raise click.UsageError(str(error)) from error


def _team(uow: UnitOfWork, name: str) -> TeamQuantumDNA:
    from core.errors import AmbiguousNameError

    try:
        found = uow.teams.get_by_name(name)
    except AmbiguousNameError as error:
        raise click.UsageError(str(error)) from error
    if found is None:
        raise click.UsageError(f"no team name contains {name!r}")
    return found


def _show(rows: Any, columns: tuple[str, ...], format_: str) -> None:
    from cli.rows import show

    show(rows, columns, format_=format_)
