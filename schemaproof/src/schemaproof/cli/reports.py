"""A report on its way out: to the terminal, into a pipe, into a file."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from schemaproof.cli.output import put
from schemaproof.findings.findings import Report

FORMATS: Final = ("text", "json", "sarif", "junit", "github", "markdown", "html")
"""Each is written by ``schemaproof.report.NAME``."""


def write(report: Report, *, format_: str, output: Path | None) -> None:
    """Write a report.

    Args:
        report: The report.
        format_: One of ``FORMATS``; text on a terminal has tables and colours.
        output: The file to write, as a whole or not at all; stdout when None.

    Raises:
        SchemaproofError: The file cannot be written.
    """
    if output is None and format_ == "text" and sys.stdout.isatty():
        from schemaproof.report import terminal

        terminal.render(report)
        return
    put(import_module(f"schemaproof.report.{format_}").render(report), output)


def write_sql(report: Report, *, destructive: bool, output: Path | None) -> None:
    """Write the script that takes the drift back.

    Raises:
        SchemaproofError: The file cannot be written.
    """
    from schemaproof.report import sql

    put(sql.render(report, destructive=destructive), output)
