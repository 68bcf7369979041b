"""The command ``monps-db report``: figures about the data."""

from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from cli import data, logs
from schemaproof.cli import exit_codes, options, output
from schemaproof.cli.program import CommandGroup

GROUPS: Final = ("league", "market", "agent", "bookmaker")

_DAY: Final = click.DateTime(["%Y-%m-%d"])


def _drawable(
    _context: click.Context, _parameter: click.Parameter, plot: Path | None
) -> Path | None:
    from cli.clv_plot import FORMATS

    if plot is not None and plot.suffix and plot.suffix[1:].lower() not in FORMATS:
        raise click.BadParameter(f"{plot.name!r} must end in .svg or .png.")
    return plot


@click.group("report", cls=CommandGroup, epilog=exit_codes.TABLE)
def command() -> None:
    """Report on the data.

    Needs the extra "report": pip install '.[report]'
    """
    logs.show_warnings()


@command.command("clv")
@click.option(
    "--by",
    "groups",
    type=click.Choice(GROUPS),
    multiple=True,
    default=GROUPS,
    help="Group picks by this. Repeatable. Default: all groups.",
)
@click.option(
    "--since",
    type=_DAY,
    metavar="DATE",
    help="Only picks that kicked off on this day (UTC) or later.",
)
@click.option(
    "--until",
    type=_DAY,
    metavar="DATE",
    help="Only picks that kicked off on this day (UTC) or earlier.",
)
@options.output_format("Format of the figures.", ["table", "csv"])
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    callback=_drawable,
    help="Also draw the CLV over time into a .svg or .png file.",
)
@click.option(
    "--dark",
    is_flag=True,
    help="Draw a .png for dark pages. A .svg fits light and dark pages by itself.",
)
@click.option(
    "--every",
    type=click.Choice(["day", "week", "month"]),
    default="week",
    show_default=True,
    help="Length of time that each point of the plot covers.",
)
def clv(
    *,
    groups: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    format_: str,
    plot: Path | None,
    dark: bool,
    every: str,
) -> None:
    """Report the closing line value (CLV) of picks.

    Shows the number of picks, the mean and median CLV and the 95 % confidence interval of the mean.
    The interval is Student's t over matches, because picks on one match are not independent.
    """
    _need_the_extra()
    from cli import clv_plot, clv_table

    with data.unit_of_work() as uow:
        summary = uow.tracking.get_clv_summary(_day(since), _day(until), every)
    if plot is not None:
        clv_plot.write(summary, every, plot, dark=dark)
    chosen = [group for dimension in ("all", *groups) for group in summary.by(dimension)]
    clv_table.write(chosen, format_=format_)
    if not chosen:
        output.say("no pick has a CLV here: monps-db load odds FILE... --close-picks", err=True)
    if summary.open_picks:
        output.say(f"open picks: {summary.open_picks:,}", err=True)


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


def _need_the_extra() -> None:
    from importlib.util import find_spec

    from core.errors import ConfigurationError

    if missing := [name for name in ("matplotlib", "scipy") if find_spec(name) is None]:
        raise ConfigurationError(
            f"{' and '.join(missing)} must be installed for reports",
            remedy="pip install '.[report]'",
        )
