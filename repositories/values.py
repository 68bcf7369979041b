"""Values, looked at before they are sent: what fits no column is refused by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any, Final, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ClauseElement,
    Column,
    DateTime,
    Double,
    Integer,
    String,
    inspect,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.errors import InvalidArgumentError, UnknownFieldError
from models import Base

# What PostgreSQL counts rows with, and how far back its calendar goes at least.
_MOST_ROWS: Final = 2**63 - 1
_MOST_DAYS: Final = 1_000_000
# Beyond, Python itself refuses to write or to read back: as text, or by recursion.
_MOST_BITS: Final = 14_000
_MOST_LEVELS: Final = 100


def check_row(row: Base) -> None:
    """Check what was set on a row since it was read.

    Raises:
        InvalidArgumentError: A value does not fit its column; the message names the column.
    """
    for attribute in inspect(type(row)).column_attrs:
        for value in inspect(row).attrs[attribute.key].history.added or ():
            if value is not None and not _is_computed(value):
                check_value(column_of(type(row), attribute.key), value)


def check_value(column: Column[Any], value: Any) -> None:
    """Check one value; None does not fit, but for JSON.

    Raises:
        InvalidArgumentError: It does not fit.
    """
    for kind, problem_of in _PROBLEMS:
        if isinstance(column.type, kind):
            if problem := problem_of(column, value):
                raise InvalidArgumentError(
                    f"{column.table.fullname}.{column.name} {problem}",
                    remedy=f"the column is {column.type}",
                )
            return


def check_name(column: Column[Any], value: str) -> None:
    """Check a name that is searched for.

    Raises:
        InvalidArgumentError: It does not fit, or it is blank: that is part of every name.
    """
    check_value(column, value)
    if not value.strip():
        raise InvalidArgumentError(
            f"{column.table.fullname}.{column.name} should not be blank", remedy="give a name"
        )


def column_of(model: type[Base], field: object) -> Column[Any]:
    """Return the column of a field.

    Raises:
        UnknownFieldError: The model has no such field; the message lists those that it has.
    """
    attributes = inspect(model).column_attrs
    if not isinstance(field, str) or field not in attributes:
        raise UnknownFieldError(
            f"{model.__name__} has no field {field!r}",
            remedy=f"fields are {', '.join(attributes.keys())}",
        )
    (column,) = attributes[field].columns
    return cast("Column[Any]", column)


def limit(value: int) -> int:
    """Return the number of rows to return at most.

    Raises:
        InvalidArgumentError: It is not a whole number above 0.
    """
    return _whole("limit", value, minimum=1, maximum=_MOST_ROWS)


def skip(value: int) -> int:
    """Return the number of rows to leave out.

    Raises:
        InvalidArgumentError: It is not a whole number from 0.
    """
    return _whole("skip", value, minimum=0, maximum=_MOST_ROWS)


def days(value: int) -> int:
    """Return a number of days back from now.

    Raises:
        InvalidArgumentError: It is not a whole number above 0, or goes back too far.
    """
    return _whole("days", value, minimum=1, maximum=_MOST_DAYS)


def _whole(name: str, value: int, *, minimum: int, maximum: int) -> int:
    if not _is_whole(value) or not minimum <= value <= maximum:
        raise InvalidArgumentError(
            f"{name} should be a whole number from {minimum}",
            remedy=f"give {name} a number from {minimum} to {maximum:,}",
        )
    return value


def _is_computed(value: Any) -> bool:
    """Whether it is an SQL expression, which the database computes."""
    return isinstance(value, ClauseElement) or hasattr(value, "__clause_element__")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _boolean(_: Column[Any], value: Any) -> str | None:
    return None if isinstance(value, bool) else "should be true or false"


def _integer(column: Column[Any], value: Any) -> str | None:
    bits = 63 if isinstance(column.type, BigInteger) else 31
    if not _is_whole(value):
        return "should be a whole number"
    return None if -(2**bits) <= value < 2**bits else "is too large a number"


def _number(_: Column[Any], value: Any) -> str | None:
    # The driver writes a number of another library (a float64, say) in a way that is no SQL.
    if not _is_whole(value) and type(value) is not float:
        return "should be a number (int or float)"
    try:
        return None if math.isfinite(value) else "should be finite, neither NaN nor infinity"
    except OverflowError:
        return "is too large a number"


def _text(column: Column[Any], value: Any) -> str | None:
    if not isinstance(value, str):
        return "should be text"
    if "\0" in value or _has_surrogates(value):
        return "holds a character that PostgreSQL cannot store"
    length = getattr(column.type, "length", None)
    too_long = length is not None and len(value) > length
    return f"is longer than {length} characters" if too_long else None


def _moment(_: Column[Any], value: Any) -> str | None:
    if not isinstance(value, datetime):
        return "should be a date with a time"
    if value.utcoffset() is None:
        return "has no time zone"
    # In the time zone of some session it would fall out of Python's calendar, and not be readable.
    try:
        readable = MINYEAR < value.astimezone(UTC).year < MAXYEAR
    except OverflowError:
        readable = False
    return None if readable else "is out of the calendar"


def _json(_: Column[Any], value: Any) -> str | None:
    return next(_json_problems(value), None)


def _json_problems(value: Any) -> Iterator[str]:
    waiting = [(value, 0)]
    while waiting:
        item, level = waiting.pop()
        if level > _MOST_LEVELS:
            yield f"is nested more than {_MOST_LEVELS} levels deep"
        elif isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                yield "has a key that is no text"
            waiting += ((inner, level + 1) for pair in item.items() for inner in pair)
        elif isinstance(item, list):
            waiting += ((inner, level + 1) for inner in item)
        elif problem := _scalar_problem(item):
            yield problem


def _scalar_problem(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float):
        finite = math.isfinite(value)
        return None if finite else "holds a number that JSON does not have (NaN or infinity)"
    if isinstance(value, int):
        return "holds too large a number" if value.bit_length() > _MOST_BITS else None
    if isinstance(value, str):
        bad = "\0" in value or _has_surrogates(value)
        return "holds a character that PostgreSQL cannot store" if bad else None
    return f"holds a {type(value).__name__}, which JSON does not have"


def _has_surrogates(value: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in value)


_PROBLEMS: Final[tuple[tuple[type, Callable[[Column[Any], Any], str | None]], ...]] = (
    (Boolean, _boolean),
    (Integer, _integer),
    (Double, _number),
    (String, _text),
    (DateTime, _moment),
    (JSONB, _json),
)
