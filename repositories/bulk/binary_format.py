"""Convert a value to PostgreSQL's binary format by the type of its column (see ``*_recv``)."""

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CHAR,
    JSON,
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
    Text,
    Time,
    Uuid,
)
from sqlalchemy.dialects.postgresql import CITEXT, INTERVAL, JSONB
from sqlalchemy.types import TypeEngine

from repositories.validators import enum_label, is_real

Type = TypeEngine[Any]
Payload = Callable[[Any], bytes]

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST_DAY: Final = date(2000, 1, 1).toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)
_NEGATIVE: Final = 0x4000

_int16 = struct.Struct(">h").pack
_int32 = struct.Struct(">i").pack
_int64 = struct.Struct(">q").pack
_float32 = struct.Struct(">f").pack
_float64 = struct.Struct(">d").pack
_boolean = struct.Struct(">?").pack
_zoned_time = struct.Struct(">qi").pack
_interval = struct.Struct(">qii").pack
_array_head = struct.Struct(">iiI").pack
_array_size = struct.Struct(">ii").pack
_numeric_head = struct.Struct(">hhHH").pack

NULL: Final = _int32(-1)


@dataclass(frozen=True, slots=True)
class BinaryFormat:
    """The binary format of a type.

    Attributes:
        payload: The function that encodes a valid value.
        oid: The type's ``pg_type.oid``, which an array contains; None if it differs between
            databases.
    """

    payload: Payload
    oid: int | None


def format_of_type(type_: Type) -> BinaryFormat | None:
    """Return the format in which values of a type are sent; None for an unsupported type."""
    for kind, make in _FORMATS:
        if isinstance(type_, kind):
            return make(type_)
    return None


def field(data: bytes) -> bytes:
    """Return a value preceded by its length, as in a row or an array."""
    return _int32(len(data)) + data


def _integer(type_: Integer) -> BinaryFormat:
    if isinstance(type_, SmallInteger):
        return BinaryFormat(_int16, 21)
    return BinaryFormat(_int64, 20) if isinstance(type_, BigInteger) else BinaryFormat(_int32, 23)


def _float(type_: Float[Any]) -> BinaryFormat:
    return BinaryFormat(_float32, 700) if is_real(type_) else BinaryFormat(_float64, 701)


def _text(type_: String) -> BinaryFormat:
    if isinstance(type_, CITEXT):
        return BinaryFormat(str.encode, None)
    named = 1042 if isinstance(type_, CHAR) else 1043
    return BinaryFormat(str.encode, 25 if isinstance(type_, Text) else named)


def _enum(type_: Enum) -> BinaryFormat:
    return BinaryFormat(lambda value: (enum_label(type_, value) or "").encode(), None)


def _datetime(type_: DateTime) -> BinaryFormat:
    return BinaryFormat(_moment, 1184) if type_.timezone else BinaryFormat(_local_moment, 1114)


def _time(type_: Time) -> BinaryFormat:
    return BinaryFormat(_time_in_zone, 1266) if type_.timezone else BinaryFormat(_time_of_day, 1083)


def _json(type_: JSON) -> BinaryFormat:
    if isinstance(type_, JSONB):
        return BinaryFormat(lambda value: b"\x01" + _dumped(value), 3802)
    return BinaryFormat(_dumped, 114)


def _array(type_: ARRAY[Any]) -> BinaryFormat | None:
    item = format_of_type(type_.item_type)
    if item is None or item.oid is None:
        return None
    oid, payload = item.oid, item.payload

    def encode(value: list[Any]) -> bytes:
        sizes = list(_sizes(value, type_.dimensions or 1))
        items = _items(value, len(sizes))
        fields = [NULL if each is None else field(payload(each)) for each in items]
        head = _array_head(len(sizes), NULL in fields, oid)
        return head + b"".join([*(_array_size(size, 1) for size in sizes), *fields])

    return BinaryFormat(encode, None)


def _sizes(value: list[Any], dimensions: int) -> Iterator[int]:
    """Return the length of each dimension of an array; an empty array has none."""
    for _ in range(dimensions if value else 0):
        yield len(value)
        value = value[0]


def _items(value: list[Any], dimensions: int) -> Iterator[Any]:
    for item in value:
        if dimensions > 1:
            yield from _items(item, dimensions - 1)
        else:
            yield item


def _numeric(value: Any) -> bytes:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    sign, digits, exponent = number.as_tuple()
    scale = max(0, -int(exponent))
    # The digits are filled up with zeros to groups of four on both sides of the decimal point.
    text = "".join(map(str, digits)) + "0" * (int(exponent) + -scale % 4 + scale)
    text = "0" * (-len(text) % 4) + text
    groups = [int(text[start : start + 4]) for start in range(0, len(text), 4)]
    weight = len(groups) - (scale + 3) // 4 - 1
    while groups and groups[0] == 0:
        groups, weight = groups[1:], weight - 1
    while groups and groups[-1] == 0:
        groups.pop()
    head = _numeric_head(len(groups), weight, _NEGATIVE if sign and groups else 0, scale)
    return head + b"".join(map(_int16, groups))


def _moment(value: datetime) -> bytes:
    return _int64((value - _EPOCH) // _MICROSECOND)


def _local_moment(value: datetime) -> bytes:
    return _moment(value.replace(tzinfo=UTC))


def _date(value: date) -> bytes:
    return _int32(value.toordinal() - _FIRST_DAY)


def _microseconds(value: time) -> int:
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return seconds * 1_000_000 + value.microsecond


def _time_of_day(value: time) -> bytes:
    return _int64(_microseconds(value))


def _time_in_zone(value: time) -> bytes:
    east = value.utcoffset() or timedelta()
    return _zoned_time(_microseconds(value), -(east // timedelta(seconds=1)))


def _span(value: timedelta) -> bytes:
    days, rest = divmod(value, _DAY)
    return _interval(rest // _MICROSECOND, days, 0)


def _uuid(value: UUID | str) -> bytes:
    return UUID(str(value)).bytes


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# The first entry that matches is used. The order matters, because in SQLAlchemy an Enum is a
# String, and a Double is a Float.
_FORMATS: Final[
    tuple[tuple[type | tuple[type, ...], Callable[[Any], BinaryFormat | None]], ...]
] = (
    (Boolean, lambda _: BinaryFormat(_boolean, 16)),
    (Integer, _integer),
    (Float, _float),
    (Numeric, lambda _: BinaryFormat(_numeric, 1700)),
    (Enum, _enum),
    (String, _text),
    (DateTime, _datetime),
    (Date, lambda _: BinaryFormat(_date, 1082)),
    (Time, _time),
    ((Interval, INTERVAL), lambda _: BinaryFormat(_span, 1186)),
    (LargeBinary, lambda _: BinaryFormat(bytes, 17)),
    (Uuid, lambda _: BinaryFormat(_uuid, 2950)),
    (JSON, _json),
    (ARRAY, _array),
)
