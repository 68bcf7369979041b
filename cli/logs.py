"""Log to stderr in commands, because stdout is for their output."""

import logging
import sys
from collections.abc import Mapping
from typing import Any

from schemaproof import visible


def show_warnings() -> None:
    """Show warnings and errors, in commands that use the pool."""
    _configure(logging.WARNING)


def show_everything() -> None:
    """Show all log messages (``--debug``)."""
    _configure(logging.DEBUG)


def _configure(level: int) -> None:
    import structlog

    if structlog.is_configured():
        return
    *before, renderer = structlog.get_config()["processors"]
    structlog.configure(
        processors=[*before, _escaped, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _escaped(_logger: object, _method: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Escape control characters in the texts of a log event."""
    return {
        key: visible(value) if isinstance(value, str) else value for key, value in event.items()
    }
