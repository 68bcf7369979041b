"""Run ``env.py`` in a scratch database: without lock, gate and ledger."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from alembic.config import Config
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.schema import CreateSchema

from schemaproof.connection.urls import DRIVER
from schemaproof.sql import quoting

_ATTRIBUTE: Final = "schemaproof.probe"
_TENANT: Final = "schemaproof.tenant"


def asks(config: Config) -> bool:
    """Whether the probe runs ``env.py``."""
    return bool(config.attributes.get(_ATTRIBUTE))


def run(
    context: ModuleType,
    tenant: tuple[str, str] | None,
    options: Mapping[str, Any],
    arguments: Mapping[str, Any],
    bind: Engine | Connection | None,
) -> None:
    """Run the command that Alembic was called with, as any ``env.py`` does.

    Args:
        context: ``alembic.context``, within ``env.py``.
        tenant: The schema that represents all tenants, and the schema of the current tenant; None
            where there are no tenants.
        options: The options of ``context.configure``.
        arguments: The arguments of the revisions' functions.
        bind: The engine or connection that ``env.py`` passes; None to connect to the scratch
            database.
    """
    schema = None
    if tenant is not None:
        schema, name = tenant
        # The other tenants are skipped, because one schema stands for all of them here.
        if context.config.attributes.setdefault(_TENANT, name) != name:
            return
        options = {**options, "version_table_schema": schema}
    if context.is_offline_mode():
        _run(context, arguments, {"dialect_name": "postgresql", **_OFFLINE, **options})
        return
    if isinstance(bind, Connection):
        _enter(bind, schema)
        _run(context, arguments, {**options, "connection": bind})
        return
    # The probe redirects the connection to the scratch database, whatever its URL is.
    engine = bind or create_engine(f"{DRIVER}://", poolclass=NullPool)
    with engine.connect() as connection:
        _enter(connection, schema)
        _run(context, arguments, {**options, "connection": connection})


def _enter(connection: Connection, schema: str | None) -> None:
    """Create a tenant's schema, and make it the default schema."""
    if schema is None:
        return
    within = connection.in_transaction()
    connection.execute(CreateSchema(schema, if_not_exists=True))
    path = text("SELECT set_config('search_path', :path, false)")
    connection.execute(path, {"path": quoting.name(schema)})
    connection.dialect.default_schema_name = schema
    if not within:
        connection.commit()


_OFFLINE: Final = {"literal_binds": True, "dialect_opts": {"paramstyle": "named"}}


def _run(context: ModuleType, arguments: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    context.configure(**options)
    with context.begin_transaction():
        context.run_migrations(**arguments)
