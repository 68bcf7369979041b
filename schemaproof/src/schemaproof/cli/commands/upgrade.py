"""The command ``upgrade``."""

from typing import Any

import click

from schemaproof.cli import exit_codes, migrating


@click.command("upgrade", epilog=exit_codes.TABLE)
@click.argument("revision", default="head")
@migrating.options
def command(revision: str, **options: Any) -> int:
    """Apply revisions, up to REVISION (default: head), as alembic upgrade does.

    REVISION is an id or how it begins, head, heads, or relative: +1.
    """
    return migrating.run("upgrade", revision, **options)
