"""Fixtures of several files of this folder."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text

import core.config
import core.database
from schemaproof_testing.servers import Database


@pytest.fixture
def configured(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The test's own database as the configured one, with a table."""
    for name, value in database.environ().items():
        monkeypatch.setenv(name, value)
    core.config.get_settings.cache_clear()
    core.database.reset()
    with core.database.get_db() as session:
        session.execute(text("CREATE TABLE note (word text PRIMARY KEY)"))
    yield database
    core.database.reset()


@pytest.fixture
async def notes(configured: Database) -> AsyncIterator[Database]:
    yield configured
    await core.database.reset_async()
