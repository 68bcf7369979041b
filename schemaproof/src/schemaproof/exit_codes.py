"""The exit codes of all commands; the first that applies is returned."""

from typing import Final

from schemaproof.errors import (
    ConfigurationError,
    InterruptionError,
    MigrationRefusedError,
    ReportedError,
    TamperedHistoryError,
)

OK: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
PENDING: Final = 3
TAMPERED: Final = 4
UNSAFE: Final = 5
INCOMPLETE: Final = 6
INTERRUPTED: Final = 130

_OF_GROUND: Final = {
    "drift": FINDINGS,
    "tampering": TAMPERED,
    "heads": TAMPERED,
    "lint": UNSAFE,
    "data-loss": UNSAFE,
    "backfill": UNSAFE,
    "sessions": UNSAFE,
}


def for_error(error: BaseException) -> int:
    """Return the exit code for an error."""
    if isinstance(error, (KeyboardInterrupt, InterruptionError)):
        return INTERRUPTED
    if isinstance(error, ReportedError):
        return error.exit_code
    if isinstance(error, MigrationRefusedError):
        return _OF_GROUND[error.ground]
    if isinstance(error, TamperedHistoryError):
        return TAMPERED
    return USAGE if isinstance(error, ConfigurationError) else INCOMPLETE
