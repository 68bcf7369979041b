"""The models: found by name, identified by their DDL, created in an empty database."""

from __future__ import annotations

import hashlib
import os
import sys
from typing import TYPE_CHECKING, Any

from . import declared_objects, target_metadata
from .attributes import attribute
from .environment import Environment
from .failures import FailedError
from .model_creation import Creation, distinct_tables
from .own_connection import connected

if TYPE_CHECKING:
    from sqlalchemy import MetaData


def fingerprint(environment: Environment) -> str:
    """Return a digest of the DDL that the models ask for.

    Equal fingerprints mean equal schemas. Different ones do not prove a difference, because another
    version of SQLAlchemy may write the same DDL in another way: then compare the schemas.
    """
    from sqlalchemy import create_mock_engine

    statements: list[str] = []

    def record(statement: Any, *_: Any, **__: Any) -> None:
        statements.append(str(statement.compile(dialect=engine.dialect)).strip())

    engine = create_mock_engine("postgresql+psycopg2://", record)
    for metadata, tables in distinct_tables(load(environment)):
        statements += _besides(metadata, tables, engine)
    for name in environment.objects:
        statements += declared_objects.described(attribute(name, "objects"))
    # The statements are sorted, because the order of indexes and of independent tables has no
    # meaning.
    text = "\n".join(sorted(statements))
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _besides(metadata: Any, tables: Any, engine: Any) -> list[str]:
    """Record the DDL of tables; return the parts that need a database."""
    try:
        metadata.create_all(engine, tables=tables, checkfirst=False)
    except AttributeError:
        # Some libraries that create views with the tables first read the existing views.
        return [repr(sorted(metadata.info.items()))]
    return []


def create(
    environment: Environment, *, place: dict[str, str], schema: str | None = None
) -> list[dict[str, Any]]:
    """Create the models in a scratch database; return the objects that PostgreSQL refuses.

    Args:
        environment: The project.
        place: The database.
        schema: The schema for models without one; None for the default schema of the session.
    """
    parts = load(environment)
    declared = [attribute(name, "objects") for name in environment.objects]
    environment.connections.go_to(place)

    def create_all(connection: Any) -> list[dict[str, Any]]:
        if schema is not None:
            quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
            connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS " + quoted)
            connection.exec_driver_sql("SET search_path TO " + quoted)
        return Creation(connection).run(parts, declared)

    # Listeners of the models may ask for the application.
    with environment.application():
        refused: list[dict[str, Any]] = connected(environment, create_all)
    return refused


def own_files(environment: Environment) -> list[str]:
    """Return the files in the project's folders that anything was imported from."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    own = tuple(os.path.join(folder, "") for folder in environment.folders)
    paths = {os.path.abspath(file) for file in files if file}
    return sorted(path for path in paths if path.startswith(own))


def load(environment: Environment) -> list[Any]:
    """Return every metadata in the configuration; otherwise those that env.py gives to Alembic."""
    if not environment.metadata:
        environment.warm()
        return target_metadata.env_metadata(environment)
    with environment.connections.reported():
        return [metadata(name) for name in environment.metadata]


def text(_: Environment, *, name: str) -> str:
    """Return an attribute (``module:attribute``) as text: a URL, with its password."""
    return url_text(attribute(name))


def url_text(value: Any) -> str:
    """Return the URL that an attribute of the project holds, as text.

    Args:
        value: The value of the attribute: a text, a URL of SQLAlchemy or Pydantic, a secret, an
            engine, or a function that returns one of them.
    """
    if callable(value):
        value = value()
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    value = getattr(value, "url", value)
    if hasattr(value, "render_as_string"):
        return str(value.render_as_string(hide_password=False))
    return str(value)


def metadata(name: str) -> MetaData:
    """Return the metadata that is named as ``module:attribute``.

    Raises:
        FailedError: The object cannot be imported, or is no ``MetaData``.
    """
    from sqlalchemy import MetaData

    found = attribute(name)
    if not isinstance(found, MetaData):
        raise FailedError("no-metadata", type(found).__name__, name=name)
    return found
