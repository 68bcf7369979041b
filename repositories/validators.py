"""Validate values by the type of their column. Pure."""

import math
import struct
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum as PythonEnum
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    REAL,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Time,
    Uuid,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.types import TypeEngine

from repositories.json_validators import can_be_stored, validate_json

Type = TypeEngine[Any]

# These are the most digits before and after the decimal point of a numeric without precision
# (PostgreSQL manual, "Numeric Types").
_MOST_DIGITS: Final = 131_072
_LEAST_DIGITS: Final = 16_383
# These are bits of precision, as float(n) counts them.
_DOUBLE: Final = 53
_MOST_OF_REAL: Final = 24
_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]
_EXACT: Final = Context(prec=_MOST_DIGITS + _LEAST_DIGITS)


def validate(type_: Type, value: Any) -> str | None:
    """Return the fault of a value; None when it is valid, or its type is unknown."""
    for kind, find_problem in _VALIDATORS:
        if isinstance(type_, kind):
            return find_problem(type_, value)
    return None


def is_whole(value: Any) -> bool:
    """Whether a value is an integer; True and False are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _boolean(_: Type, value: Any) -> str | None:
    return None if isinstance(value, bool) else "should be true or false"


def _integer(type_: Type, value: Any) -> str | None:
    if not is_whole(value):
        return "should be a whole number"
    wide = 63 if isinstance(type_, BigInteger) else 31
    bits = 15 if isinstance(type_, SmallInteger) else wide
    return None if -(2**bits) <= value < 2**bits else "is too large a number"


def is_real(type_: Float[Any]) -> bool:
    """Whether a type is PostgreSQL's ``real``: float(1) to float(24)."""
    return isinstance(type_, REAL) or (type_.precision or _DOUBLE) <= _MOST_OF_REAL


def _number(type_: Any, value: Any) -> str | None:
    # The driver writes a number of another library, such as numpy.float64, in a form that is not
    # SQL.
    if not is_whole(value) and type(value) is not float:
        return "should be a number (int or float)"
    try:
        is_finite = math.isfinite(value)
        _ = is_real(type_) and struct.pack(">f", value)
    except OverflowError:
        return "is too large a number"
    return None if is_finite else "should be finite, neither NaN nor infinity"


def _numeric(type_: Any, value: Any) -> str | None:
    if not is_whole(value) and type(value) not in {float, Decimal}:
        return "should be a number (Decimal, int or float)"
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return "should be finite, neither NaN nor infinity"
    if type_.precision is None:
        fits = (
            number.adjusted() < _MOST_DIGITS and int(number.as_tuple().exponent) >= -_LEAST_DIGITS
        )
        return None if fits else "has too many digits"
    scale = type_.scale or 0
    if number.adjusted() >= type_.precision:
        return "is too large a number"
    rounded = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT)
    return (
        None if abs(rounded) < Decimal(10) ** (type_.precision - scale) else "is too large a number"
    )


def _text(type_: Any, value: Any) -> str | None:
    if not isinstance(value, str):
        return "should be text"
    if not can_be_stored(value):
        return "holds a character that PostgreSQL cannot store"
    too_long = type_.length is not None and len(value) > type_.length
    return f"is longer than {type_.length} characters" if too_long else None


def _enum(type_: Any, value: Any) -> str | None:
    is_known = isinstance(value, (str, PythonEnum)) and enum_label(type_, value) in type_.enums
    return None if is_known else f"should be one of {', '.join(type_.enums)}"


def enum_label(type_: Enum, value: Any) -> str | None:
    """Return the label that the database stores for a member of an enum; None for other values."""
    bind = type_.bind_processor(_DIALECT)  # type: ignore[no-untyped-call]
    try:
        return value if bind is None else cast("str", bind(value))
    except LookupError:
        return None


def _moment(type_: Any, value: Any) -> str | None:
    if not isinstance(value, datetime):
        return "should be a date with a time"
    if problem := _validate_zone(type_, value):
        return problem
    if not type_.timezone:
        return None
    # In the time zone of a session, such a value could be outside of Python's calendar and then not
    # be readable.
    try:
        readable = MINYEAR < value.astimezone(UTC).year < MAXYEAR
    except OverflowError:
        readable = False
    return None if readable else "is outside of the calendar"


def _date(_: Type, value: Any) -> str | None:
    is_date = isinstance(value, date) and not isinstance(value, datetime)
    return None if is_date else "should be a date without a time"


def _time(type_: Any, value: Any) -> str | None:
    return _validate_zone(type_, value) if isinstance(value, time) else "should be a time of day"


def _validate_zone(type_: Any, value: datetime | time) -> str | None:
    if type_.timezone:
        return "has no time zone" if value.utcoffset() is None else None
    return None if value.tzinfo is None else "has a time zone, but the column has none"


def _interval(_: Type, value: Any) -> str | None:
    return None if isinstance(value, timedelta) else "should be a span of time (timedelta)"


def _bytes(_: Type, value: Any) -> str | None:
    return None if isinstance(value, bytes) else "should be bytes"


def _uuid(type_: Any, value: Any) -> str | None:
    if type_.as_uuid:
        return None if isinstance(value, UUID) else "should be a UUID"
    try:
        UUID(value)
    except (ValueError, TypeError, AttributeError):
        return "should be the text of a UUID"
    return None


def _array(type_: Any, value: Any) -> str | None:
    if not isinstance(value, list):
        return "should be a list"
    if type_.dimensions is None and any(isinstance(item, list) for item in value):
        return "should be a list of values (for lists in lists, the column declares dimensions)"
    return _validate_items(type_, value, type_.dimensions or 1)


def _validate_items(type_: Any, value: Any, dimensions: int) -> str | None:
    if dimensions == 1:
        wrong = (validate(type_.item_type, item) for item in value if item is not None)
        return next((f"has an item that {problem}" for problem in wrong if problem), None)
    if not all(isinstance(item, list) for item in value):
        return f"should be lists in a list, {type_.dimensions} deep"
    if len({len(item) for item in value}) > 1 or not all(value):
        return "should have lists of the same length, none of them empty"
    inner = (_validate_items(type_, item, dimensions - 1) for item in value)
    return next(filter(None, inner), None)


# The first entry that matches is used. The order matters, because in SQLAlchemy an Enum is a
# String, and a Double is a Float.
_VALIDATORS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any, Any], str | None]], ...]] = (
    (Boolean, _boolean),
    (Integer, _integer),
    (Float, _number),
    (Numeric, _numeric),
    (Enum, _enum),
    (String, _text),
    (DateTime, _moment),
    (Date, _date),
    (Time, _time),
    ((Interval, INTERVAL), _interval),
    (LargeBinary, _bytes),
    (Uuid, _uuid),
    (JSON, lambda _, value: validate_json(value)),
    (ARRAY, _array),
)
