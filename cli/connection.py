"""What most commands start with: a connection to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from core import config as settings_module
from core import database
from core.interrupt import interruptible


@contextmanager
def connected() -> Iterator[Connection]:
    """Connect to the database that the settings name; Ctrl-C ends any waiting."""
    engine = database.create_migration_engine(settings_module.get_settings())
    with interruptible(), engine.connect() as connection:
        yield connection
