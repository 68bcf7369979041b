"""Keyset pagination: a page starts after a row, so inserted or deleted rows do not shift it."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Select, and_, inspect, or_, select, tuple_

from core.errors import DataAccessError, InvalidArgumentError
from models import Base
from repositories import values
from repositories.statements import base, page_token

M = TypeVar("M", bound=Base)

_REMEDY: Final = "give the previous page's next as after, with the same order_by"


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows, and the position at which the next page begins.

    Attributes:
        rows: The rows.
        next: The value of ``after`` for the next page; None when this one is the last.
    """

    rows: Sequence[M]
    next: str | None


@dataclass(frozen=True)
class Keyset:
    """An order of the rows of a model: by one field, then by primary key; nulls last.

    Raises:
        UnknownFieldError: The model has no field of this name.
        InvalidArgumentError: Rows cannot be sorted by this field.
    """

    model: type[Base]
    field: str | None = None
    descending: bool = False

    def __post_init__(self) -> None:
        if page_token.codec_for(self._column.type) is None:
            raise InvalidArgumentError(
                f"rows cannot be sorted by {self.model.__name__}.{self.field}",
                remedy="sort by another field",
            )

    @property
    def _id(self) -> Column[Any]:
        (column,) = base.primary_key(self.model)
        return column

    @property
    def _column(self) -> Column[Any]:
        return self._id if self.field is None else values.model_column(self.model, self.field)

    def statement(self, *, after: str | None, limit: int) -> Select[Any]:
        """Select the rows after a position, one more than the page needs."""
        columns = dict.fromkeys((self._column, self._id))
        statement = select(self.model).order_by(*(self._ordered(column) for column in columns))
        if after is not None:
            statement = statement.where(self._behind(*self._position(after)))
        return statement.limit(values.limit(limit) + 1)

    def _ordered(self, column: Column[Any]) -> ColumnElement[Any]:
        way = column.desc() if self.descending else column.asc()
        # PostgreSQL cannot read an index backwards for DESC NULLS LAST, even if there are no nulls.
        return way.nulls_last() if column.nullable else way

    def page(self, found: Sequence[M], *, limit: int) -> Page[M]:
        """Make a page from the selected rows."""
        rows = found[:limit]
        return Page(rows, self._token(rows[-1]) if len(found) > limit else None)

    def _behind(self, value: Any, id_: Any) -> ColumnElement[bool]:
        column, key = self._column, self._id
        later_id: ColumnElement[bool] = key < id_ if self.descending else key > id_
        if column is key:
            return later_id
        if value is None:
            return and_(column.is_(None), later_id)
        here, there = tuple_(column, key), tuple_(value, id_)
        later = here < there if self.descending else here > there
        return or_(later, column.is_(None)) if column.nullable else later

    def _token(self, row: Base) -> str:
        id_field = inspect(self.model).get_property_by_column(self._id).key
        content = [
            self.field,
            self.descending,
            page_token.encode(self._column.type, getattr(row, self.field or id_field)),
            page_token.encode(self._id.type, getattr(row, id_field)),
        ]
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()

    def _position(self, after: str) -> tuple[Any, Any]:
        try:
            *order, value, id_ = json.loads(base64.urlsafe_b64decode(after))
            value = page_token.decode(self._column.type, value)
            id_ = page_token.decode(self._id.type, id_)
            if value is not None:
                values.check_value(self._column, value)
            values.check_value(self._id, id_)
        except (DataAccessError, ValueError, TypeError, ArithmeticError) as error:
            raise _no_position() from error
        if order != [self.field, self.descending]:
            raise _no_position()
        return value, id_


def _no_position() -> InvalidArgumentError:
    return InvalidArgumentError("after is not a position in this order", remedy=_REMEDY)
