"""Convert the values in a page token to JSON, and back."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Date, DateTime, Enum, Float, Integer, Numeric, String, Uuid
from sqlalchemy.types import TypeEngine

Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def _same(value: Any) -> Any:
    return value


_CODECS: Final[tuple[tuple[type | tuple[type, ...], Codec | None], ...]] = (
    # In SQLAlchemy an Enum is a String, but PostgreSQL sorts it by the order of its labels.
    (Enum, None),
    ((Boolean, Integer, Float, String), (_same, _same)),
    (Numeric, (str, Decimal)),
    (DateTime, (datetime.isoformat, datetime.fromisoformat)),
    (Date, (date.isoformat, date.fromisoformat)),
    (Uuid, (str, UUID)),
)


def codec_for(type_: TypeEngine[Any]) -> Codec | None:
    """The text format of a type in page tokens; None for types without an order."""
    codec = next((codec for kind, codec in _CODECS if isinstance(type_, kind)), None)
    return (_same, _same) if isinstance(type_, Uuid) and not type_.as_uuid else codec


def encode(type_: TypeEngine[Any], value: Any) -> Any:
    """Convert a value to a JSON value."""
    codec = codec_for(type_)
    return value if codec is None or value is None else codec[0](value)


def decode(type_: TypeEngine[Any], text: Any) -> Any:
    """Convert a JSON value back to a value of the type.

    Raises:
        ValueError: The text is not a value of this type.
        TypeError: The text is not a value of this type.
        ArithmeticError: The text is not a value of this type.
    """
    codec = codec_for(type_)
    return text if codec is None or text is None else codec[1](text)
