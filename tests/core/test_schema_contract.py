"""require_schema, synchronous and asynchronous, on databases at different revisions."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import sessionmaker

import core.config
import core.database
from core.errors import (
    DatabaseRefusedError,
    DatabaseUnavailableError,
    SchemaMismatchError,
    TamperedHistoryError,
)
from schemaproof_testing.project import Alembic, revisions
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow


def check() -> None:
    core.database.require_schema()


def check_async() -> None:
    asyncio.run(_closing(core.database.require_schema_async()))


def open_session() -> None:
    with core.database.get_db() as session:
        session.execute(text("SELECT 1"))


def open_read_session() -> None:
    with core.database.get_read_db() as session:
        session.execute(text("SELECT 1"))


def open_async_session() -> None:
    async def work() -> None:
        async with core.database.get_async_db() as session:
            await session.execute(text("SELECT 1"))

    asyncio.run(_closing(work()))


def open_async_read_session() -> None:
    async def work() -> None:
        async with core.database.get_async_read_db() as session:
            await session.execute(text("SELECT 1"))

    asyncio.run(_closing(work()))


async def _closing(work: object) -> None:
    try:
        await work  # type: ignore[misc]
    finally:
        await core.database.reset_async()


CHECKS = [check, check_async]
SESSIONS = [open_session, open_read_session, open_async_session, open_async_read_session]
Use = Callable[[], None]


@pytest.fixture
def required(configured: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("DB_REQUIRE_SCHEMA", "true")
    core.config.get_settings.cache_clear()
    return configured


@pytest.mark.parametrize("use", CHECKS)
def test_a_database_at_the_recorded_revision_is_accepted(configured: Database, use: Use) -> None:
    Alembic(configured).upgrade()
    use()


def test_it_looks_at_the_table_and_reads_it(configured: Database) -> None:
    Alembic(configured).upgrade()
    sent: list[str] = []

    def listen(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    with core.database.sync_engine.connect():
        pass  # The dialect sends some statements on its first connection.
    event.listen(core.database.sync_engine, "before_cursor_execute", listen)
    core.database.require_schema()
    assert len(sent) == 3  # The first statement sets the search_path.


@pytest.mark.parametrize("use", CHECKS)
@pytest.mark.parametrize("revision", revisions()[:-1])
def test_a_database_that_is_behind_is_refused(
    configured: Database, use: Use, revision: str
) -> None:
    Alembic(configured).upgrade(revision)
    with pytest.raises(SchemaMismatchError, match=f"the database is at {revision}") as caught:
        use()
    assert caught.value.remedy == "alembic upgrade head"


DAMAGE = {
    "no table": ("DROP TABLE alembic_version", "at none", "alembic upgrade head"),
    "no row": ("DELETE FROM alembic_version", "at none", "alembic upgrade head"),
    "two rows": ("INSERT INTO alembic_version VALUES ('zz')", " and zz", "monps-db check"),
    "unknown": ("UPDATE alembic_version SET version_num = 'zz'", "not known", "release"),
}


@pytest.mark.parametrize("use", CHECKS)
def test_a_table_that_is_not_to_be_trusted_is_told_with_our_own_command(
    configured: Database, use: Use
) -> None:
    Alembic(configured).upgrade()
    configured.execute("CREATE RULE r AS ON INSERT TO alembic_version DO ALSO SELECT 1")
    with pytest.raises(TamperedHistoryError, match="not to be trusted") as caught:
        use()
    assert "(monps-db check --sql)" in caught.value.remedy


@pytest.mark.parametrize("use", CHECKS)
@pytest.mark.parametrize(("statement", "found", "remedy"), DAMAGE.values(), ids=DAMAGE)
def test_a_database_at_no_revision_of_ours_is_refused(
    configured: Database, use: Use, statement: str, found: str, remedy: str
) -> None:
    Alembic(configured).upgrade()
    configured.execute(statement)
    with pytest.raises(SchemaMismatchError, match=found) as caught:
        use()
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("use", CHECKS)
@pytest.mark.parametrize("name", ["DB_HOST", "DB_PASSWORD", "DB_NAME"])
@pytest.mark.usefixtures("configured")
def test_a_server_that_cannot_be_asked_is_said(
    monkeypatch: pytest.MonkeyPatch, use: Use, name: str
) -> None:
    monkeypatch.setenv(name, "/nonexistent")
    core.config.get_settings.cache_clear()
    core.database.reset()
    with pytest.raises(DatabaseUnavailableError) as caught:
        use()
    assert name in caught.value.remedy or "/nonexistent" in caught.value.remedy


@pytest.mark.parametrize("use", CHECKS)
def test_a_role_that_may_not_ask_is_said(configured: Database, use: Use) -> None:
    Alembic(configured).upgrade()
    configured.execute(f"REVOKE ALL ON alembic_version FROM {configured.user}")
    with pytest.raises(DatabaseRefusedError, match="alembic_version") as caught:
        use()
    assert caught.value.sqlstate == "42501"
    assert "grant" in caught.value.remedy


@pytest.mark.parametrize("use", SESSIONS)
def test_sessions_are_refused_until_the_database_is_upgraded(required: Database, use: Use) -> None:
    for _ in range(2):
        with pytest.raises(SchemaMismatchError):
            use()
    Alembic(required).upgrade()
    use()


@pytest.mark.parametrize("use", SESSIONS)
def test_the_schema_is_looked_at_once_and_again_after_a_reset(required: Database, use: Use) -> None:
    Alembic(required).upgrade()
    use()
    required.execute("DELETE FROM alembic_version")
    use()
    core.database.reset()
    with pytest.raises(SchemaMismatchError):
        use()


@pytest.mark.parametrize("use", SESSIONS)
@pytest.mark.usefixtures("configured")
def test_nobody_looks_unless_told_to(use: Use) -> None:
    use()


def test_what_replaces_our_factory_is_not_looked_at(
    required: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = core.database.sync_engine
    monkeypatch.setattr(core.database, "SessionLocal", sessionmaker(engine))
    open_session()
    open_read_session()
    monkeypatch.undo()
    assert required.name == engine.url.database
