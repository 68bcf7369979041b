"""``monps-db``: the commands of schemaproof, and the commands for data."""

from collections.abc import Sequence
from typing import Final

import click

from cli import logs
from core.target import TARGET
from schemaproof.cli import exit_codes, proof_commands
from schemaproof.cli.program import LazyGroup, run

COMMANDS: Final = {
    **proof_commands.COMMANDS,
    "Existing database": {
        **proof_commands.COMMANDS["Existing database"],
        "import-legacy": "cli.commands.import_legacy",
    },
    "Data": {
        "load": "cli.commands.load",
        "report": "cli.commands.report",
        "show": "cli.commands.show",
    },
    "Server": {"server": "cli.commands.server"},
}


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=exit_codes.TABLE,
)
@click.option("--debug", is_flag=True, help="Show tracebacks and log messages.")
@click.version_option(package_name="monps-db", message="%(prog)s %(version)s")
def group(*, debug: bool) -> None:
    """Prove that models, migration history and database agree."""
    if debug:
        logs.show_everything()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``monps-db`` and exit."""
    run(group, target=TARGET, arguments=arguments)
