"""docs/commands.md, written from what the commands say of themselves.

python -m tests.docs.reference
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from cli.main import group
from schemaproof_testing.project import ROOT

PAGE: Final = ROOT / "docs" / "commands.md"
WIDTH: Final = 80


def reference() -> str:
    """The page as it should be."""
    sections = [f"## {path}\n\n```\n{text}\n```\n" for path, text in _helps(group, "monps-db")]
    return "# Commands\n\n" + "\n".join(sections)


def _helps(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    context = click.Context(command, info_name=path, max_content_width=WIDTH, terminal_width=WIDTH)
    context.help_option_names = ["-h", "--help"]
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (child := command.get_command(context, name)) is not None:
                yield from _helps(child, f"{path} {name}")


if __name__ == "__main__":
    PAGE.write_text(reference(), "utf-8")
