"""Validate JSON values and texts. Pure."""

import math
from collections.abc import Iterator
from typing import Any, Final

# Python itself cannot write or read back larger values: int() limits the digits of a text, and json
# recurses for each level.
_MOST_BITS: Final = 14_000
_MOST_LEVELS: Final = 100


def validate_json(value: Any) -> str | None:
    """Return the fault of a JSON value; None when it is valid."""
    return next(_problems(value), None)


def _problems(value: Any) -> Iterator[str]:
    waiting = [(value, 0)]
    while waiting:
        item, level = waiting.pop()
        if level > _MOST_LEVELS:
            yield f"is nested more than {_MOST_LEVELS} levels deep"
        elif isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                yield "has a key that is not text"
            waiting += ((inner, level + 1) for pair in item.items() for inner in pair)
        elif isinstance(item, list):
            waiting += ((inner, level + 1) for inner in item)
        elif problem := _validate_scalar(item):
            yield problem


def _validate_scalar(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float):
        finite = math.isfinite(value)
        return None if finite else "holds a number that JSON does not have (NaN or infinity)"
    if isinstance(value, int):
        return "holds too large a number" if value.bit_length() > _MOST_BITS else None
    if isinstance(value, str):
        good = can_be_stored(value)
        return None if good else "holds a character that PostgreSQL cannot store"
    return f"holds a {type(value).__name__}, which JSON does not have"


def can_be_stored(value: str) -> bool:
    """Whether PostgreSQL can store a text: it contains no NUL and no lone surrogate."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        # The text contains a lone surrogate.
        return False
