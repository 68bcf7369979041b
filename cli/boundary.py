"""The one place where errors become a line for the reader and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import click

from cli import exit_codes
from core.errors import ConfigurationError, InterruptionError, MonpsError, OutputClosedError


def run(command: Callable[[], int | None], *, debug: bool) -> int:
    """Run a command and return its exit code, whatever happens; ``debug`` shows tracebacks."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = command() or exit_codes.OK
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (InterruptionError, KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return exit_codes.INTERRUPTED
    except (BrokenPipeError, OutputClosedError):
        _leave_pipe_closed()
        _say("the output was closed before it was complete")
        return exit_codes.INCOMPLETE
    except Exception as error:  # noqa: BLE001 - the boundary: nothing may get past it
        if debug:
            traceback.print_exc()
        _say(*_lines(error))
        return _code(error)
    return code


def _lines(error: Exception) -> list[str]:
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else "monps-db"
        return [f"{error.format_message()} ({where} --help)"]
    if isinstance(error, click.ClickException):
        return [error.format_message()]
    if isinstance(error, MonpsError):
        return str(error).splitlines()
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    if isinstance(error, CommandError):
        return [" ".join(str(error).split())]
    if isinstance(error, SQLAlchemyError):
        from core import config
        from core.driver_errors import translate_driver_error

        return [str(translate_driver_error(error, config.get_settings()))]
    kind = type(error).__name__
    return [f"unexpected {kind}: {' '.join(str(error).split())} (--debug shows where)"]


def _code(error: Exception) -> int:
    usage = isinstance(error, (ConfigurationError, click.ClickException))
    return exit_codes.USAGE if usage else exit_codes.INCOMPLETE


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(f"monps-db: {line}", err=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    # As Ctrl-C does, so that what is open is closed and rolled back.
    raise KeyboardInterrupt


def _leave_pipe_closed() -> None:
    # Python flushes stdout at exit, which would fail once more and loudly.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
