"""Turn every error into one line and an exit code."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import click

from schemaproof.cli import exit_codes, output
from schemaproof.connection.signals import terminable
from schemaproof.errors import (
    ConfigurationError,
    DatabaseRefusedError,
    DatabaseUnavailableError,
    InterruptionError,
    OutputClosedError,
    SchemaproofError,
    TamperedHistoryError,
)
from schemaproof.program import called, program_name

if TYPE_CHECKING:
    from psycopg2 import Error as DriverError
    from sqlalchemy.exc import SQLAlchemyError

    from schemaproof.connection.target import Target

CLOSED: Final = "the output was closed before it was complete"


def run(command: Callable[[], int | None], *, target: Target, debug: bool) -> int:
    """Run a command and return its exit code; no error escapes.

    Args:
        command: The command to run.
        target: The program's name and settings, for the advice.
        debug: Whether tracebacks are shown.
    """
    with called(target.program, target.variables):
        return _run(command, target, debug=debug)


def _run(command: Callable[[], int | None], target: Target, *, debug: bool) -> int:
    if sys.stdout is None:  # The shell closed it before the start (>&-).
        _say(CLOSED)
        return exit_codes.INCOMPLETE
    try:
        with terminable():
            code = command() or exit_codes.OK
            sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (InterruptionError, KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return exit_codes.INTERRUPTED
    except (BrokenPipeError, OutputClosedError):
        _say(CLOSED)
        return exit_codes.INCOMPLETE
    except Exception as error:  # noqa: BLE001 - the boundary: nothing may get past it
        if debug:
            _say_traceback(error)
        _say(*_lines(error, target))
        return exit_codes.for_error(error)
    return code


def line(error: Exception, *, target: Target) -> str:
    """Return an error that does not end the program, in one line."""
    return " ".join(_lines(error, target))


def _lines(error: Exception, target: Target) -> list[str]:
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else program_name()
        return [f"{error.format_message()} ({where} --help)"]
    if isinstance(error, click.ClickException):
        return [error.format_message()]
    if _is_wrapper(error):
        # The underlying error is described again, because its wrapper has no remedy.
        error = cause if isinstance(cause := error.__cause__, Exception) else error
    if isinstance(error, SchemaproofError):
        # Errors of settings and of revisions have one line for each problem.
        is_list = isinstance(error, (ConfigurationError, TamperedHistoryError))
        return str(error).split("\n") if is_list else [str(error)]
    from schemaproof.connection.driver_errors import is_of_database

    if _is_of_alembic(error):
        return [" ".join(str(error).split())]
    if is_of_database(error):
        return [_driver_line(error, target)]
    return [f"{_unexpected(error)} (--debug shows where)"]


def _is_wrapper(error: Exception) -> bool:
    """Whether an error only wraps an error of SQLAlchemy and has its attributes."""
    is_of_database = isinstance(error, (DatabaseUnavailableError, DatabaseRefusedError))
    return is_of_database and getattr(error, "orig", None) is not None


def _is_of_alembic(error: Exception) -> bool:
    # Without this module, no Alembic error can have been raised.
    module = sys.modules.get("alembic.util")
    return module is not None and isinstance(error, module.CommandError)


def _driver_line(error: SQLAlchemyError | DriverError, target: Target) -> str:
    from schemaproof.connection.driver_errors import translate_driver_error

    settings = None
    with suppress(ConfigurationError):
        # The error may be about a scratch database, in which case the project need not have a
        # target.
        settings = target.settings()
    if not settings:
        first = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        return f"the database refused: {first}"
    return str(translate_driver_error(error, settings))


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'cannot read or write'}: {error.strerror}"
    return f"unexpected {type(error).__name__}: {' '.join(str(error).split())}"


def _say(*lines: str) -> None:
    # If stderr cannot be written either, the exit code still reports the failure.
    with suppress(OSError):
        output.say(*(f"{program_name()}: {line}" for line in lines), err=True)


def _say_traceback(error: Exception) -> None:
    with suppress(OSError):
        output.say(*"".join(traceback.format_exception(error)).splitlines(), err=True)


def leave_quietly() -> None:
    """Keep Python silent while it exits; everything has been printed.

    Only for a program that exits: the changes would harm a process that continues.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            # Python flushes the stream again at exit, which would print an error and exit with 120.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    # The last garbage collection would visit everything that was read, and only takes time.
    gc.freeze()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # From here on, Python would print a traceback after Ctrl-C.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
