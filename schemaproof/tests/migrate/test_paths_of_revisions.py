"""Revisions run with the settings of the session; schemaproof's own statements do not."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Engine, NullPool, create_engine, event

from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

OURS: Final = "pg_catalog, pg_temp"
NOTE: Final = (
    "INSERT INTO public.seen SELECT '{}', current_setting('search_path'),"
    " current_setting('TimeZone'), current_setting('DateStyle')"
)
BODY: Final = f"""
    op.execute("CREATE TABLE IF NOT EXISTS public.seen (at text, path text, zone text, style text)")
    op.execute("CREATE TABLE mine ()")
    op.execute("{NOTE.format("before")}")
    op.execute("SET search_path TO elsewhere")
    op.execute("SET LOCAL search_path TO DEFAULT")
    with op.get_context().autocommit_block():
        op.execute("SET search_path TO DEFAULT")
        op.execute("{NOTE.format("in a block")}")
    op.execute("{NOTE.format("after it")}")
    op.execute("CREATE TABLE mine_too ()")
""".strip()
UNDO: Final = f"""
    op.execute("{NOTE.format("undone")}")
    op.execute("DROP TABLE mine, mine_too")
""".strip()
FAILING: Final = """
    with op.get_context().autocommit_block():
        op.execute("SELECT 1")
    op.execute("SELECT 1/0")
""".strip()


@pytest.fixture
def engine(any_database: Database) -> Iterator[Engine]:
    """An engine whose connections have an unusual search_path."""
    options = "-c search_path=app,public -c TimeZone=Asia/Tokyo -c DateStyle=SQL,DMY"
    engine = create_engine(any_database.url, poolclass=NullPool, connect_args={"options": options})
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA app")
    yield engine
    engine.dispose()


@pytest.mark.slow
def test_a_body_has_the_settings_of_the_session(
    any_database: Database, own_project: OwnProject, engine: Engine
) -> None:
    own_project.add(BODY, UNDO)
    own_project.upgrade(any_database, connection=engine)
    tables = "SELECT schemaname::text, tablename::text FROM pg_tables WHERE tablename LIKE 'mine%'"
    assert sorted(any_database.query(tables)) == [("app", "mine"), ("app", "mine_too")]
    own_project.downgrade(any_database, "base", connection=engine)
    assert any_database.query("TABLE public.seen") == [
        (at, "app,public", "Asia/Tokyo", "ISO, DMY")
        for at in ("before", "in a block", "after it", "undone")
    ]


@pytest.mark.slow
def test_nothing_else_has_them(
    any_database: Database, own_project: OwnProject, engine: Engine
) -> None:
    """The settings are reset even if a revision fails after an autocommit block."""
    own_project.add(BODY, UNDO)
    own_project.add(FAILING)
    paths: list[tuple[str, str]] = []

    def note(_: Any, cursor: Any, statement: str, *__: Any) -> None:
        if "alembic_version" in statement or "monps_migration_ledger" in statement:
            with cursor.connection.cursor() as another:
                another.execute("SHOW search_path")
                paths.append((another.fetchone()[0], statement))

    event.listen(engine, "after_cursor_execute", note)
    with pytest.raises(Exception, match="division by zero"):
        own_project.upgrade(any_database, connection=engine)
    own_project.downgrade(any_database, "base", connection=engine)
    own_project.stamp(any_database, "head")
    assert paths
    assert [one for one in paths if one[0] != OURS] == []


def test_a_caller_gets_the_settings_of_a_transaction_back(
    any_database: Database, own_project: OwnProject, engine: Engine
) -> None:
    own_project.add('op.execute("CREATE TABLE mine ()")')
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("SET LOCAL search_path TO public")
        own_project.upgrade(any_database, connection=connection)
        assert connection.exec_driver_sql("SHOW search_path").scalar() == "public"
        assert connection.exec_driver_sql("SHOW TimeZone").scalar() == "Asia/Tokyo"
    assert any_database.query("SELECT to_regclass('public.mine')::text") == [("mine",)]


def test_a_callers_connection_is_as_it_was(
    any_database: Database, own_project: OwnProject, engine: Engine
) -> None:
    own_project.add('op.execute("CREATE TABLE mine ()")')
    with engine.connect() as connection:
        connection.exec_driver_sql("SET search_path TO public")
        connection.commit()
        own_project.upgrade(any_database, connection=connection)
        assert connection.exec_driver_sql("SHOW search_path").scalar() == "public"
        assert connection.exec_driver_sql("SHOW DateStyle").scalar() == "ISO, DMY"


@pytest.mark.slow
def test_by_a_connection_of_our_own_a_name_alone_is_one_in_public(
    any_database: Database, own_project: OwnProject
) -> None:
    any_database.execute_each(
        "CREATE SCHEMA app",
        f'ALTER DATABASE "{any_database.name}" SET search_path = app, pg_catalog',
        f'ALTER DATABASE "{any_database.name}" SET TimeZone = "Asia/Tokyo"',
    )
    own_project.add(BODY, UNDO)
    programs = Programs(own_project.folder, any_database.environ())
    programs.run("alembic", "upgrade", "head").succeeded()
    assert any_database.query("TABLE public.seen") == [
        (at, "public", "Asia/Tokyo", "ISO, MDY") for at in ("before", "in a block", "after it")
    ]
