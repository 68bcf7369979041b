"""JSON as the database sends it → Python values."""

import json
from typing import Any

import msgspec


def loads(text: str) -> Any:
    """Return the value of a JSON text, in a fifth of the time of ``json.loads``.

    Whole numbers are exact.
    """
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        # A jsonb value that another program wrote may contain a number that is too large for float,
        # such as 1e400. json.loads() returns infinity for it, and msgspec raises an error.
        return json.loads(text)
