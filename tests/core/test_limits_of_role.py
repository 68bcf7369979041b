"""Time-outs set for a role, a database or a server do not end transactions of migrations."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from psycopg2 import sql
from sqlalchemy import text

from core.config import get_settings
from core.database import create_migration_engine
from core.target import TARGET
from schemaproof.project import Project
from schemaproof.scratch.scratch import scratch_engine
from schemaproof_testing.servers import Database, administration

LIMITS = ("idle_session_timeout", "idle_in_transaction_session_timeout", "transaction_timeout")
SHOWN = "SELECT name, setting FROM pg_settings WHERE name = ANY (%(names)s)"


@pytest.fixture
def limited(
    any_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Database]:
    """A database and a superuser with time-outs for every transaction."""
    for name, value in any_database.environ().items():
        monkeypatch.setenv(name, value)
    url = any_database.superuser_url.render_as_string(hide_password=False)
    monkeypatch.setenv("DB_SCRATCH_URL", url)
    monkeypatch.chdir(tmp_path)
    superuser = sql.Identifier(any_database.server.superuser)
    with administration(any_database.server) as cursor:
        cursor.execute("SELECT name FROM pg_settings WHERE name = ANY (%s)", [list(LIMITS)])
        known = [sql.Identifier(name) for (name,) in cursor.fetchall()]
        of_database = sql.SQL("DATABASE {}").format(sql.Identifier(any_database.name))
        of_role = sql.SQL("ROLE {}").format(superuser)
        for whose in (of_database, of_role):
            for name in known:
                cursor.execute(sql.SQL("ALTER {} SET {} = '7min'").format(whose, name))
        yield any_database
        cursor.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(superuser))


@contextmanager
def by_driver() -> Iterator[Any]:
    with closing(TARGET.connect_to_read()) as connection, connection.cursor() as cursor:
        cursor.execute(SHOWN, {"names": list(LIMITS)})
        yield cursor.fetchall()


@contextmanager
def by_engine() -> Iterator[Any]:
    with create_migration_engine(get_settings()).connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.rollback()
        yield connection.exec_driver_sql(SHOWN, {"names": list(LIMITS)}).all()


@contextmanager
def in_scratch() -> Iterator[Any]:
    with (
        scratch_engine(Project(Path.cwd(), Path.cwd())) as engine,
        engine.connect() as connection,
    ):
        yield connection.exec_driver_sql(SHOWN, {"names": list(LIMITS)}).all()


@pytest.mark.parametrize("opened", [by_driver, by_engine, in_scratch])
def test_our_connections_have_no_limits_but_ours(
    limited: Database, opened: Callable[[], Any]
) -> None:
    of_others = dict(limited.query(SHOWN, {"names": list(LIMITS)}))
    assert set(of_others.values()) == {str(7 * 60 * 1000)}
    with opened() as found:
        assert dict(map(tuple, found)) == dict.fromkeys(of_others, "0")
