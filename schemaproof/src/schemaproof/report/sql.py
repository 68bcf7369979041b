"""The repairs of a report as one script, for people to read before they run it."""

from collections.abc import Iterator, Sequence
from typing import Final

from schemaproof.connection import own_settings
from schemaproof.findings.findings import Kind, Report
from schemaproof.findings.steps import Phase, Step
from schemaproof.findings.withheld import withheld
from schemaproof.output.documents import Document
from schemaproof.program import with_program
from schemaproof.report.script import commented, script

_HEAD = """\
-- Undoes the drift that {program} check found. Read it before you run it:
--   psql --set=ON_ERROR_STOP=1 --file=THIS_FILE"""

_PATH: Final = f"{own_settings.SEARCH_PATH_FOR_TRANSACTION};"
# The body of a function may need objects that the script creates later.
_UNCHECKED: Final = ("SET LOCAL check_function_bodies = off;",)


def render(report: Report, *, destructive: bool) -> Document:
    """Return the repairs as an SQL script.

    Args:
        report: The report of a check. Objects with an accepted difference are left alone, and so
            are objects that no model knows.
        destructive: Whether statements that can lose data are active; otherwise they are commented
            out.
    """
    accepted = {finding.path for finding in report.findings if finding.kind is Kind.ACCEPTED}
    left_out = withheld(report.repairs, accepted, destructive=destructive)
    steps = [step for step in report.repairs if step.path not in accepted]
    if not steps:
        return Document("-- There is no drift to repair.")
    lines = [line for step in steps for line in _lines(step, left_out.get(step.path))]
    routines = any(step.phase is Phase.CREATE_ROUTINES for step in steps)
    return Document(
        "\n".join(
            [
                # These settings come first, because a comment below may contain names in any
                # encoding.
                *(f"{statement};" for statement in own_settings.FOR_SCRIPT),
                *(with_program(_HEAD), *_in_the_way(steps), "", "BEGIN READ WRITE;", _PATH),
                *(*(_UNCHECKED * routines), *lines),
                "COMMIT;",
                f"{own_settings.AFTER_SCRIPT};",
            ]
        )
    )


def _in_the_way(steps: Sequence[Step]) -> Iterator[str]:
    """Yield the objects of others that must be removed before statements can run."""
    found = {other: step.path for step in steps for other in step.others}
    if found:
        yield "--"
        yield "-- These objects are left alone, and prevent the changes that are named behind them:"
        yield from (commented(f"{other}: {where}") for other, where in found.items())


def _lines(step: Step, reason: str | None) -> Iterator[str]:
    statement = f"{step.sql};"
    if step.unmodelled:
        reason = "No model knows this object. To remove it:"
    elif step.shared:
        reason = "Others may need it as it is. To change it:"
    if reason is None:
        yield script(statement)
        return
    yield commented(reason)
    yield commented(statement)
