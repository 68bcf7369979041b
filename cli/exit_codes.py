"""What the exit code of every command says; the first that applies."""

from __future__ import annotations

from typing import Final

import click

from core.errors import ConfigurationError, MigrationRefusedError, TamperedHistoryError
from introspection.codes import Severity
from introspection.findings import Kind, Report

OK: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
PENDING: Final = 3
TAMPERED: Final = 4
UNSAFE: Final = 5
INCOMPLETE: Final = 6
INTERRUPTED: Final = 130

_FAILING: Final = frozenset({Kind.DRIFT, Kind.MISSING_REVISION, Kind.UNMODELLED})

_OF_GROUND: Final = {
    "drift": FINDINGS,
    "tampering": TAMPERED,
    "heads": TAMPERED,
    "lint": UNSAFE,
    "data-loss": UNSAFE,
}

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


def of_error(error: Exception) -> int:
    """Return the exit code for what ended a command."""
    if isinstance(error, MigrationRefusedError):
        return _OF_GROUND[error.ground]
    if isinstance(error, TamperedHistoryError):
        return TAMPERED
    usage = isinstance(error, (ConfigurationError, click.ClickException))
    return USAGE if usage else INCOMPLETE


def of_report(report: Report, *, strict: bool, fail_on: Severity = Severity.COSMETIC) -> int:
    """Return the exit code for what a check found.

    Args:
        report: What it found.
        strict: Fail also on what could not be verified.
        fail_on: The least severe finding that fails; tampering always does.
    """
    kinds = report.kinds()
    if kinds[Kind.TAMPERED]:
        return TAMPERED
    failing = _FAILING | {Kind.UNVERIFIED} if strict else _FAILING
    severe = tuple(Severity)[: tuple(Severity).index(fail_on) + 1]
    if any(finding.kind in failing and finding.severity in severe for finding in report.findings):
        return FINDINGS
    return PENDING if kinds[Kind.PENDING] else OK
