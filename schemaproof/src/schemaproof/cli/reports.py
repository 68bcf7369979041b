"""Write a report to the terminal, a pipe or a file."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from schemaproof.cli.output import put
from schemaproof.findings.findings import Report
from schemaproof.findings.location import DECLARED_IN

if TYPE_CHECKING:
    from schemaproof.output.documents import Document
    from schemaproof.project import Project
    from schemaproof.schema.database_objects import Snapshot

FORMATS: Final = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html")
"""The formats of reports; the module ``schemaproof.report.NAME`` writes each."""
_WITH_LINES: Final = frozenset({"sarif", "github", "gitlab", "markdown"})
"""The formats that name the file and the line of each finding, for the review of a change."""
_WANT_A_FILE: Final = frozenset({"sarif", "gitlab"})


@dataclass(frozen=True, slots=True)
class Writer:
    """The writer of a report.

    Attributes:
        project: The project of the files.
        format_: One of ``FORMATS``; text on a terminal has tables and colours.
        output: The file to write, as a whole or not at all; stdout when None.
        expected: The expected schema, for the picture of a page; the head's when None.
    """

    project: Project
    format_: str
    output: Path | None
    expected: Snapshot | None = None

    def write(self, report: Report) -> None:
        """Write the report in the chosen format.

        Raises:
            SchemaproofError: The file cannot be written.
        """
        if self.output is None and self.format_ == "text" and sys.stdout.isatty():
            from schemaproof.report import terminal

            terminal.render(report)
            return
        if self.format_ in _WITH_LINES and report.findings:
            report = self._with_lines(report)
        put(self._rendered(report), self.output)

    def _rendered(self, report: Report) -> Document:
        if self.format_ == "html":
            from schemaproof.cli.report_pictures import report_drawing
            from schemaproof.report import html

            drawing, note = report_drawing(report, self.project, self.expected)
            return html.render(report, note=note, drawing=drawing)
        document: Document = import_module(f"schemaproof.report.{self.format_}").render(report)
        return document

    def write_sql(self, report: Report, *, destructive: bool) -> None:
        """Write the script that repairs the drift."""
        from schemaproof.report import sql

        put(sql.render(report, destructive=destructive), self.output)

    def _with_lines(self, report: Report) -> Report:
        """Add file and line to findings, relative to the repository's folder."""
        from schemaproof.check.locations import with_locations
        from schemaproof.history.project_probe import ProjectProbe

        with ProjectProbe(self.project) as probe:
            found = with_locations(report, probe).findings
        usual = DECLARED_IN if self.format_ in _WANT_A_FILE else None
        places = [one.location or usual for one in found]
        moved = [place and place.in_repository(self.project.root) for place in places]
        pairs = zip(found, moved, strict=True)
        return replace(report, findings=tuple(replace(one, location=place) for one, place in pairs))
