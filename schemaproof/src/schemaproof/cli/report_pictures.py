"""The picture in a report: the tables of its findings, and the tables next to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemaproof.errors import HistoryError, SchemaproofError

if TYPE_CHECKING:
    from schemaproof.diagram.svg import Drawing
    from schemaproof.findings.findings import Report
    from schemaproof.project import Project
    from schemaproof.schema.database_objects import Snapshot


def report_drawing(
    report: Report, project: Project, expected: Snapshot | None
) -> tuple[Drawing | None, str]:
    """Return a drawing of a report, or the reason why there is none.

    Args:
        report: The findings.
        project: The project.
        expected: The expected schema; the head's when None.
    """
    from schemaproof.diagram.picture import picture
    from schemaproof.diagram.svg import drawing
    from schemaproof.history.history import load_history

    if not report.findings or project.tenants:
        return None, ""
    try:
        schema = expected or load_history(project).head_snapshot
        drawn = picture(schema, report.findings) if schema else None
        marked = [box.path for box in drawn.boxes if box.mark] if drawn else []
        if drawn is None or not marked:
            return None, ""
        return drawing(drawn.around(marked, depth=1).with_rows()), ""
    except HistoryError:
        # The findings already report this error.
        return None, ""
    except SchemaproofError as error:
        # A report without its picture is still useful.
        return None, f"The picture could not be drawn: {error}."
