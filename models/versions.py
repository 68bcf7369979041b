"""The version of a row: the transaction that wrote it, which PostgreSQL keeps itself.

Manual, "System Columns", xmin. An UPDATE or DELETE through the ORM names the version that was read,
and finds nothing when somebody else has written the row since.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Dialect, FetchedValue, cast, event
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import UserDefinedType

_ORDER = 1000


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's ``xid``, as a number in Python."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in SQL."""
        return "xid"

    def bind_expression(self, bindvalue: BindParameter[int]) -> ColumnElement[int]:
        """No number is an ``xid`` by itself."""
        return cast(bindvalue, type_=self)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """psycopg2 writes literals, and only a text is cast; asyncpg sends numbers."""
        return str if dialect.driver == "psycopg2" else int

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], int]:
        """psycopg2 reads it as a text."""
        del dialect, coltype
        return int


class VersionedMixin:
    """Optimistic locking: a change of an old version of the row is refused."""

    xmin: Mapped[int] = mapped_column(
        TransactionId,
        system=True,
        nullable=True,  # xmin is a system column, for which no INSERT gives a value.
        server_default=FetchedValue(),
        sort_order=_ORDER,
    )

    @declared_attr.directive
    # SQLAlchemy calls this method with the class.
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - as SQLAlchemy has it
        """Make SQLAlchemy use the version that PostgreSQL generates."""
        return {"version_id_col": cls.xmin, "version_id_generator": False}


@event.listens_for(VersionedMixin, "before_insert", propagate=True)
def _leave_version_out(_: object, __: object, row: VersionedMixin) -> None:
    """Forget the version of a row whose creation was rolled back."""
    vars(row).pop("xmin", None)
