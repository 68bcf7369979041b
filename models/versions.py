"""The version of a row: the id of the transaction that wrote it (PostgreSQL's ``xmin``).

See "System Columns" in the manual. An UPDATE or DELETE by the ORM compares the version that was
read, and finds no row if another transaction has written it since.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Dialect, FetchedValue, cast, event
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import UserDefinedType

_ORDER = 1000


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's type ``xid``, an integer in Python."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the name of the type in SQL."""
        return "xid"

    def bind_expression(self, bindvalue: BindParameter[int]) -> ColumnElement[int]:
        """Cast a bound value, because PostgreSQL does not convert an integer to ``xid``."""
        return cast(bindvalue, type_=self)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Send a text by psycopg2, which writes literals, and an integer by asyncpg."""
        return str if dialect.driver == "psycopg2" else int

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], int]:
        """Convert the text that psycopg2 reads to an integer."""
        del dialect, coltype
        return int


class VersionedMixin:
    """Optimistic locking: an update of an outdated version of a row is refused."""

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
    """Forget the version of a row whose INSERT was rolled back."""
    vars(row).pop("xmin", None)
