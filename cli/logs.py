"""What is logged while a command runs: on stderr, because stdout belongs to the command."""

from __future__ import annotations

import logging
import sys


def show_warnings() -> None:
    """Show warnings and worse; for commands that use the pool."""
    _configure(logging.WARNING)


def show_everything() -> None:
    """Show all there is (``--debug``)."""
    _configure(logging.DEBUG)


def _configure(level: int) -> None:
    import structlog

    if structlog.is_configured():
        return
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
