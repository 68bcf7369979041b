"""The engine knows no application: neither its texts nor its help name one."""

import re
from pathlib import Path
from typing import Final

import click

import schemaproof
from schemaproof.cli.main import group

SOURCES: Final = Path(schemaproof.__file__).parent
OF_AN_APPLICATION: Final = re.compile(
    r"monps|mon_ps|football|quantum|\bodds\b|bookmaker|\bleagues?\b|team_|\bmatches of\b",
    re.IGNORECASE,
)


def helps(command: click.Command, path: str) -> dict[str, str]:
    """The help of a command and of all below it, by what is typed."""
    context = click.Context(command, info_name=path)
    found = {path: command.get_help(context)}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            found |= helps(child, f"{path} {name}")
    return found


def test_no_file_of_the_engine_names_an_application() -> None:
    files = [
        path for path in SOURCES.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    assert len(files) > 200
    found = [
        f"{path.relative_to(SOURCES)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if OF_AN_APPLICATION.search(line)
    ]
    assert found == []


def test_no_help_of_the_engine_names_an_application() -> None:
    texts = helps(group, "schemaproof")
    assert len(texts) > 10
    assert [path for path, text in texts.items() if OF_AN_APPLICATION.search(text)] == []
