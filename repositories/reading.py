"""The methods with which every repository reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, Table, inspect
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from models import Base
from repositories import json_changes, values
from repositories.errors import translated
from repositories.session_policy import listen, real_session
from repositories.statements import base as statements
from repositories.statements.keyset import Keyset, Page

Options = Sequence[ExecutableOption]
M = TypeVar("M", bound=Base)


def streamed(batch_size: int) -> dict[str, Any]:
    """Return the execution options of a statement whose rows are fetched in parts."""
    return {"yield_per": batch_size, json_changes.STREAMED: True}


class ReadingRepository(Generic[M]):
    """Rows of one model, read in a session that the caller passes.

    Every method may raise ``SchemaMismatchError`` when the database differs from the model.
    """

    def __init__(self, model: type[M], session: Session) -> None:
        self.model = model
        self.session = session
        listen()

    def get_by_id(
        self,
        id: Any,  # noqa: A002 - the public name
        options: Options = (),
    ) -> M | None:
        """Return the row with a primary key, or None.

        Args:
            id: The primary key.
            options: Loader options of SQLAlchemy, such as ``joinedload(QuantumStrategy.team)``.

        Raises:
            InvalidArgumentError: The value does not fit the primary key.
        """
        statement = statements.by_id(self.model, id)
        if options:
            # A query is needed, so that the options also load what a row in the session still
            # lacks.
            return self._first(statement.options(*options))
        with translated(self._table):
            return self.session.get(self.model, id)

    def get_all(self, skip: int = 0, limit: int = 100, options: Options = ()) -> list[M]:
        """Return at most ``limit`` rows by primary key, after the first ``skip``.

        Raises:
            InvalidArgumentError: ``skip`` is negative, or ``limit`` below 1.
        """
        return self._all(statements.page(self.model, skip=skip, limit=limit).options(*options))

    def get_page(
        self,
        limit: int = 100,
        after: str | None = None,
        *,
        order_by: str | None = None,
        descending: bool = False,
        options: Options = (),
    ) -> Page[M]:
        """Return the rows after the previous page, each exactly once.

        Rows that are inserted or deleted meanwhile do not move the others, and a late page takes no
        longer than an early one.

        Args:
            limit: The greatest number of rows.
            after: The ``next`` of the previous page; None for the first page.
            order_by: The field to sort by, nulls last; the primary key when omitted.
            descending: Whether the largest value comes first.
            options: Loader options for each row.

        Raises:
            UnknownFieldError: The model has no field of this name.
            InvalidArgumentError: ``after`` belongs to another order, or ``limit`` below 1.
        """
        keyset = Keyset(self.model, order_by, descending)
        statement = keyset.statement(after=after, limit=limit).options(*options)
        return keyset.page(self._all(statement), limit=limit)

    def stream(
        self,
        fields: Mapping[str, Any] | None = None,
        *,
        batch_size: int = 1000,
        options: Options = (),
    ) -> Iterator[M]:
        """Yield rows one by one, by primary key, through a server-side cursor.

        At most ``batch_size`` rows are in memory. The transaction has to stay open until the last
        row.

        Args:
            fields: The values that the rows must have, by field; None for all rows.
            batch_size: The number of rows that are fetched at a time.
            options: Loader options for each row.

        Raises:
            UnknownFieldError: The model has no field of this name.
            InvalidArgumentError: A field cannot have this value, or ``batch_size`` is below 1.
        """
        statement = statements.by_fields(self.model, fields or {}).options(*options)
        return self._stream(statement, values.limit(batch_size))

    def _stream(self, statement: Select[M], batch_size: int) -> Iterator[M]:
        with translated(self._table):
            rows = self.session.scalars(statement, execution_options=streamed(batch_size))
            for part in rows.partitions():
                try:
                    yield from part
                finally:
                    self._notice_json()

    def _notice_json(self) -> None:
        """Mark changes within JSON values, before their rows are released."""
        if (real := real_session(self.session)) is not None:
            json_changes.notice_all(real)

    def get_by_field(self, field: str, value: Any, options: Options = ()) -> list[M]:
        """Return the rows in which a field has a value (None: IS NULL), by primary key.

        Raises:
            UnknownFieldError: The model has no field of this name.
            InvalidArgumentError: The field cannot have this value.
        """
        return self._all(statements.by_field(self.model, field, value).options(*options))

    def get_first_by_field(self, field: str, value: Any) -> M | None:
        """Return the first row of :meth:`get_by_field`, or None."""
        return self._first(statements.by_field(self.model, field, value))

    def count(self) -> int:
        """Return the number of rows."""
        with translated(self._table):
            return self.session.execute(statements.count(self.model)).scalar() or 0

    @property
    def _table(self) -> Table:
        return inspect(self.model).local_table  # type: ignore[return-value]

    def _all(self, statement: Select[M]) -> list[M]:
        with translated(self._table):
            return list(self.session.execute(statement).scalars().all())

    def _first(self, statement: Select[M]) -> M | None:
        with translated(self._table):
            return self.session.execute(statement.limit(1)).scalars().first()
