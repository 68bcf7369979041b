"""A group of commands that are imported on first use, and the function that runs a program."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import click

from schemaproof.cli import error_boundary, exit_codes, help_layout, output
from schemaproof.errors import InterruptionError, OutputClosedError

if TYPE_CHECKING:
    from schemaproof.connection.target import Target

# Before click 8.2, a group without arguments shows its help itself and succeeds.
_NO_ARGUMENTS: Final[type[click.UsageError]] = getattr(
    click.exceptions, "NoArgsIsHelpError", click.NoSuchOption
)


class CommandGroup(click.Group):
    """A group whose help shows the first sentence of each command in full, under headings."""

    context_class = help_layout.HelpContext
    command_class = help_layout.HelpCommand
    headings: Mapping[str, Collection[str]] | None = None
    """The names of the commands under each heading; None for one heading over all commands."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of the commands."""
        names = self.list_commands(ctx)
        width = max(map(len, names))
        for heading, chosen in (self.headings or {"Commands": names}).items():
            commands = {name: self.get_command(ctx, name) for name in chosen}
            with formatter.section(heading):
                formatter.write_dl(
                    [
                        (name.ljust(width), command.get_short_help_str(limit=sys.maxsize))
                        for name, command in commands.items()
                        if command is not None
                    ]
                )


class LazyGroup(CommandGroup):
    """A group that imports a command (``command`` of its module) when it is needed.

    Args:
        args: The positional arguments of the base class.
        modules: The commands under each heading of the help, each with its module.
        common: Options that the group and all commands have besides their own.
        kwargs: The keyword arguments of the base class.
    """

    def __init__(
        self,
        *args: Any,
        modules: Mapping[str, Mapping[str, str]],
        common: Sequence[click.Option] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headings = modules
        self._modules = dict(chain.from_iterable(each.items() for each in modules.values()))
        self._common = common
        self.params = [*self.params, *common]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands."""
        return sorted(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in self._modules:
            return None
        module = import_module(self._modules[cmd_name])
        command: click.Command = copy(module.command)
        command.params = [*command.params, *self._common]
        command.context_class = help_layout.HelpContext
        if isinstance(command, LazyGroup):
            command._common = self._common  # noqa: SLF001 -- of a copy of our own
        return command

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the arguments, which may print the help."""
        with _own_exit_codes():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with _own_exit_codes():
            return super().invoke(ctx)


@contextmanager
def _own_exit_codes() -> Iterator[None]:
    """Replace exceptions for which click would exit with code 1, which means drift here."""
    try:
        yield
    except BrokenPipeError as error:
        raise OutputClosedError("the output was closed before it was complete") from error
    except KeyboardInterrupt as error:
        raise InterruptionError("interrupted") from error


def run(group: click.Group, *, target: Target, arguments: Sequence[str] | None = None) -> None:
    """Run a program, and exit.

    Args:
        group: The commands of the program; all take ``--debug``.
        target: The project and the database that the commands work on, and the name of the
            program.
        arguments: The arguments of the command line; those of the process when None.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    debug = "--debug" in given
    if debug:
        # The option counts anywhere on the line, because people append it after an error.
        given = ["--debug", *(argument for argument in given if argument != "--debug")]

    def command() -> int | None:
        try:
            code: int | None = group.main(
                given,
                prog_name=target.program,
                standalone_mode=False,
                obj=target,
                terminal_width=help_layout.width(),
            )
        except _NO_ARGUMENTS as error:
            output.say(*error.format_message().splitlines(), err=True)
            return exit_codes.USAGE
        return code

    sys.exit(error_boundary.run(command, target=target, debug=debug))
