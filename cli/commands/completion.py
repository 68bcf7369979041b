"""``monps-db completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from cli import exit_codes, output
from core.documents import Document


@click.command("completion", epilog=exit_codes.TABLE)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    For bash: monps-db completion bash >> ~/.bashrc
    """
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"no completion for {shell}")
    group = context.find_root().command
    output.put(Document(completion(group, {}, "monps-db", "_MONPS_DB_COMPLETE").source()))
