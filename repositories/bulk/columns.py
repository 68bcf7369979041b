"""Encode the values of one column as fields of PostgreSQL's binary COPY format.

A column has few different values; each is checked and encoded once.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    Interval,
    LargeBinary,
    String,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.types import TypeEngine

from core.errors import InvalidArgumentError, NotNullViolationError
from repositories import values
from repositories.bulk import binary_format

Field = Callable[[Any], bytes]

REMEMBERED: Final = 4_000
"""The number of remembered values of a column above which a new slice forgets them all."""

_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]
_NUMBERS: Final[tuple[tuple[type, frozenset[type]], ...]] = (
    (Boolean, frozenset({bool, type(None)})),
    (Integer, frozenset({int, type(None)})),
    (Float, frozenset({float, int, type(None)})),
)
"""Types whose values may equal values of other types, as True equals 1 and Decimal(1); each with
the Python types whose values can be remembered."""
_OTHERS: Final = (String, DateTime, Date, Interval, INTERVAL, Uuid, LargeBinary)
"""Types whose equal values are encoded alike. Of other types, lists and dicts cannot be remembered;
equal Decimals may have different digits, and equal times of day different zones."""


class ColumnEncoder:
    """Encodes the values of a column, slice by slice.

    Args:
        column: The column.

    Raises:
        InvalidArgumentError: Values of this type cannot be sent.
    """

    def __init__(self, column: Column[Any]) -> None:
        kind = column.type
        self._encode = field_encoder(column)
        self._exact = next((exact for number, exact in _NUMBERS if isinstance(kind, number)), None)
        is_kept = isinstance(kind, _OTHERS)
        # As the key of a dict, -0.0 equals 0.0, so the cache would lose the sign.
        loses_zero = isinstance(kind, Float)
        self._known = (
            _Known(self._encode, loses_zero=loses_zero) if is_kept or self._exact else None
        )

    def slice(self, given: Sequence[Any]) -> Iterator[bytes]:
        """Encode some values; each is checked when it is read from the iterable.

        Raises:
            DataAccessError: One of its subclasses; a value does not fit.
            TypeError: A value does not fit.
        """
        if self._known is None or not (
            self._exact is None or self._exact.issuperset(map(type, given))
        ):
            return map(self._encode, given)
        if len(self._known) > REMEMBERED:
            self._known.clear()
        return map(self._known.__getitem__, given)


class _Known(dict[Any, bytes]):
    """A dict from each value to its encoded field, filled when a value occurs first."""

    def __init__(self, encode: Field, *, loses_zero: bool) -> None:
        self._encode = encode
        self._loses_zero = loses_zero

    def __missing__(self, value: Any) -> bytes:
        encoded = self._encode(value)
        if value != 0 or not self._loses_zero:
            self[value] = encoded
        return encoded


def field_encoder(column: Column[Any]) -> Field:
    """Return the function that checks and encodes one value of a column.

    Raises:
        InvalidArgumentError: Values of this type cannot be sent.
    """
    bind, type_ = _bound(column)
    sent = binary_format.format_of_type(type_)
    if sent is None:
        raise InvalidArgumentError(
            f"{column.table.fullname}.{column.name} is {column.type}, which cannot be sent in bulk",
            remedy="leave the field out, or create the rows one by one",
        )
    payload = sent.payload
    # The ORM does the same: without none_as_null, None in a JSON column is sent as the JSON value
    # null.
    is_json = isinstance(type_, JSON) and not type_.none_as_null

    def encode(given: Any) -> bytes:
        value = bind(given)
        if value is None and not is_json:
            if not column.nullable:
                raise _missing(column)
            return binary_format.NULL
        if problem := values.validate_stored(column, type_, value):
            raise values.invalid_value(column, problem)
        return binary_format.field(payload(value))

    return encode


def _bound(column: Column[Any]) -> tuple[Callable[[Any], Any], TypeEngine[Any]]:
    """Return the value that a custom type sends, and the type that it is based on."""
    own = column.type
    if not isinstance(own, TypeDecorator) or isinstance(own, Interval):
        return _as_it_is, own

    def bind(value: Any) -> Any:
        try:
            return own.process_bind_param(value, _DIALECT)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise values.invalid_value(column, "does not take the value") from error

    return bind, own.impl_instance


def _as_it_is(value: Any) -> Any:
    return value


def _missing(column: Column[Any]) -> NotNullViolationError:
    return NotNullViolationError(
        f"{column.table.fullname}: {column.name} needs a value",
        table=column.table.fullname,
        columns=(column.name,),
        constraint=None,
        remedy="give one" if column.server_default is None else "give one, or leave the field out",
    )
