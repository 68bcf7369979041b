"""``schemaproof``: the commands, on the project of the working directory."""

from __future__ import annotations

from collections.abc import Sequence

import click

from schemaproof.cli import exit_codes
from schemaproof.cli.program import LazyGroup, run
from schemaproof.cli.proof_commands import COMMANDS
from schemaproof.connection.url_target import UrlTarget


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=exit_codes.TABLE,
)
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(package_name=UrlTarget.program, message="%(prog)s %(version)s")
def group(*, debug: bool) -> None:
    """Prove that models, migration history and database agree.

    The database is the one that DATABASE_URL names.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``schemaproof`` and exit."""
    run(group, target=UrlTarget(), arguments=arguments)
