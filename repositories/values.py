"""Values, looked at before they are sent: what fits no column is refused by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Boolean, Column, DateTime, Double, Integer, String, inspect
from sqlalchemy.dialects.postgresql import JSONB

from core.errors import InvalidArgumentError, UnknownFieldError
from models import Base


def check_row(row: Base) -> None:
    """Check what was set on a row.

    Raises:
        InvalidArgumentError: A value does not fit its column; the message names the column.
    """
    for attribute in inspect(type(row)).column_attrs:
        value = inspect(row).dict.get(attribute.key)
        if value is not None:
            check_value(column_of(type(row), attribute.key), value)


def check_value(column: Column[Any], value: Any) -> None:
    """Check one value that is not null.

    Raises:
        InvalidArgumentError: It does not fit.
    """
    if hasattr(value, "__clause_element__") or hasattr(value, "compile"):
        return  # an SQL expression, which the database computes
    for kind, problem_of in _PROBLEMS:
        if isinstance(column.type, kind):
            if problem := problem_of(column, value):
                raise InvalidArgumentError(
                    f"{column.table.fullname}.{column.name} {problem}",
                    remedy=f"the column is {column.type}",
                )
            return


def column_of(model: type[Base], field: str) -> Column[Any]:
    """Return the column of a field.

    Raises:
        UnknownFieldError: The model has no such field; the message lists those that it has.
    """
    attributes = inspect(model).column_attrs
    if field not in attributes:
        raise UnknownFieldError(
            f"{model.__name__} has no field {field!r}",
            remedy=f"fields are {', '.join(attributes.keys())}",
        )
    (column,) = attributes[field].columns
    return cast("Column[Any]", column)


def positive(name: str, value: int) -> int:
    """Return a limit or a number of days.

    Raises:
        InvalidArgumentError: It is not a whole number above 0.
    """
    return _whole(name, value, minimum=1)


def not_negative(name: str, value: int) -> int:
    """Return an offset.

    Raises:
        InvalidArgumentError: It is not a whole number from 0.
    """
    return _whole(name, value, minimum=0)


def _whole(name: str, value: int, *, minimum: int) -> int:
    if not _is_whole(value) or value < minimum:
        raise InvalidArgumentError(
            f"{name} should be a whole number from {minimum}, not {value!r}",
            remedy=f"give {name} a number from {minimum}",
        )
    return value


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _boolean(_: Column[Any], value: Any) -> str | None:
    return None if isinstance(value, bool) else "should be true or false"


def _integer(column: Column[Any], value: Any) -> str | None:
    bits = 63 if str(column.type) == "BIGINT" else 31
    if not _is_whole(value):
        return "should be a whole number"
    return None if -(2**bits) <= value < 2**bits else "is too large a number"


def _number(_: Column[Any], value: Any) -> str | None:
    is_number = _is_whole(value) or isinstance(value, float)
    return None if is_number else "should be a number"


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
    return "has no time zone" if value.utcoffset() is None else None


def _json(_: Column[Any], value: Any) -> str | None:
    return next(_json_problems(value), None)


def _json_problems(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _json_problems(item)
            yield from (
                _json_problems(key) if isinstance(key, str) else ["has a key that is no text"]
            )
    elif isinstance(value, list):
        for item in value:
            yield from _json_problems(item)
    elif isinstance(value, float) and not math.isfinite(value):
        yield "holds a number that JSON does not have (NaN or infinity)"
    elif isinstance(value, str):
        if "\0" in value or _has_surrogates(value):
            yield "holds a character that PostgreSQL cannot store"
    elif value is not None and not isinstance(value, (bool, int, float)):
        yield f"holds a {type(value).__name__}, which JSON does not have"


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
