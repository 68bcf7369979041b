"""Sanitize what Alembic's own command line prints and logs."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, TextIO, cast

from alembic.config import Config
from alembic.util import CommandError

from schemaproof.output.documents import Document, block, write


@contextmanager
def quiet_log() -> Iterator[None]:
    """Keep Alembic quiet: its line "Context impl" would look like a second connection."""
    logger = logging.getLogger("alembic.runtime.migration")
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)


@dataclass(frozen=True, slots=True)
class _Escaping:
    """An output that replaces ``Config.stdout``, and escapes what is written to it."""

    stream: TextIO

    def write(self, text: str) -> int:
        """Write a text; all control characters except line ends are escaped.

        Raises:
            CommandError: The text cannot be written; Alembic and Python would ignore that.
        """
        with _arriving(self.stream):
            return self.stream.write(block(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class _Filter(logging.Filter):
    """A log filter that escapes a record before it is formatted; line ends stay, as in SQL."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: every record is passed on."""
        record.msg, record.args = block(record.getMessage()), ()
        return True


def escape_log() -> None:
    """Escape everything that the handlers of the configuration file write."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(_Filter())


def escape_output(config: Config) -> None:
    """Escape everything that Alembic prints from now on.

    Raises:
        CommandError: stdout is closed (``>&-``).
    """
    stream: TextIO | None = config.stdout
    if stream is None:
        # Alembic would print the error to the closed output.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        raise CommandError(_closed())
    config.stdout = cast("TextIO", _Escaping(stream))


def write_script(config: Config, script: Document) -> None:
    """Write a script to the output that Alembic was given.

    Raises:
        CommandError: The script cannot be written, on Alembic's own command line.
        OSError: The script cannot be written, when Alembic was called from Python.
    """
    stream: TextIO = config.output_buffer or sys.stdout
    with nullcontext() if config.cmd_opts is None else _arriving(stream):
        write(script, stream)


@contextmanager
def _arriving(stream: TextIO) -> Iterator[None]:
    try:
        yield
        stream.flush()
    except OSError as error:
        # Python would flush again at exit, and print a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise CommandError(_closed(error)) from None


def _closed(error: OSError | None = None) -> str:
    message = f"the output cannot be written: {error.strerror}" if error else "the output is closed"
    sys.stderr.write(f"FAILED: {message}\n")
    return message
