"""Encode rows in PostgreSQL's binary COPY format, column by column (manual, "COPY")."""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice, repeat
from operator import itemgetter
from typing import Any, Final

from core.errors import DataAccessError, InvalidArgumentError
from models import Base
from repositories import iterators, values
from repositories.bulk.columns import ColumnEncoder, field_encoder
from repositories.bulk.layout import Layout, located, make_layout, not_a_row

Row = Mapping[str, Any]

SLICE: Final = 1_000
"""The number of rows that are held as Python objects at a time."""
BATCH_ROWS: Final = 50_000
BATCH_BYTES: Final = 8_000_000

_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = struct.pack(">h", -1)
_line = struct.Struct(">hiq").pack
"""Encodes the beginning of a row: the number of its fields, then its position as the first."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are sent together.

    Attributes:
        first: The position of the first row.
        count: The number of rows.
        data: A whole COPY in binary format: the position of each row, then its fields.
    """

    first: int
    count: int
    data: bytes


def batches(model: type[Base], rows: Iterable[Row]) -> tuple[Layout | None, Iterator[Batch]]:
    """Return the layout for the fields of the first row, and an iterator of batches.

    Returns:
        None for the layout when there is no row.

    Raises:
        DataAccessError: One of its subclasses; a row is not valid, ``position`` is its index. It is
            raised when the batch of the row is read.
    """
    if not isinstance(rows, Iterable):
        raise no_rows(rows)
    iterators.check(rows)
    waiting = iter(rows)
    start = list(islice(waiting, 1))
    if not start:
        return None, iter(())
    layout = make_layout(model, start[0])
    return layout, _batches(layout, chain(start, waiting))


def no_rows(given: object) -> InvalidArgumentError:
    """Return the error for a value that is not iterable."""
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
    """Encodes slices of rows, and combines them into batches.

    Args:
        layout: The model of the rows, and the fields that every row has.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._columns = {
            field: ColumnEncoder(values.model_column(layout.model, field))
            for field in layout.fields
        }
        self._position = 0
        self._begin()

    def _begin(self) -> None:
        self._first = self._position
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, rows: Sequence[Row]) -> Batch | None:
        """Encode more rows; return a batch when there are enough rows for one.

        Raises:
            DataAccessError: One of its subclasses; a row is not valid, ``position`` is its index.
        """
        try:
            self._parts.append(self._encode(rows))
        except (DataAccessError, KeyError, IndexError, TypeError):
            _refuse_the_first(self._layout, rows, self._position)
            raise
        self._position += len(rows)
        self._size += len(self._parts[-1])
        is_full = self._position - self._first >= BATCH_ROWS or self._size >= BATCH_BYTES
        return self.rest() if is_full else None

    def rest(self) -> Batch | None:
        """Return the remaining rows as a batch; None when there are none."""
        if not self._parts:
            return None
        data = b"".join((_HEADER, *self._parts, _TRAILER))
        batch = Batch(self._first, self._position - self._first, data)
        self._begin()
        return batch

    def _encode(self, rows: Sequence[Row]) -> bytes:
        """Encode rows column by column; the position of an invalid value is determined later."""
        if set(map(len, rows)) != {len(self._columns)}:
            raise KeyError
        heads = map(_line, repeat(len(self._columns) + 1), repeat(8), count(self._position))
        fields = (
            column.slice(list(map(itemgetter(field), rows)))
            for field, column in self._columns.items()
        )
        return b"".join(map(b"".join, zip(heads, *fields, strict=False)))


def _refuse_the_first(layout: Layout, rows: Sequence[Row], position: int) -> None:
    """Raise the error for the first invalid row, as if the rows were checked one by one."""
    encoders = {
        field: field_encoder(values.model_column(layout.model, field)) for field in layout.fields
    }
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
        values.model_column(layout.model, field)
    different = set(row) ^ set(layout.fields)
    if different:
        field = min(different)
        raise InvalidArgumentError(
            f"{layout.model.__name__}.{field} is "
            + ("given, and rows[0] lacks it" if field in row else "missing, and rows[0] has it"),
            remedy="give every row the same fields",
        )
