"""The command ``upgrade``."""

from typing import Any

import click

from schemaproof.cli import exit_codes, migrating


@click.command("upgrade", epilog=exit_codes.TABLE)
@click.argument("revision", required=False)
@migrating.options
def command(revision: str | None, **options: Any) -> int:
    """Apply revisions, as alembic upgrade does.

    REVISION is where to stop: an id, the beginning of one, head, heads, or relative (+1). Without
    it, the target of [tool.schemaproof] is used, else head.
    """
    return migrating.run("upgrade", revision, **options)
