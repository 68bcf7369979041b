"""The log of a command goes to stderr, because stdout belongs to the output."""

import logging
import sys
from collections.abc import Mapping
from typing import Any

from schemaproof import visible


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
    *before, renderer = structlog.get_config()["processors"]
    structlog.configure(
        processors=[*before, _escaped, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _escaped(_logger: object, _method: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whatever is not text is shown as Python writes it, which escapes it."""
    return {
        key: visible(value) if isinstance(value, str) else value for key, value in event.items()
    }
