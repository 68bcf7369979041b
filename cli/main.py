"""``monps-db``: the command group; each command is imported when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import click

from cli import boundary, exit_codes, logs, output
from core.errors import InterruptionError, OutputClosedError
from core.target import TARGET

PROGRAM: Final = "monps-db"
COMMANDS: Final = (
    *("adopt", "check", "completion", "downgrade", "history", "import-legacy", "lint", "load"),
    "metrics",
    *("plan", "report", "revision", "roles", "server", "show", "snapshot", "status", "upgrade"),
)


class LazyGroup(click.Group):
    """A group that finds the command A-NAME in ``cli.commands.a_name`` when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cli.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the arguments, which may print the help."""
        with _past_click():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with _past_click():
            return super().invoke(ctx)


@contextmanager
def _past_click() -> Iterator[None]:
    """Get past click what it would answer itself: with exit code 1, which is drift here."""
    try:
        yield
    except BrokenPipeError as error:
        raise OutputClosedError("the output was closed before it was complete") from error
    except KeyboardInterrupt as error:
        raise InterruptionError("interrupted") from error


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=exit_codes.TABLE,
)
@click.option("--debug", is_flag=True, help="Show tracebacks, and what is done.")
@click.version_option(package_name="monps-db", message="%(prog)s %(version)s")
def group(*, debug: bool) -> None:
    """Prove that models, migration history and database agree."""
    if debug:
        logs.show_everything()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``monps-db`` and exit."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    debug = "--debug" in given
    if debug:  # anywhere: who has just seen an error adds it at the end of the line
        given = ["--debug", *(argument for argument in given if argument != "--debug")]

    def command() -> int | None:
        try:
            code: int | None = group.main(
                given, prog_name=PROGRAM, standalone_mode=False, obj=TARGET
            )
        except click.exceptions.NoArgsIsHelpError as error:
            output.say(*error.format_message().splitlines(), err=True)
            return exit_codes.USAGE
        return code

    sys.exit(boundary.run(command, program=PROGRAM, target=TARGET, debug=debug))
