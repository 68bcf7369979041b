"""Options that several commands have."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any] | click.Command)
FILE: Final = click.Path(dir_okay=False, path_type=Path)


def output_format(
    text: str, choices: Sequence[str] = ("text", "json")
) -> Callable[[_Command], _Command]:
    """Return the option ``--format`` (parameter ``format_``); its default is the first choice."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help=text,
    )


def file(*names: str, text: str) -> Callable[[_Command], _Command]:
    """Return an option that names a file."""
    return click.option(*names, type=FILE, metavar="FILE", help=text)


def schemas(text: str) -> Callable[[_Command], _Command]:
    """Return the repeatable option ``--schema`` (parameter ``schemas``)."""
    return click.option("--schema", "schemas", multiple=True, metavar="NAME", help=text)


def tenants(text: str) -> Callable[[_Command], _Command]:
    """Return the repeatable option ``--tenant`` (parameter ``tenants``)."""
    return click.option("--tenant", "tenants", multiple=True, metavar="SCHEMA", help=text)
