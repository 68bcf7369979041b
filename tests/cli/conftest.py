"""Commands that a test runs in its own process leave nothing behind."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Take back how a command configures the log: its level, and a stream that pytest closes."""
    yield
    structlog.reset_defaults()
