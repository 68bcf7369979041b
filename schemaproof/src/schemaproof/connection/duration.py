"""Durations as people write them: ``3``, ``"250ms"``, ``"3s"``, ``"5min"``."""

import re
from datetime import timedelta

_TEXT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(ms|s|min)?\s*")
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
}
# PostgreSQL stores its time-outs in milliseconds, as a signed 32-bit integer.
LONGEST = timedelta(milliseconds=2**31 - 1)


def parse_duration(value: object) -> timedelta:
    """Read a duration; a number without a unit counts seconds.

    Args:
        value: A number, a number with a unit, or a duration (kept as it is).

    Returns:
        The duration, from zero to ``LONGEST``.

    Raises:
        ValueError: The value cannot be read, or is out of range.
    """
    if isinstance(value, timedelta):
        duration = value
    else:
        text = "" if isinstance(value, bool) else str(value)
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError("not a duration")
        try:
            duration = float(match[1]) * _UNITS[match[2] or "s"]
        except OverflowError as error:
            raise ValueError("too long") from error
    if not timedelta(0) <= duration <= LONGEST:
        raise ValueError("out of range")
    return duration


def whole_milliseconds(duration: timedelta) -> int:
    """Return milliseconds, rounded up, because 0 would switch a time-out off."""
    return -(-duration // timedelta(milliseconds=1))


def whole_seconds(duration: timedelta) -> int:
    """Return seconds, rounded up, because 0 would switch a time-out off."""
    return -(-duration // timedelta(seconds=1))
