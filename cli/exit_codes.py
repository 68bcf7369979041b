"""What the exit code of every command says; the first that applies."""

from __future__ import annotations

from typing import Final

from introspection.findings import Kind, Report

OK: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
PENDING: Final = 3
TAMPERED: Final = 4
INCOMPLETE: Final = 6
INTERRUPTED: Final = 130

TABLE: Final = """\
\b
Exit codes, the first that applies:
  130  interrupted
    2  usage or configuration
    6  could not complete: no connection, no privilege, time-out, bad data
    4  history tampered with
    5  unsafe migration
    1  drift, missing revision or unmodelled object
    3  only pending revisions
    0  nothing to report
"""


def of_report(report: Report, *, strict: bool) -> int:
    """Return the exit code for what a check found; ``strict`` also fails on what it could not."""
    kinds = report.kinds()
    if kinds[Kind.TAMPERED]:
        return TAMPERED
    failing = {Kind.DRIFT, Kind.MISSING_REVISION, Kind.UNMODELLED}
    if strict:
        failing.add(Kind.UNVERIFIED)
    if any(kinds[kind] for kind in failing):
        return FINDINGS
    return PENDING if kinds[Kind.PENDING] else OK
