"""The command ``monps-db import-legacy``: copy rows of the old quantum tables."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cli import data
from schemaproof.cli import exit_codes, options


@click.command("import-legacy", epilog=exit_codes.TABLE)
@click.option("--dry-run", is_flag=True, help="Do everything, report it, and roll it back.")
@click.option(
    "--season",
    default="2024-25",
    show_default=True,
    metavar="TEXT",
    help="Season to record for strategies and pairs; the old tables hold none.",
)
@click.option(
    "--time-zone",
    default="UTC",
    show_default=True,
    metavar="NAME",
    help="Time zone of the old timestamps; the old tables hold none.",
)
@options.file(
    "--leagues", text="File of JSON Lines with team_name and league, for teams without a league."
)
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="ROWS",
    help="Copy this many rows in one transaction.",
)
@options.output_format("Format of the report.")
@options.file("--output", text="Write the report to a file.")
def command(
    *,
    dry_run: bool,
    season: str,
    time_zone: str,
    leagues: Path | None,
    batch_size: int,
    format_: str,
    output: Path | None,
) -> int:
    """Copy the rows of the old quantum tables into the new ones.

    The old tables (team_profiles, team_strategies, matchup_friction) are only read. Importing again
    copies what is new, even after an interrupted import. The report accounts for every row and
    every column. Exit code 6 when rows could not be copied.
    """
    from cli import legacy_report
    from loading.legacy import leagues as league_file
    from loading.legacy.importing import Options, import_legacy
    from schemaproof.cli.connection import connected
    from schemaproof.cli.output import put

    chosen = Options(
        season=season,
        time_zone=time_zone,
        leagues={} if leagues is None else league_file.read(leagues),
        batch_size=batch_size,
        dry_run=dry_run,
    )
    with connected() as connection, _progress() as on_progress:
        with connection.begin():
            data.refuse_strangers(connection)
        report = import_legacy(connection, chosen, on_progress)
    render = legacy_report.as_json if format_ == "json" else legacy_report.as_text
    put(render(report), output)
    return exit_codes.INCOMPLETE if report.refused else exit_codes.OK


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on stderr if it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    with click.progressbar(length=0, label="importing", file=sys.stderr) as bar:

        def on_progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done)

        yield on_progress
