"""Hypertables of TimescaleDB, as a project declares them; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

SHAPE: Final = "'at by 7 days' or 'at by 7 days, compressed after 30 days, dropped after 2 years'"
_LENGTH: Final = r"\d+ (?:hour|day|week|month|year)s?"
_DECLARED: Final = re.compile(
    rf"(\w+) by ({_LENGTH})(?:, compressed after ({_LENGTH}))?(?:, dropped after ({_LENGTH}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypertable:
    """A table that TimescaleDB divides by time.

    Attributes:
        schema: Its schema.
        name: Its name.
        column: The column of the time.
        interval: The period of one chunk, as PostgreSQL reads an interval.
        compressed_after: The age at which chunks are compressed; None for never.
        dropped_after: The age at which they are dropped; None for never.
    """

    schema: str
    name: str
    column: str
    interval: str
    compressed_after: str | None = None
    dropped_after: str | None = None


def declared(table: tuple[str, str], text: str) -> Hypertable | None:
    """Parse the declaration of a table, such as ``at by 7 days``; None for other text."""
    found = _DECLARED.fullmatch(text)
    if found is None:
        return None
    column, interval, compressed, dropped = found.groups()
    return Hypertable(
        schema=table[0],
        name=table[1],
        column=column,
        interval=interval,
        compressed_after=compressed,
        dropped_after=dropped,
    )
