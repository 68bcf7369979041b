"""A report on its way out: to the terminal, into a pipe, into a file."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from schemaproof.cli.output import put
from schemaproof.findings.findings import Report
from schemaproof.findings.location import DECLARED_IN

if TYPE_CHECKING:
    from schemaproof.project import Project

FORMATS: Final = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html")
"""Each is written by ``schemaproof.report.NAME``."""
_WITH_LINES: Final = frozenset({"sarif", "github", "gitlab", "markdown"})
"""For the review of a change: whoever reads it wants to know which line each finding is about."""
_WANT_A_FILE: Final = frozenset({"sarif", "gitlab"})


def write(report: Report, *, format_: str, output: Path | None, project: Project) -> None:
    """Write a report.

    Args:
        report: The report.
        format_: One of ``FORMATS``; text on a terminal has tables and colours.
        output: The file to write, as a whole or not at all; stdout when None.
        project: Whose files the findings are about.

    Raises:
        SchemaproofError: The file cannot be written.
    """
    if output is None and format_ == "text" and sys.stdout.isatty():
        from schemaproof.report import terminal

        terminal.render(report)
        return
    if format_ in _WITH_LINES and report.findings:
        report = _with_lines(report, project, any_file=format_ in _WANT_A_FILE)
    put(import_module(f"schemaproof.report.{format_}").render(report), output)


def _with_lines(report: Report, project: Project, *, any_file: bool) -> Report:
    """Name the lines, in files as they are found from the repository's folder on."""
    from schemaproof.check.locations import with_locations

    found = with_locations(report, project).findings
    places = [one.location or (DECLARED_IN if any_file else None) for one in found]
    moved = [place and place.in_repository(project.root) for place in places]
    pairs = zip(found, moved, strict=True)
    return replace(report, findings=tuple(replace(one, location=place) for one, place in pairs))


def write_sql(report: Report, *, destructive: bool, output: Path | None) -> None:
    """Write the script that takes the drift back.

    Raises:
        SchemaproofError: The file cannot be written.
    """
    from schemaproof.report import sql

    put(sql.render(report, destructive=destructive), output)
