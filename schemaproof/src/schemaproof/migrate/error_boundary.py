"""Errors of Alembic's own commands: one clear line, and a traceback only on request."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import NoReturn

from alembic.config import Config
from alembic.util import CommandError, err
from sqlalchemy.exc import SQLAlchemyError

from schemaproof import exit_codes
from schemaproof.connection.driver_errors import translate_driver_error
from schemaproof.connection.signals import terminable
from schemaproof.connection.target import Target
from schemaproof.errors import SchemaproofError
from schemaproof.migrate import alembic_output
from schemaproof.migrate.progress import ATTRIBUTE
from schemaproof.output.documents import line


@contextmanager
def reported_errors(config: Config, target: Target) -> Iterator[None]:
    """End Alembic's program with one line and the exit code of the matching command.

    Errors of Alembic's own code (an unknown revision) end with Alembic's exit code 255. With
    Alembic's Python API or ``--raiseerr``, the errors are raised unchanged.
    """
    if config.cmd_opts is None:
        yield
        return
    if ATTRIBUTE in config.attributes:
        # A command of this program reports the error itself.
        with terminable(), _translated(target):
            yield
        return
    with terminable(), nullcontext() if config.cmd_opts.raiseerr else _one_line(config, target):
        alembic_output.escape_output(config)
        yield


@contextmanager
def _translated(target: Target) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise translate_driver_error(error, target.settings()) from error


@contextmanager
def _one_line(config: Config, target: Target) -> Iterator[None]:
    try:
        yield
    except SchemaproofError as error:
        _end(config, error, _line(error))
    except SQLAlchemyError as error:
        _end(config, error, _line(translate_driver_error(error, target.settings())))
    except OSError as error:
        _end(config, error, line(f"{error.filename or 'cannot read or write'}: {error}"))
    except CommandError as error:
        raise CommandError(line(str(error))) from None
    except KeyboardInterrupt as error:
        _end(config, error, "interrupted: the revision that was running is rolled back")


def _end(config: Config, error: BaseException, message: str) -> NoReturn:
    with suppress(SystemExit):
        # err() always exits with 255.
        err(message, **config.messaging_opts)
    raise SystemExit(exit_codes.for_error(error)) from None


def _line(error: SchemaproofError) -> str:
    return line("; ".join(str(error).split("\n")))
