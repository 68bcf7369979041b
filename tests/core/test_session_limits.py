"""Time-outs are set although a connection pooler ignores them in the start-up message."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

import core.database
from core.config import DatabaseSettings
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.pooler import pooled
from schemaproof_testing.project import ROOT, Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

LIMITS = {"DB_LOCK_TIMEOUT": "5s", "DB_STATEMENT_TIMEOUT": "7s"}
DROPPED = "ignore_startup_parameters = options,lock_timeout,statement_timeout"
QUESTION = text("SELECT current_setting('lock_timeout') || current_setting('statement_timeout')")


def settings_through(environ: dict[str, str]) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**environ, **LIMITS})


def test_sync(database: Database, folder: Path) -> None:
    with pooled(database, folder, "pool_mode = session", DROPPED) as environ:
        engine = core.database.create_sync_engine(settings_through(environ))
        for _ in range(2):
            with engine.connect() as connection:
                assert connection.scalar(QUESTION) == "5s7s"
        engine.dispose()


def test_async(database: Database, folder: Path) -> None:
    async def ask() -> object:
        engine = core.database.create_async_engine(settings_through(environ))
        async with engine.connect() as connection:
            found = await connection.scalar(QUESTION)
        await engine.dispose()
        return found

    with pooled(database, folder, "pool_mode = session", DROPPED) as environ:
        assert asyncio.run(ask()) == "5s7s"


def test_nobody_else_gets_them_from_the_pool(database: Database, folder: Path) -> None:
    with pooled(
        database, folder, "pool_mode = transaction", "default_pool_size = 1", DROPPED
    ) as environ:
        engine = core.database.create_sync_engine(settings_through(environ))
        with engine.connect() as connection:
            assert connection.scalar(QUESTION) == "5s7s"
        plain = core.database.create_sync_engine(DatabaseSettings(_env_file=None, **environ))
        with plain.connect() as connection:
            assert connection.scalar(QUESTION) == "00"
        for made in (engine, plain):
            made.dispose()


def test_a_revision_through_a_pooler_has_them(
    own_project: OwnProject, database: Database, folder: Path
) -> None:
    check = (
        "op.execute(\"DO $$ BEGIN IF current_setting('lock_timeout') <> '3s' THEN"
        " RAISE '%', current_setting('lock_timeout'); END IF; END $$\")"
    )
    own_project.add(f"{check}\n    with op.get_context().autocommit_block():\n        {check}")
    with pooled(database, folder, "pool_mode = session", DROPPED) as environ:
        outcome = Programs(own_project.folder, environ).monps_db("upgrade")
    assert outcome.code == 0, outcome.text


def test_a_check_through_a_pooler_has_them(database: Database, folder: Path) -> None:
    with pooled(database, folder, "pool_mode = session", DROPPED) as environ:
        programs = Programs(ROOT, environ)
        assert programs.monps_db("upgrade").code == 0
        assert programs.monps_db("check").code == 0
        assert "timeout" in programs.monps_db("check", DB_CHECK_TIMEOUT="1ms").err
