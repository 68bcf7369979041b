"""docs/logical-replication.md, executed between two servers while rows are written."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from psycopg2.extensions import make_dsn

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof.sql.quoting import literal
from schemaproof_testing.project import ROOT, Alembic, Outcome, Programs, make_workspace
from schemaproof_testing.servers import (
    FAST,
    Database,
    create_database,
    create_role,
    default_major,
    find_binaries,
    short_folder,
)

PAGE: Final = ROOT / "docs" / "logical-replication.md"
SECONDS: Final = 60
INSERT: Final = """
INSERT INTO public.odds (match_id, home_team, away_team, league, commence_time, bookmaker, market)
SELECT format('%s:%s', txid_current(), number), 'Lazio', 'Roma', 'Serie A', now(), 'Pinnacle', 'h2h'
FROM generate_series(1, 20) AS number
"""


@pytest.fixture
def moved() -> Iterator[tuple[Database, Database]]:
    """The databases of two servers that support logical replication."""
    with ExitStack() as stack:
        yield stack.enter_context(_database()), stack.enter_context(_database())


@contextmanager
def _database() -> Iterator[Database]:
    with short_folder() as folder:
        logical = {**FAST, "wal_level": "logical"}
        server = LocalServer(folder, find_binaries(default_major()), logical)
        server.start()
        try:
            create_role(server)
            with create_database(server) as database:
                Alembic(database).upgrade()
                yield database
        finally:
            server.stop()


def statements() -> list[str]:
    return re.findall(r"```sql\n(.*?);\n```", PAGE.read_text("utf-8"), re.DOTALL)


def run(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """Execute a statement of docs/logical-replication.md alone, as the superuser."""
    with closing(database.connect_superuser()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


def until(database: Database, question: str) -> None:
    deadline = time.monotonic() + SECONDS
    while run(database, question) != [(True,)]:
        assert time.monotonic() < deadline, question
        time.sleep(0.05)


def check(database: Database, folder: Path, *arguments: str) -> Outcome:
    folder.mkdir(exist_ok=True)
    scratch = database.superuser_url.render_as_string(hide_password=False)
    programs = Programs(make_workspace(folder), {**database.environ(), "DB_SCRATCH_URL": scratch})
    return programs.monps_db("check", *arguments)


@contextmanager
def writing(database: Database) -> Iterator[None]:
    """Insert rows until the block ends."""
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            database.execute(INSERT)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


@pytest.mark.slow
def test_the_page_moves_the_rows_while_others_write(
    moved: tuple[Database, Database], tmp_path: Path
) -> None:
    old, new = moved
    publish, subscribe, ready, arrived, sequences, unsubscribe, unpublish = statements()
    with writing(old):
        run(old, publish)
        run(new, subscribe.replace(":'old'", literal(make_dsn(**dsn(old)))))
        until(new, ready)
    assert "publication-unexpected" in check(old, tmp_path / "old").text
    assert "table-subscribed" in check(new, tmp_path / "new").text
    until(old, arrived)
    assert "sequence-behind" in check(new, tmp_path / "new").text
    for (statement,) in run(old, sequences):
        run(new, statement)
    run(new, unsubscribe)
    run(old, unpublish)
    for database, folder in ((old, "old"), (new, "new")):
        check(database, tmp_path / folder, "--data").succeeded()
    rows = "SELECT count(*), sum(id), max(id) FROM public.odds"
    assert new.query(rows) == old.query(rows)
    new.execute(INSERT)
    assert new.query(rows)[0][2] == old.query(rows)[0][2] + 20


def dsn(database: Database) -> dict[str, Any]:
    return {**database.server.connect_parameters(), "dbname": database.name, "hostaddr": None}
