"""The command ``upgrade``."""

from typing import Any

import click

from schemaproof.cli import exit_codes, migrating


@click.command("upgrade", epilog=exit_codes.TABLE)
@click.argument("revision", required=False)
@click.option(
    "--phase",
    type=click.Choice(["expand", "contract"]),
    default="contract",
    help="With expand, stop before changes that break running versions of the application.",
)
@migrating.options
def command(revision: str | None, *, phase: str, **options: Any) -> int:
    """Apply revisions, as alembic upgrade does.

    REVISION is where to stop: an id, the beginning of one, head, heads, or relative (+1; not with
    --phase expand). Without it, the target of [tool.schemaproof] is used, else head.
    """
    return migrating.run("upgrade", revision, is_expanding=phase == "expand", **options)
