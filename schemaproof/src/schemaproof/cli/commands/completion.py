"""The command ``completion``."""

import click
from click.shell_completion import get_completion_class

from schemaproof.cli import exit_codes, output
from schemaproof.output.documents import Document


@click.command("completion", epilog=exit_codes.TABLE)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    For bash, append it to ~/.bashrc.
    """
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"no completion for {shell}")
    root = context.find_root()
    program = root.info_name or ""
    variable = f"_{program.replace('-', '_').upper()}_COMPLETE"
    output.put(Document(completion(root.command, {}, program, variable).source()))
