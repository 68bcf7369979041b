"""``env.py`` in a scratch database, where nobody else is: no lock, no gate, no ledger."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from schemaproof.connection.urls import DRIVER

_ATTRIBUTE: Final = "schemaproof.probe"


def asks(config: Config) -> bool:
    """Whether it is the probe that runs ``env.py``."""
    return bool(config.attributes.get(_ATTRIBUTE))


def run(context: ModuleType, options: Mapping[str, Any]) -> None:
    """Run what Alembic was asked for, as any other ``env.py`` does.

    Args:
        context: ``alembic.context``, within ``env.py``.
        options: Of ``context.configure``.
    """
    if context.is_offline_mode():
        _run(context, options, dialect_name="postgresql", **_OFFLINE)
        return
    # Wherever it would go, the probe has it go to the scratch database.
    with create_engine(f"{DRIVER}://", poolclass=NullPool).connect() as connection:
        _run(context, options, connection=connection)


_OFFLINE: Final = {"literal_binds": True, "dialect_opts": {"paramstyle": "named"}}


def _run(context: ModuleType, options: Mapping[str, Any], **more: Any) -> None:
    context.configure(**options, **more)
    with context.begin_transaction():
        context.run_migrations()
