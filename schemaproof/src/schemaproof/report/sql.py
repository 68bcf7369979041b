"""The repairs of a report as one script, for people to read before they run it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemaproof.connection import own_settings
from schemaproof.findings.findings import Kind, Report
from schemaproof.findings.steps import Phase, Step
from schemaproof.output.documents import Document
from schemaproof.program import with_program
from schemaproof.report.script import commented, script

_HEAD = """\
-- Takes the drift back that {program} check found. Read it before you run it:
--   psql --set=ON_ERROR_STOP=1 --file=THIS_FILE"""

_PATH: Final = f"{own_settings.SEARCH_PATH_FOR_TRANSACTION};"
# What the body of a function needs may be created after it.
_UNCHECKED: Final = ("SET LOCAL check_function_bodies = off;",)


def render(report: Report, *, destructive: bool) -> Document:
    """Return the script.

    Args:
        report: What a check found. Objects with an accepted difference are left alone, and so is
            what no model knows.
        destructive: Whether statements that can lose data are in force, or commented out.
    """
    accepted = {finding.path for finding in report.findings if finding.kind is Kind.ACCEPTED}
    steps = [step for step in report.repairs if step.path not in accepted]
    if not steps:
        return Document("-- There is no drift to repair.")
    lines = [line for step in steps for line in _lines(step, destructive=destructive)]
    routines = any(step.phase is Phase.CREATE_ROUTINES for step in steps)
    return Document(
        "\n".join(
            [
                # Before any name: a comment can hold one, too.
                *(f"{statement};" for statement in own_settings.FOR_SCRIPT),
                *(with_program(_HEAD), "", "BEGIN READ WRITE;", _PATH),
                *(*(_UNCHECKED * routines), *lines),
                "COMMIT;",
                f"{own_settings.AFTER_SCRIPT};",
            ]
        )
    )


def _lines(step: Step, *, destructive: bool) -> Iterator[str]:
    statement = f"{step.sql};"
    if step.unmodelled:
        yield "-- No model knows this object. To remove it:"
    elif step.shared:
        yield "-- Others may need it as it is. To change it:"
    elif step.destructive and not destructive:
        yield "-- Data can be lost by this. To run it: --destructive"
    else:
        yield script(statement)
        return
    yield commented(statement)
