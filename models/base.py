"""The base of all models: metadata with a naming convention, schemas, mixins."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import DateTime, MetaData, String, Text, event, func, inspect, null
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateSchema

SCHEMA_PUBLIC: Final = None
"""Odds and picks; shared with tables that are not ours."""

SCHEMA_IN_SQL: Final = "public"
"""What no schema means, where a statement has to name one."""

SCHEMA_QUANTUM: Final = "quantum"
"""Quantum ADN 2.0; everything in it is ours."""

NAMING_CONVENTION: Final = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

# The columns of the mixins come after the columns of the model itself.
_AUDIT_ORDER: Final = 800
_TIMESTAMP_ORDER: Final = 900


class Base(DeclarativeBase):
    """The base of all models; the database is compared with ``Base.metadata``."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)

    def to_dict(self) -> dict[str, Any]:
        """Return the loaded values of the mapped columns, by attribute name."""
        columns = inspect(type(self)).columns
        return {key: getattr(self, key) for key, column in columns.items() if not column.system}

    def __repr__(self) -> str:
        # The identity is known without a query, even if the instance is expired or detached.
        state = inspect(self)
        if state.identity is None:
            return f"<{type(self).__name__} (not persisted)>"
        keys = (column.key for column in state.mapper.primary_key)
        pairs = zip(keys, state.identity, strict=True)
        return f"<{type(self).__name__} {' '.join(f'{key}={value!r}' for key, value in pairs)}>"


# The schema belongs to what the models declare, so that `create_all` works on an empty database.
event.listen(Base.metadata, "before_create", CreateSchema(SCHEMA_QUANTUM, if_not_exists=True))


class TimestampMixin:
    """The times at which a row was created and last changed; ORM updates set ``updated_at``."""

    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), sort_order=_TIMESTAMP_ORDER
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=func.now(),
        # clock_timestamp() differs for two updates in one transaction, now() does not.
        onupdate=func.clock_timestamp(),
        sort_order=_TIMESTAMP_ORDER + 1,
    )


class AuditMixin:
    """The actors that created and last changed a row, and the reason.

    Without an audit context, the actor is the database role, and there is no reason: it would be
    the reason of an earlier change.
    """

    created_by: Mapped[str | None] = mapped_column(
        String(100),
        server_default=func.current_user(),
        comment="Actor that created the row",
        sort_order=_AUDIT_ORDER,
    )
    updated_by: Mapped[str | None] = mapped_column(
        String(100),
        server_default=func.current_user(),
        onupdate=func.current_user(),
        comment="Actor that last changed the row",
        sort_order=_AUDIT_ORDER + 1,
    )
    change_reason: Mapped[str | None] = mapped_column(
        Text,
        onupdate=null(),
        comment="Why the row was last changed",
        sort_order=_AUDIT_ORDER + 2,
    )
