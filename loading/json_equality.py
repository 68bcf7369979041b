"""Compare a value from a file with the stored value."""

from typing import Any


def is_equal(one: Any, other: Any) -> bool:
    """Compare two JSON values: true is not 1, and 1 equals 1.0.

    PostgreSQL returns a large float in JSON as the integer with its digits.
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return _same_float(one, other)
    return bool(one == other)


def _same_float(one: Any, other: Any) -> bool:
    if not isinstance(one, (int, float)) or not isinstance(other, (int, float)):
        return False
    try:
        return float(one) == float(other)
    except OverflowError:
        return False
