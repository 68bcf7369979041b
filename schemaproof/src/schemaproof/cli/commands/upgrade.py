"""The command ``upgrade``."""

from typing import Any

import click

from schemaproof.cli import exit_codes, migrating


@click.command("upgrade", epilog=exit_codes.TABLE)
@click.argument("revision", required=False)
@migrating.options
def command(revision: str | None, **options: Any) -> int:
    """Apply revisions, up to REVISION, as alembic upgrade does.

    Without one it is what target in [tool.schemaproof] says, else head.

    REVISION is an id or how it begins, head, heads, or relative: +1.
    """
    return migrating.run("upgrade", revision, **options)
