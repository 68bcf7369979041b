"""Rows → PostgreSQL's binary COPY format, column by column (manual, "COPY", "Binary Format").

A column of a slice has few different values: each of them is checked and encoded once.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice, repeat
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Double, Integer, String
from sqlalchemy.dialects.postgresql import JSONB

from core.errors import DataAccessError, InvalidArgumentError, NotNullViolationError
from models import Base
from repositories import values
from repositories.bulk.layout import Layout, layout_of, located, not_a_row

Row = Mapping[str, Any]
Field = Callable[[Any], bytes]

SLICE: Final = 1_000
"""Rows that are held as Python objects at a time."""
BATCH_ROWS: Final = 50_000
BATCH_BYTES: Final = 8_000_000

_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = struct.pack(">h", -1)
_NULL: Final = struct.pack(">i", -1)
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_length = struct.Struct(">i").pack
_short = struct.Struct(">ii").pack
_long = struct.Struct(">iq").pack
_double = struct.Struct(">id").pack
_flag = struct.Struct(">i?").pack
_line = struct.Struct(">hiq").pack


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are sent together.

    Attributes:
        first: The position of the first.
        count: How many they are.
        data: A whole COPY in binary format: the position of each row, then its fields.
    """

    first: int
    count: int
    data: bytes


def batches(model: type[Base], rows: Iterable[Row]) -> tuple[Layout | None, Iterator[Batch]]:
    """Return the layout that the first row asks for, and all rows in batches, on demand.

    Returns:
        None for the layout when there is no row.

    Raises:
        DataAccessError: One of its children; a row does not fit, ``position`` says which. It is
            raised when the batch of the row is asked for.
    """
    if not isinstance(rows, Iterable):
        raise no_rows(rows)
    waiting = iter(rows)
    start = list(islice(waiting, 1))
    if not start:
        return None, iter(())
    layout = layout_of(model, start[0])
    return layout, _batches(layout, chain(start, waiting))


def no_rows(given: object) -> InvalidArgumentError:
    """Say that something is not iterable."""
    return InvalidArgumentError(
        f"a {type(given).__name__} holds no rows", remedy="give a list or a generator of dicts"
    )


def _batches(layout: Layout, rows: Iterator[Row]) -> Iterator[Batch]:
    encoder = Encoder(layout)
    while part := list(islice(rows, SLICE)):
        if batch := encoder.add(part):
            yield batch
    if batch := encoder.rest():
        yield batch


