"""The methods with which every repository reads and writes."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import inspect

from core.errors import InvalidArgumentError, UniqueViolationError
from models import Base
from repositories import audit, iterators, json_changes, values
from repositories.bulk.result import Upserted
from repositories.bulk.upsert import upsert_many
from repositories.errors import needs_rollback, row_conflict, row_not_found, translated
from repositories.reading import ReadingRepository
from repositories.session_policy import real_session

if TYPE_CHECKING:
    from repositories.aio.base import AsyncBaseRepository as AsyncBaseRepository

M = TypeVar("M", bound=Base)


class BaseRepository(ReadingRepository[M]):
    """Rows of one model, read and written in a session that the caller passes.

    It never commits. A write is sent at once, so that the call with the faulty row raises; after an
    error the session has to be rolled back, which a unit of work does.

    Every method may raise ``SchemaMismatchError`` when the database differs from the model.
    """

    def create(self, obj: M) -> M:
        """Insert a row and return it with its generated values.

        Raises:
            InvalidArgumentError: A value does not fit its column, or the row was created before.
            ConstraintViolationError: One of its subclasses; a constraint refused the row.
        """
        self._prepare(obj)
        self.session.add(obj)
        self._flush()
        return obj

    def create_many(self, objs: Iterable[M]) -> None:
        """Insert all rows in as few statements as possible, or none of them.

        Raises:
            InvalidArgumentError: A value does not fit its column, a row was created before, or
                ``objs`` is an iterator that has already been read.
            ConstraintViolationError: One of its subclasses; a constraint refused a row.
        """
        iterators.check(objs)
        rows = list(objs)
        for row in rows:
            self._prepare(row)
        self.session.add_all(rows)
        self._flush()

    def upsert_many(self, rows: Iterable[Mapping[str, Any]]) -> Upserted:
        """Insert or update any number of rows by natural key, all of them or none.

        A row without changes is neither locked nor written; it uses no id and keeps ``updated_at``.
        A field that the rows do not contain keeps its value, or gets its default in a new row.
        Changed rows of the session are updated in memory.

        Args:
            rows: An iterable of dicts from field to value, all with the same fields, including the
                natural key but not the primary key. It is read on demand, and must not use this
                session itself.

        Returns:
            The numbers of rows that were inserted, updated and left unchanged.

        Raises:
            DataAccessError: One of its subclasses; ``position`` is the index of the row, from 0.
                The call changes nothing.
        """
        if not self.session.is_active:
            raise needs_rollback()
        required = bool(self.session.info.get(audit.REQUIRED))
        audit_values = audit.audit_values(self.model, required=required)
        return upsert_many(self.session, self.model, rows, audit_values)

    def update(self, obj: M) -> M:
        """Send the changes of a row and return it with its generated values.

        If the row belongs to another session, its changes are made to the row of this session,
        which is returned. A change inside a JSON value is sent, too.

        Raises:
            InvalidArgumentError: A value does not fit its column, or the row was never read or
                created.
            NotFoundError: The row no longer exists.
            ConflictError: Another session has changed or deleted the row since it was read (picks
                and strategies).
            ConstraintViolationError: One of its subclasses; a constraint refused the change.
        """
        self._check_model(obj)
        json_changes.notice([obj])
        self._check(obj)
        if real_session(self.session) is None:
            self._flush()
            return obj
        ours = obj if obj in self.session else self._merge(obj)
        json_changes.notice([ours])
        self._flush()
        self._reload(ours)
        return ours

    def delete(self, obj: M) -> None:
        """Delete a row.

        Raises:
            InvalidArgumentError: The row was never read or created.
            NotFoundError: The row no longer exists.
            ForeignKeyViolationError: Other rows refer to it.
        """
        self._check_model(obj)
        if real_session(self.session) is None:
            self.session.delete(obj)
            self._flush()
            return
        if obj in self.session.new:
            self._flush()
        identity, version = self._identity(obj), self._version(obj)
        with translated(self._table):
            # The row is read and locked first, because a DELETE that finds no row is no error.
            ours = self.session.get(self.model, identity, with_for_update=True)
            if ours is None:
                raise row_not_found(self._table)
            if self._version(ours) != version:
                raise row_conflict(self._table)
            self.session.delete(ours)
        self._flush()

    def _prepare(self, obj: M) -> None:
        """Check a row before it is inserted."""
        self._check(obj)
        self._refuse_known(obj)
        if not self.session.is_active:
            raise needs_rollback()

    def _flush(self) -> None:
        with translated(self._table):
            self.session.flush()

    def _check(self, obj: M) -> None:
        self._check_model(obj)
        values.check_row(obj)
        # These rows are sent together with the row because of a relationship.
        for related, *_ in inspect(self.model).cascade_iterator("save-update", inspect(obj)):
            if isinstance(related, Base):
                values.check_row(related)

    def _check_model(self, obj: M) -> None:
        if not isinstance(obj, self.model):
            raise InvalidArgumentError(
                f"{type(obj).__name__} is not a {self.model.__name__}",
                remedy=f"give a {self.model.__name__}",
            )

    def _refuse_known(self, obj: M) -> None:
        """Refuse an object that is already a row, here or in another session."""
        state = inspect(obj)
        if state.key is not None or state.session not in {None, real_session(self.session)}:
            raise InvalidArgumentError(
                f"this {self.model.__name__} was read or created before",
                remedy="update it, or make a new one",
            )
        key = state.mapper.identity_key_from_instance(obj)
        real = real_session(self.session)
        if real is not None and real.identity_map.get(key) is not None:
            raise UniqueViolationError(
                f"{self._table.fullname}: {', '.join(self._table.primary_key.columns.keys())}"
                " is taken by another row",
                table=self._table.fullname,
                columns=tuple(self._table.primary_key.columns.keys()),
                constraint=str(self._table.primary_key.name),
                remedy="update that row instead",
            )

    def _identity(self, obj: M) -> tuple[Any, ...]:
        identity = inspect(obj).identity
        if identity is None:
            raise InvalidArgumentError(
                f"this {self.model.__name__} was never read or created", remedy="create it first"
            )
        return identity

    def _version(self, obj: M) -> Any:
        """The version of a row when it was read; None if the model has no versions."""
        column = inspect(self.model).version_id_col
        return None if column is None else getattr(obj, str(column.key))

    def _merge(self, obj: M) -> M:
        """Copy only the changes of a row of another session to the row of this session.

        Its unchanged values may be outdated.
        """
        with translated(self._table):
            ours = self.session.get(self.model, self._identity(obj))
            if ours is None:
                raise row_not_found(self._table)
            if self._version(ours) != self._version(obj):
                raise row_conflict(self._table)
            for attribute in inspect(obj).attrs:
                if attribute.history.has_changes():
                    value = attribute.value
                    is_row = isinstance(value, Base)
                    setattr(ours, attribute.key, self.session.merge(value) if is_row else value)
        return ours

    def _reload(self, obj: M) -> None:
        """Read the values that an update generated, because a closed session cannot read them."""
        expired = inspect(obj).expired_attributes & set(inspect(self.model).column_attrs.keys())
        with translated(self._table):
            for key in expired:
                getattr(obj, key)  # Reading the first of them loads all.


def __getattr__(name: str) -> object:
    if name == "AsyncBaseRepository":
        # This import is here because it needs the extra ``async``.
        return importlib.import_module("repositories.aio.base").AsyncBaseRepository
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
