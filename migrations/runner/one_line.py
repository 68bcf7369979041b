"""Errors of Alembic's own commands: one clear line, and no traceback unless asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from core.documents import line
from core.driver_errors import translate_driver_error
from core.errors import MonpsError
from core.signals import terminable
from core.target_protocol import Target
from migrations.runner import alembic_output


@contextmanager
def errors(config: Config, target: Target) -> Iterator[None]:
    """Turn what users can do something about into Alembic's ``CommandError``.

    Alembic prints that as one line. Callers of Alembic's Python API, and whoever asks for
    ``--raiseerr``, get the errors as they are.
    """
    if config.cmd_opts is None:
        yield
        return
    with terminable(), nullcontext() if config.cmd_opts.raiseerr else _one_line(target):
        alembic_output.escape_output(config)
        yield


@contextmanager
def _one_line(target: Target) -> Iterator[None]:
    try:
        yield
    except MonpsError as error:
        raise CommandError(_line(error)) from None
    except SQLAlchemyError as error:
        raise CommandError(_line(translate_driver_error(error, target.settings()))) from None
    except OSError as error:
        raise CommandError(line(f"{error.filename or 'cannot read or write'}: {error}")) from None
    except CommandError as error:
        raise CommandError(line(str(error))) from None
    except KeyboardInterrupt:
        raise CommandError("interrupted: the revision that was running is rolled back") from None


def _line(error: MonpsError) -> str:
    return line("; ".join(str(error).split("\n")))
