"""``env.py`` in a scratch database, where nobody else is: no lock, no gate, no ledger."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from alembic.config import Config
from sqlalchemy import Connection, Engine, NullPool, create_engine

from schemaproof.connection.urls import DRIVER

_ATTRIBUTE: Final = "schemaproof.probe"


def asks(config: Config) -> bool:
    """Whether it is the probe that runs ``env.py``."""
    return bool(config.attributes.get(_ATTRIBUTE))


def run(
    context: ModuleType,
    options: Mapping[str, Any],
    arguments: Mapping[str, Any],
    bind: Engine | Connection | None,
) -> None:
    """Run what Alembic was asked for, as any other ``env.py`` does.

    Args:
        context: ``alembic.context``, within ``env.py``.
        options: Of ``context.configure``.
        arguments: What the functions of the revisions are called with.
        bind: What ``env.py`` hands over; None where it leaves the connection to us.
    """
    if context.is_offline_mode():
        _run(context, arguments, {"dialect_name": "postgresql", **_OFFLINE, **options})
        return
    if isinstance(bind, Connection):
        _run(context, arguments, {**options, "connection": bind})
        return
    # Wherever it would go, the probe has it go to the scratch database.
    engine = bind or create_engine(f"{DRIVER}://", poolclass=NullPool)
    with engine.connect() as connection:
        _run(context, arguments, {**options, "connection": connection})


_OFFLINE: Final = {"literal_binds": True, "dialect_opts": {"paramstyle": "named"}}


def _run(context: ModuleType, arguments: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    context.configure(**options)
    with context.begin_transaction():
        context.run_migrations(**arguments)
