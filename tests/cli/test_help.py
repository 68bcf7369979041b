"""The help of both programs: commands in groups, a sentence for each, readable at any width."""

import re
from collections.abc import Iterator
from typing import Final

import click
import pytest

from cli.main import group as monps_db
from schemaproof.cli import help_layout
from schemaproof.cli.main import group as schemaproof

PROGRAMS: Final = {"monps-db": monps_db, "schemaproof": schemaproof}


def context(command: click.Command, path: str = "", width: int = 80) -> click.Context:
    """Return a context like that of the programs, in which a command lists --help last."""
    return command.context_class(
        command,
        info_name=path,
        terminal_width=width,
        max_content_width=width,
        help_option_names=["-h", "--help"],
    )


def children(command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        here = context(command)
        for name in command.list_commands(here):
            if (child := command.get_command(here, name)) is not None:
                yield name, child


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    for name, child in children(command):
        yield from commands(child, f"{path} {name}")


ALL: Final = {
    path: command
    for program, group in PROGRAMS.items()
    for path, command in commands(group, program)
}
every_command = pytest.mark.parametrize("path", ALL)


def shown(path: str, columns: int) -> str:
    """Return the help of a command on a terminal that has two more columns."""
    return ALL[path].get_help(context(ALL[path], path, columns - 2))


@pytest.mark.parametrize("program", PROGRAMS)
def test_commands_are_grouped(program: str) -> None:
    headings = re.findall(r"^(\w[\w ]+):\n  [a-z]", shown(program, 80), re.MULTILINE)
    assert headings[:2] == ["Every day", "Schema changes"]
    assert "Commands" not in headings


@every_command
def test_no_help_is_cut(path: str) -> None:
    for columns in (40, 80, 200):
        assert not re.search(r"[a-z]\.\.\.$", shown(path, columns), re.MULTILINE)


@every_command
def test_no_line_is_longer_than_a_narrow_terminal(path: str) -> None:
    long = [line for line in shown(path, 40).splitlines() if len(line) > 40]
    # A long name is one word that cannot be wrapped; choices are.
    assert [line for line in long if len(line.split()) > 2 or "|" in line] == []


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, used in ((40, 38), (80, 78), (200, 78)):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert help_layout.width() == used


@every_command
def test_each_command_of_a_list_has_a_line_of_its_own(path: str) -> None:
    text = shown(path, 80)
    for name, child in children(ALL[path]):
        sentence = re.escape(child.get_short_help_str(1000))
        assert re.search(rf"^  {name} +{sentence}$", text, re.MULTILINE)


@every_command
def test_every_option_says_what_it_does(path: str) -> None:
    for option in ALL[path].params:
        if isinstance(option, click.Option):
            assert option.help
            assert re.fullmatch(r"[A-Z].*[.)]", option.help)
