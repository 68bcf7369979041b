"""The exit codes of all commands; the first that applies is returned."""

from typing import Final

import click

from schemaproof import exit_codes
from schemaproof.exit_codes import (
    FINDINGS,
    INCOMPLETE,
    INTERRUPTED,
    OK,
    PENDING,
    TAMPERED,
    UNSAFE,
    USAGE,
)
from schemaproof.findings.codes import Severity
from schemaproof.findings.findings import Kind, Report

__all__ = [
    "FINDINGS",
    "INCOMPLETE",
    "INTERRUPTED",
    "OK",
    "PENDING",
    "TAMPERED",
    "UNSAFE",
    "USAGE",
]

_FAILING: Final = frozenset({Kind.DRIFT, Kind.MISSING_REVISION, Kind.UNMODELLED, Kind.DIFFERENCE})

TABLE: Final = """\
\b
Exit codes, the first that applies:
  130  interrupted
    2  usage or configuration
    6  could not complete:
       no connection, no privilege,
       time-out, bad data
    4  history tampered with
    5  unsafe migration
    1  drift, missing revision
       or unmodelled object
    3  only pending revisions
    0  nothing to report
"""


def for_error(error: Exception) -> int:
    """Return the exit code for an error."""
    return USAGE if isinstance(error, click.ClickException) else exit_codes.for_error(error)


def for_report(report: Report, *, strict: bool, fail_on: Severity = Severity.COSMETIC) -> int:
    """Return the exit code for a report.

    Args:
        report: The report.
        strict: Whether unverified findings fail, too.
        fail_on: The lowest severity that fails; tampering always fails.
    """
    kinds = report.kinds()
    if kinds[Kind.TAMPERED]:
        return TAMPERED
    failing = _FAILING | {Kind.UNVERIFIED} if strict else _FAILING
    severe = tuple(Severity)[: tuple(Severity).index(fail_on) + 1]
    if any(finding.kind in failing and finding.severity in severe for finding in report.findings):
        return FINDINGS
    return PENDING if kinds[Kind.PENDING] else OK
