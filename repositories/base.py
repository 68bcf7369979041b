"""What every repository can do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, Table, inspect
from sqlalchemy.orm import Session

from core.errors import InvalidArgumentError, NotFoundError
from models import Base
from repositories import values
from repositories.errors import translated
from repositories.statements import base as statements

M = TypeVar("M", bound=Base)


class BaseRepository(Generic[M]):
    """Rows of one model, in a session that is handed in.

    It never commits. A write is sent at once, so that a constraint speaks up where the row was
    given; after an error the session has to be rolled back, which a unit of work does.

    Every method may raise ``SchemaMismatchError`` when the database is not what the model says.
    """

    def __init__(self, model: type[M], session: Session) -> None:
        self.model = model
        self.session = session

    def get_by_id(self, id: Any) -> M | None:  # noqa: A002 - the public name
        """Return the row with a primary key, or None.

        Raises:
            InvalidArgumentError: No primary key can have this value.
        """
        (column,) = statements.primary_key(self.model)
        if id is None:
            raise InvalidArgumentError(f"{column} cannot be None", remedy="give a primary key")
        values.check_value(column, id)
        with translated(self._table):
            return self.session.get(self.model, id)

    def get_all(self, skip: int = 0, limit: int = 100) -> list[M]:
        """Return rows by primary key, from ``skip`` on, at most ``limit``.

        Raises:
            InvalidArgumentError: ``skip`` is negative, or ``limit`` below 1.
        """
        return self._all(statements.page(self.model, skip=skip, limit=limit))

    def get_by_field(self, field: str, value: Any) -> list[M]:
        """Return the rows in which a field has a value (None: is null), by primary key.

        Raises:
            UnknownFieldError: The model has no such field.
            InvalidArgumentError: The field cannot have this value.
        """
        return self._all(statements.by_field(self.model, field, value))

    def get_first_by_field(self, field: str, value: Any) -> M | None:
        """Return the first of :meth:`get_by_field`, or None."""
        return self._first(statements.by_field(self.model, field, value))

    def count(self) -> int:
        """Return the number of rows."""
        with translated(self._table):
            return self.session.scalars(statements.count(self.model)).one()

    def create(self, obj: M) -> M:
        """Insert a row and return it, its generated values included.

        Raises:
            InvalidArgumentError: A value fits no row.
            ConstraintViolationError: One of its children; a constraint refused the row.
        """
        self.create_many([obj])
        return obj

    def create_many(self, objs: Iterable[M]) -> None:
        """Insert rows, in as few statements as possible; all of them or none.

        Raises:
            InvalidArgumentError: A value fits no row.
            ConstraintViolationError: One of its children; a constraint refused a row.
        """
        rows = list(objs)
        for row in rows:
            self._check(row)
        self.session.add_all(rows)
        self._flush()

    def update(self, obj: M) -> M:
        """Send the changes of a row and return it.

        A row of another session is merged into this one; the row returned is the one that belongs
        to this session.

        Raises:
            InvalidArgumentError: A value fits no row, or the row was never read or created.
            NotFoundError: The row is not there any more.
            ConstraintViolationError: One of its children; a constraint refused the change.
        """
        self._check(obj)
        merged = self._ours(obj)
        self._flush()
        return merged

    def delete(self, obj: M) -> None:
        """Delete a row.

        Raises:
            InvalidArgumentError: The row was never read or created.
            NotFoundError: The row is not there any more.
            ForeignKeyViolationError: Other rows refer to it.
        """
        self._check(obj)
        self.session.delete(self._ours(obj))
        self._flush()

    @property
    def _table(self) -> Table:
        return inspect(self.model).local_table  # type: ignore[return-value]

    def _all(self, statement: Select[M]) -> list[M]:
        with translated(self._table):
            return list(self.session.scalars(statement))

    def _first(self, statement: Select[M]) -> M | None:
        with translated(self._table):
            return self.session.scalars(statement.limit(1)).first()

    def _flush(self) -> None:
        with translated(self._table):
            self.session.flush()

    def _check(self, obj: M) -> None:
        if not isinstance(obj, self.model):
            raise InvalidArgumentError(
                f"{type(obj).__name__} is not a {self.model.__name__}",
                remedy=f"give a {self.model.__name__}",
            )
        values.check_row(obj)

    def _ours(self, obj: M) -> M:
        """Return the row of this session that an object stands for."""
        if obj in self.session:
            return obj
        identity: Sequence[Any] | None = inspect(obj).identity
        if identity is None:
            raise InvalidArgumentError(
                f"this {self.model.__name__} was never read or created", remedy="create it first"
            )
        with translated(self._table):
            if self.session.get(self.model, identity) is None:
                raise NotFoundError(
                    f"{self._table.fullname}: the row is not there any more",
                    remedy="read it again before changing it",
                )
            return self.session.merge(obj)