class Encoder:
    """Encodes slices of rows, and puts them together to batches.

    Args:
        layout: What every row gives.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._position = 0
        self._begin()

    def _begin(self) -> None:
        self._first = self._position
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, rows: Sequence[Row]) -> Batch | None:
        """Encode the rows that follow; returns a batch when there is enough for one.

        Raises:
            DataAccessError: One of its children; a row does not fit, ``position`` says which.
        """
        self._parts.append(_encode(self._layout, rows, self._position))
        self._position += len(rows)
        self._size += len(self._parts[-1])
        is_full = self._position - self._first >= BATCH_ROWS or self._size >= BATCH_BYTES
        return self.rest() if is_full else None

    def rest(self) -> Batch | None:
        """Return what is left as a batch; None when nothing is."""
        if not self._parts:
            return None
        data = b"".join((_HEADER, *self._parts, _TRAILER))
        batch = Batch(self._first, self._position - self._first, data)
        self._begin()
        return batch


def _encode(layout: Layout, rows: Sequence[Row], position: int) -> bytes:
    try:
        return _encode_columns(layout, rows, position)
    except (DataAccessError, KeyError, IndexError, TypeError):
        _refuse_the_first(layout, rows, position)
        raise


def _encode_columns(layout: Layout, rows: Sequence[Row], position: int) -> bytes:
    if set(map(len, rows)) != {len(layout.fields)}:
        raise KeyError
    get: Callable[[Row], Any] = itemgetter(*layout.fields, layout.fields[0])
    given = zip(*map(get, rows), strict=True)
    heads = map(_line, repeat(len(layout.fields) + 1), repeat(8), range(position, 2**63 - 1))
    columns = [_encode_column(*pair) for pair in zip(layout.columns, given, strict=False)]
    return b"".join(map(b"".join, zip(heads, *columns, strict=False)))


def _encode_column(column: Column[Any], given: tuple[Any, ...]) -> Iterator[bytes]:
    """Encode a column; whatever does not fit raises, and is looked for afterwards."""
    encode = _field(column)
    exact = next((types for kind, types in _EXACT if isinstance(column.type, kind)), None)
    if exact is not None and not set(map(type, given)) <= exact:
        for value in given:  # True is 1 to a set, and so is a Decimal
            encode(value)
    if isinstance(column.type, JSONB):
        return map(encode, given)
    different = set(given)
    if isinstance(column.type, Double) and 0.0 in different:
        return map(encode, given)  # -0.0 is 0.0 to a set
    return map({value: encode(value) for value in different}.__getitem__, given)


def _field(column: Column[Any]) -> Field:
    """Return what checks and encodes one value of a column.

    Raises:
        InvalidArgumentError: Columns of this type cannot be sent.
    """
    payload = next((made for kind, made in _PAYLOADS if isinstance(column.type, kind)), None)
    if payload is None:
        raise InvalidArgumentError(
            f"{column.table.fullname}.{column.name} is {column.type}, which cannot be sent in bulk",
            remedy="leave the field out, or create the rows one by one",
        )

    def encode(value: Any) -> bytes:
        if value is None:
            if not column.nullable:
                raise _missing(column)
            return _NULL
        values.check_value(column, value)
        return payload(value)

    return encode


def _missing(column: Column[Any]) -> NotNullViolationError:
    return NotNullViolationError(
        f"{column.table.fullname}: {column.name} needs a value",
        table=column.table.fullname,
        columns=(column.name,),
        constraint=None,
        remedy="give one" if column.server_default is None else "give one, or leave the field out",
    )


def _text(value: str) -> bytes:
    data = value.encode()
    return _length(len(data)) + data


def _json(value: Any) -> bytes:
    data = json.dumps(value, ensure_ascii=False).encode()
    return _length(len(data) + 1) + b"\x01" + data


def _moment(value: datetime) -> bytes:
    return _long(8, (value - _EPOCH) // _MICROSECOND)


def _number(value: float) -> bytes:
    return _double(8, value)


def _integer(value: int) -> bytes:
    return _short(4, value)


def _bigint(value: int) -> bytes:
    return _long(8, value)


def _boolean(value: bool) -> bytes:  # noqa: FBT001 - a value of a row
    return _flag(1, value)


_PAYLOADS: Final[tuple[tuple[type, Field], ...]] = (
    (Boolean, _boolean),
    (BigInteger, _bigint),
    (Integer, _integer),
    (Double, _number),
    (String, _text),
    (DateTime, _moment),
    (JSONB, _json),
)
_EXACT: Final[tuple[tuple[type, set[type]], ...]] = (
    (Boolean, {bool, type(None)}),
    (Integer, {int, type(None)}),
    (Double, {float, int, type(None)}),
)


def _refuse_the_first(layout: Layout, rows: Sequence[Row], position: int) -> None:
    """Raise for the first row that does not fit, as if the rows were looked at one by one."""
    encoders = {field: _field(values.column_of(layout.model, field)) for field in layout.fields}
    for number, row in enumerate(rows, position):
        try:
            _check_fields(layout, row)
            for field, encode in encoders.items():
                encode(row[field])
        except DataAccessError as error:
            raise located(error, number) from None


def _check_fields(layout: Layout, row: object) -> None:
    if not isinstance(row, Mapping):
        raise not_a_row(row)
    for field in row:
        values.column_of(layout.model, field)
    different = set(row) ^ set(layout.fields)
    if different:
        field = min(different)
        raise InvalidArgumentError(
            f"{layout.model.__name__}.{field} is "
            + ("given, and rows[0] lacks it" if field in row else "missing, and rows[0] has it"),
            remedy="give every row the same fields",
        )
