"""What every repository can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, Table, inspect
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from core.errors import InvalidArgumentError, UniqueViolationError
from models import Base
from repositories import audit, values
from repositories.bulk.result import Upserted
from repositories.bulk.upsert import upsert_many
from repositories.errors import changed, gone, needs_rollback, translated
from repositories.statements import base as statements
from repositories.statements.keyset import Keyset, Page

Options = Sequence[ExecutableOption]
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

    def get_by_id(
        self,
        id: Any,  # noqa: A002 - the public name
        options: Options = (),
    ) -> M | None:
        """Return the row with a primary key, or None.

        Args:
            id: The primary key.
            options: What to load with it, such as ``joinedload(QuantumStrategy.team)``.

        Raises:
            InvalidArgumentError: No primary key can have this value.
        """
        statement = statements.by_id(self.model, id)
        if options:
            # A row that is in the session already gets what it lacks.
            return self._first(statement.options(*options))
        with translated(self._table):
            return self.session.get(self.model, id)

    def get_all(self, skip: int = 0, limit: int = 100, options: Options = ()) -> list[M]:
        """Return rows by primary key, from ``skip`` on, at most ``limit``.

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
        """Return the rows behind those of the page before: none twice, none left out.

        Rows that are inserted or deleted meanwhile do not move the others, and a late page costs
        what an early one does.

        Args:
            limit: How many rows at most.
            after: ``next`` of the page before; None for the first page.
            order_by: The field that orders them, nulls last; the primary key when not given.
            descending: Largest first.
            options: What to load with each row.

        Raises:
            UnknownFieldError: The model has no such field.
            InvalidArgumentError: ``after`` is not of this order, or ``limit`` below 1.
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
        """Give rows one after the other, by primary key, through a cursor of the server.

        However many they are, only ``batch_size`` are in memory. The transaction has to stay open
        until the last.

        Args:
            fields: Only rows in which these fields have these values.
            batch_size: How many rows are fetched at a time.
            options: What to load with each row.

        Raises:
            UnknownFieldError: The model has no such field.
            InvalidArgumentError: A field cannot have this value, or ``batch_size`` is below 1.
        """
        statement = statements.by_fields(self.model, fields or {}).options(*options)
        return self._stream(statement, values.limit(batch_size))

    def _stream(self, statement: Select[M], batch_size: int) -> Iterator[M]:
        with translated(self._table):
            yield from self.session.scalars(statement, execution_options={"yield_per": batch_size})

    def get_by_field(self, field: str, value: Any, options: Options = ()) -> list[M]:
        """Return the rows in which a field has a value (None: is null), by primary key.

        Raises:
            UnknownFieldError: The model has no such field.
            InvalidArgumentError: The field cannot have this value.
        """
        return self._all(statements.by_field(self.model, field, value).options(*options))

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
            InvalidArgumentError: A value fits no row, or the row was created before.
            ConstraintViolationError: One of its children; a constraint refused the row.
        """
        self.create_many([obj])
        return obj

    def create_many(self, objs: Iterable[M]) -> None:
        """Insert rows, in as few statements as possible; all of them or none.

        Raises:
            InvalidArgumentError: A value fits no row, or a row was created before.
            ConstraintViolationError: One of its children; a constraint refused a row.
        """
        rows = list(objs)
        for row in rows:
            self._check(row)
            self._refuse_known(row)
        if not self.session.is_active:
            raise needs_rollback()
        self.session.add_all(rows)
        self._flush()

    def upsert_many(self, rows: Iterable[Mapping[str, Any]]) -> Upserted:
        """Insert or change rows by natural key, as many as there are; all of them or none.

        A row that says what the table says already is left alone: not locked, not written, no id
        used, ``updated_at`` kept. A field that the rows do not give keeps its value, or gets its
        default in a new row. Rows of the session are read again when they are next used.

        Args:
            rows: A dict of field and value for each row, all with the same fields, the natural key
                among them and the primary key not. Any iterable; it is read as it is needed, and
                should not use this session meanwhile.

        Returns:
            How many rows were inserted, updated and left alone.

        Raises:
            DataAccessError: One of its children; ``position`` says which row, from 0. Nothing of
                the call is kept.
        """
        if not self.session.is_active:
            raise needs_rollback()
        required = bool(self.session.info.get(audit.REQUIRED))
        stamps = audit.stamps(self.model, required=required)
        return upsert_many(self.session, self.model, rows, stamps)

    def update(self, obj: M) -> M:
        """Send the changes of a row and return it, its generated values included.

        The changes of a row of another session are made here; the row returned is the one that
        belongs to this session. A JSON value is changed by setting another: what is changed inside
        of it is not noticed.

        Raises:
            InvalidArgumentError: A value fits no row, or the row was never read or created.
            NotFoundError: The row is not there any more.
            ConflictError: Somebody else has changed or deleted the row since it was read (picks
                and strategies).
            ConstraintViolationError: One of its children; a constraint refused the change.
        """
        self._check(obj)
        ours = obj if obj in self.session else self._merge(obj)
        self._flush()
        self._reload(ours)
        return ours

    def delete(self, obj: M) -> None:
        """Delete a row.

        Raises:
            InvalidArgumentError: The row was never read or created.
            NotFoundError: The row is not there any more.
            ForeignKeyViolationError: Other rows refer to it.
        """
        self._check_model(obj)
        if obj in self.session.new:
            self._flush()
        identity, version = self._identity(obj), self._version(obj)
        with translated(self._table):
            # Asked for and held, because a DELETE of nothing is no error.
            ours = self.session.get(self.model, identity, with_for_update=True)
            if ours is None:
                raise gone(self._table)
            if self._version(ours) != version:
                raise changed(self._table)
            self.session.delete(ours)
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
        self._check_model(obj)
        values.check_row(obj)
        # What is sent with it, because a relationship leads there.
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
        """Refuse what is a row already, here or in another session."""
        state = inspect(obj)
        if state.key is not None or state.session not in {None, self.session}:
            raise InvalidArgumentError(
                f"this {self.model.__name__} was read or created before",
                remedy="update it, or make a new one",
            )
        key = state.mapper.identity_key_from_instance(obj)
        if self.session.identity_map.get(key) is not None:
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
        """The version of a row that was read; None where versions do not matter."""
        column = inspect(self.model).version_id_col
        return None if column is None else getattr(obj, str(column.key))

    def _merge(self, obj: M) -> M:
        """Bring the changes of a row of another session to the row here, and nothing else.

        What was only read there may be old by now.
        """
        with translated(self._table):
            ours = self.session.get(self.model, self._identity(obj))
            if ours is None:
                raise gone(self._table)
            if self._version(ours) != self._version(obj):
                raise changed(self._table)
            for attribute in inspect(obj).attrs:
                if attribute.history.has_changes():
                    value = attribute.value
                    is_row = isinstance(value, Base)
                    setattr(ours, attribute.key, self.session.merge(value) if is_row else value)
        return ours

    def _reload(self, obj: M) -> None:
        """Read what an update generated, so that the row is complete when the session is closed."""
        expired = inspect(obj).expired_attributes & set(inspect(self.model).column_attrs.keys())
        with translated(self._table):
            for key in expired:
                getattr(obj, key)  # the first reads them all
