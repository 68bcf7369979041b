"""``alembic check`` with every comparison that it has, for the same mutations."""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import NullPool, create_engine

from bench.drift.projects import Subject
from migrations.runner.metadata import load_metadata
from tests.servers import Database

STOCK = Path(__file__).parent / "stock"
CRASHED = "crashed"
DETECTED = "detected"
SILENT = "silent"


def strangers(database: Database, subject: Subject) -> frozenset[tuple[str, str]]:
    """Return the tables that its metadata does not hold although the history makes them."""
    known = {
        (table.schema or "public", table.name)
        for table in load_metadata(subject.project).tables.values()
    }
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname, relname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace"
            " WHERE relkind IN ('r', 'p', 'f', 'v', 'm')"
        )
        return frozenset(row for row in cursor.fetchall() if row not in known)


def alembic_check(database: Database, subject: Subject, hidden: Collection[tuple[str, str]]) -> str:
    """Return ``detected``, ``silent`` or ``crashed``."""
    project = subject.project
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(STOCK))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(project.script_location / "versions"))
    engine = create_engine(database.url, poolclass=NullPool)
    attributes: dict[str, Any] = {
        "engine": engine,
        "metadata": load_metadata(project),
        "schemas": {_named(name) for name in project.schemas},
        "shared": {_named(name) for name in project.shared_schemas},
        "strangers": {(_named(schema), name) for schema, name in hidden},
    }
    config.attributes.update(attributes)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            command.check(config)
    except CommandError:
        return DETECTED
    except Exception:  # noqa: BLE001 -- whatever it dies of, it is no answer
        return CRASHED
    finally:
        engine.dispose()
    return SILENT


def _named(schema: str) -> str | None:
    """Return Alembic's name for a schema: the default one has none."""
    return None if schema == "public" else schema
