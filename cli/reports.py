"""A report on its way out: to the terminal, into a pipe, into a file."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from core.errors import MonpsError
from introspection.findings import Report

FORMATS: Final = ("text", "json", "sarif", "junit", "github", "markdown", "html")
"""Each is written by ``introspection.render.NAME``."""


def write(report: Report, *, format_: str, output: Path | None) -> None:
    """Write a report.

    Args:
        report: The report.
        format_: One of ``FORMATS``; text on a terminal has tables and colours.
        output: The file to write, as a whole or not at all; stdout when None.

    Raises:
        MonpsError: The file cannot be written.
    """
    if output is None and format_ == "text" and sys.stdout.isatty():
        from introspection.render import terminal

        terminal.render(report)
        return
    put(import_module(f"introspection.render.{format_}").render(report), output)


def write_sql(report: Report, *, destructive: bool, output: Path | None) -> None:
    """Write the script that takes the drift back.

    Raises:
        MonpsError: The file cannot be written.
    """
    from introspection.render import sql

    put(sql.render(report, destructive=destructive), output)


def put(text: str, output: Path | None) -> None:
    """Write a text: into a file as a whole or not at all, or to stdout.

    Raises:
        MonpsError: The file cannot be written.
    """
    if output is None:
        click.echo(text)
    else:
        write_file(output, f"{text}\n")


def write_file(output: Path, text: str) -> None:
    """Write a file as a whole or not at all.

    Raises:
        MonpsError: It cannot be written.
    """
    partial = output.with_name(f".{output.name}.partial")
    try:
        if output.exists() and not output.is_file():  # a device or a pipe
            output.write_text(text, "utf-8")
            return
        try:
            partial.write_text(text, "utf-8")
            partial.replace(output)
        finally:
            with suppress(OSError):
                partial.unlink()
    except OSError as error:
        raise MonpsError(
            f"{output} cannot be written: {error.strerror}", remedy="name a file that can"
        ) from error
