"""The command ``monps-db load``: load rows from files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import data, logs
from schemaproof.cli import exit_codes, output
from schemaproof.cli.program import CommandGroup

if TYPE_CHECKING:
    from loading.football_data.account import Account
    from loading.merge import Merged
    from repositories.clv import ClosedPicks


@click.group("load", cls=CommandGroup, epilog=exit_codes.TABLE)
def command() -> None:
    """Load rows from files into the tables.

    Each load is one transaction. Loading the same file again changes nothing.
    """
    logs.show_warnings()


@command.command("quantum-adn")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def quantum_adn(directory: Path) -> None:
    """Load teams, strategies and friction of Quantum ADN 2.0.

    DIRECTORY holds team_quantum_dna.jsonl, quantum_strategies.jsonl and
    quantum_friction_matrix.jsonl. The ids of the files are kept.
    """
    from loading import quantum_adn as files

    paths = [directory / f"{name}.jsonl" for name in files.FILES]
    with _progress(_lines(paths)) as on_progress, data.unit_of_work() as uow:
        done = files.load(uow, directory, on_progress)
        uow.commit()
    _say(done)


@command.command("odds")
@click.argument(
    "paths",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option("--strict", is_flag=True, help="Load nothing when a row is refused.")
@click.option(
    "--close-picks", is_flag=True, help="Afterwards fill closing odds and CLV of open picks."
)
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first"]),
    help="Order of day and month in dates. Without it, a file with month-first dates is refused.",
)
@click.option(
    "--names",
    "more_names",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="TOML",
    help="Read more names of teams, leagues and bookmakers from this file.",
)
@click.option(
    "--unknown-names",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="TOML",
    help="Write unknown names to this new file, to fill in for --names.",
)
def odds(
    paths: tuple[Path, ...],
    *,
    strict: bool,
    close_picks: bool,
    dates: str | None,
    more_names: Path | None,
    unknown_names: Path | None,
) -> None:
    """Load odds from season files of football-data.co.uk.

    FILE is a season file, plain or compressed (.csv, .csv.gz), or a folder with season files at any
    depth. Loads opening and closing prices of match odds, totals and Asian handicap of every
    bookmaker; files of the extra leagues hold closing prices only. Refused rows are listed on
    stderr with line and reason, and give exit code 6; the other rows are loaded.
    """
    from cli import odds_files
    from loading.football_data import files, names
    from loading.football_data.dates import Order

    known = names.known() if more_names is None else names.with_more(names.known(), more_names)
    sources = odds_files.find(paths)
    with data.unit_of_work() as uow:
        with _progress(odds_files.total_size(sources)) as on_progress:
            merged, account = files.load(
                uow,
                sources,
                known=known,
                order=Order(dates) if dates else None,
                on_progress=on_progress,
            )
        odds_files.list_notes(account, unknown_names)
        if strict and account.refused_count:
            raise odds_files.refused(account, kept=False)
        closed = uow.tracking.close_picks() if close_picks else None
        uow.commit()
    _say_odds(merged, account, closed)
    if account.refused_count:
        raise odds_files.refused(account, kept=True)


def _say_odds(merged: Merged, account: Account, closed: ClosedPicks | None) -> None:
    from cli import odds_files

    output.say(f"files: {account.files}, matches: {account.matches}")
    _say({"odds": merged})
    if account.withdrawn:
        output.say(f"prices no longer in the files: {account.withdrawn}, kept unchanged")
    if closed is not None:
        output.say(*odds_files.describe(closed))


@command.command("sample")
@click.option("--remove", is_flag=True, help="Delete the sample rows instead.")
def sample(*, remove: bool) -> None:
    """Load generated sample rows, into the local server only."""
    from core import config, local_env
    from core.errors import ConfigurationError
    from core.project import find_project
    from loading import sample as generated
    from schemaproof import local_server

    settings = config.get_settings()
    if not local_env.points_to(settings, local_server(find_project())):
        raise ConfigurationError(
            f"the settings name {settings.display_url}, which is not the local server: no sample"
            " rows there",
            remedy="start a local one: make up",
        )
    done: Mapping[str, Merged] = {}
    removed: Mapping[str, int] = {}
    with data.unit_of_work() as uow:
        if remove:
            removed = generated.remove(uow)
        else:
            done = generated.load(uow)
        uow.commit()
    # This comes after the commit, because the output says that the rows are stored.
    _say(done)
    for table, count in removed.items():
        output.say(f"{table}: {count} removed")


def _say(done: Mapping[str, Merged]) -> None:
    for table, rows in done.items():
        output.say(
            f"{table}: {rows.created} created, {rows.updated} updated, {rows.unchanged} unchanged"
        )


def _lines(paths: list[Path]) -> int:
    """Count the lines of the files; a file that cannot be read is reported later."""
    total = 0
    for path in paths:
        if path.is_file():
            with suppress(OSError), path.open("rb") as file:
                total += sum(1 for _ in file)
    return total


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on stderr if it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=total, label="loading", file=sys.stderr) as bar:
        yield bar.update
