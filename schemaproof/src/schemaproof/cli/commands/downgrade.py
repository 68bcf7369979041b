"""The command ``downgrade``."""

from typing import Any

import click

from schemaproof.cli import exit_codes, migrating


@click.command(
    "downgrade",
    epilog=exit_codes.TABLE,
    # A relative revision, such as -1, must not be read as an option.
    context_settings={"ignore_unknown_options": True},
)
@click.argument("revision")
@click.option(
    "--accept-data-loss",
    is_flag=True,
    help="Undo even revisions whose downgrade drops tables or columns.",
)
@migrating.options
def command(revision: str, **options: Any) -> int:
    """Undo revisions, as alembic downgrade does.

    REVISION is where to stop: an id, the beginning of one, base, or relative (-1). With --sql it is
    FROM:TO. A downgrade that loses data is refused with exit code 5, and the message names what
    would be lost.
    """
    return migrating.run("downgrade", revision, **options)
