"""Values as they stand in the position of a page: as JSON has them, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Date, DateTime, Enum, Float, Integer, Numeric, String, Uuid
from sqlalchemy.types import TypeEngine

Way = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def _same(value: Any) -> Any:
    return value


_WAYS: Final[tuple[tuple[type | tuple[type, ...], Way | None], ...]] = (
    (Enum, None),  # a String to SQLAlchemy, and in the order of its declaration
    ((Boolean, Integer, Float, String), (_same, _same)),
    (Numeric, (str, Decimal)),
    (DateTime, (datetime.isoformat, datetime.fromisoformat)),
    (Date, (date.isoformat, date.fromisoformat)),
    (Uuid, (str, UUID)),
)


def way_of(type_: TypeEngine[Any]) -> Way | None:
    """How values of a type are written and read; None for those that make no position."""
    way = next((way for kind, way in _WAYS if isinstance(type_, kind)), None)
    return (_same, _same) if isinstance(type_, Uuid) and not type_.as_uuid else way


def written(type_: TypeEngine[Any], value: Any) -> Any:
    """Return a value as JSON has it."""
    way = way_of(type_)
    return value if way is None or value is None else way[0](value)


def read(type_: TypeEngine[Any], text: Any) -> Any:
    """Return the value again.

    Raises:
        ValueError: It is no value of this type; or a TypeError, or an ArithmeticError.
    """
    way = way_of(type_)
    return text if way is None or text is None else way[1](text)
