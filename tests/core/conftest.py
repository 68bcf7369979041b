"""Fixtures for several files of this folder."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

import core.config
import core.database
from schemaproof_testing.servers import Database
from tests.support.database_settings import configure
from tests.support.held_connections import Lines


@pytest.fixture
def configured(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database of the test, with a table, as the database of the settings."""
    configure(monkeypatch, **database.environ())
    with core.database.get_db() as session:
        session.execute(text("CREATE TABLE note (word text PRIMARY KEY)"))
    yield database
    core.database.reset()


@pytest.fixture
def lines() -> Iterator[Lines]:
    with capture_logs() as captured:
        yield captured


@pytest.fixture
async def notes(configured: Database) -> AsyncIterator[Database]:
    yield configured
    await core.database.reset_async()
