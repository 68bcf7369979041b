"""The command ``downgrade``."""

from typing import Any

import click

from schemaproof.cli import exit_codes, migrating


@click.command(
    "downgrade",
    epilog=exit_codes.TABLE,
    # A relative revision (-1) is no option.
    context_settings={"ignore_unknown_options": True},
)
@click.argument("revision")
@click.option("--accept-data-loss", is_flag=True, help="Undo also what drops tables or columns.")
@migrating.options
def command(revision: str, **options: Any) -> int:
    """Undo revisions, down to REVISION, as alembic downgrade does.

    REVISION is an id or how it begins, base, or relative: -1. With --sql: FROM:TO. What loses data
    is refused (exit code 5), and named, unless that is accepted.
    """
    return migrating.run("downgrade", revision, **options)
