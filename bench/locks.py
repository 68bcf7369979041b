"""The longest that a change keeps others from writing: as `revision` writes it, and --plain.

    python -m bench.locks [ROWS]

It starts a server of its own. A table is filled (5 million rows unless another number is given) and
changed, and pg_locks is looked at all the time: for how long does a lock stand on it that keeps
others from writing?
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.servers import Database, create_database, started_server

ROWS: Final = 5_000_000
HEAD: Final = """
from sqlalchemy import *
from sqlalchemy.orm import declarative_base

Base = declarative_base()
Table('other', Base.metadata, Column('id', Integer, primary_key=True))
Table('item', Base.metadata, Column('id', {id}, primary_key=True), {parts})
"""
USUAL: Final = "Column('n', Integer), Column('w', String(20))"


class Change(NamedTuple):
    """A change of the table.

    Attributes:
        parts: What it is afterwards.
        id: The type of its key then.
    """

    parts: str
    id: str = "Integer"


CHANGES: Final = {
    "index added": Change(f"{USUAL}, Index('item_n', 'n')"),
    "unique added": Change(f"{USUAL}, UniqueConstraint('n', name='item_key')"),
    "foreign key added": Change(f"{USUAL}, ForeignKeyConstraint(['n'], ['other.id'])"),
    "check added": Change(f"{USUAL}, CheckConstraint('n > 0', name='item_check')"),
    "column becomes NOT NULL": Change(USUAL.replace("Integer", "Integer, nullable=False")),
    "column with a volatile default": Change(
        f"{USUAL}, Column('u', Uuid, server_default=text('gen_random_uuid()'))"
    ),
    "type that is rewritten": Change(USUAL.replace("Integer", "BigInteger")),
    "type of the primary key": Change(USUAL, "BigInteger"),
    "type that a check is asked for": Change(USUAL.replace("20", "40")),
}
_STRONG: Final = """
SELECT count(*) FROM pg_locks
WHERE relation = 'item'::regclass AND granted AND pid <> pg_backend_pid()
    AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""


class Watch:
    """For how long the table was locked, at most, in seconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.stop = threading.Event()

    def look(self, database: Database) -> None:
        """Look until it is stopped."""
        with closing(database.connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            since = None
            while not self.stop.is_set():
                now = time.perf_counter()
                cursor.execute(_STRONG)
                [[locks]] = cursor.fetchall()
                since = (since or now) if locks else None
                if since is not None:
                    self.longest = max(self.longest, time.perf_counter() - since)


@contextmanager
def watching(database: Database) -> Iterator[Watch]:
    """Look at the locks for as long as it lasts."""
    watch = Watch()
    thread = threading.Thread(target=watch.look, args=(database,))
    thread.start()
    try:
        yield watch
    finally:
        watch.stop.set()
        thread.join()


def run(project: OtherProject, database: Database, *arguments: str) -> None:
    """Run a command of the tool."""
    environ = project.programs.environment(
        DATABASE_URL=database.url.render_as_string(hide_password=False), SCHEMAPROOF_GATE="warn"
    )
    command = project.programs.command("schemaproof", *arguments)
    subprocess.run(command, cwd=project.folder, env=environ, check=True, stdout=subprocess.DEVNULL)


def longest_lock(server: LocalServer, change: Change, rows: int, *written: str) -> float:
    """Return for how long others cannot write, in seconds."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        create_database(server) as database,
    ):
        project = make_project(Path(folder).resolve(), database)
        project.configure(metadata='"models:Base.metadata"', script_location='"alembic"')
        checks = ", CheckConstraint(\"w <> ''\", name='item_word')" * ("40" in change.parts)
        project.write("models.py", HEAD.format(id="Integer", parts=USUAL + checks))
        run(project, database, "revision", "-m", "first")
        run(project, database, "upgrade")
        for insert in (
            "INSERT INTO other SELECT nextval('other_id_seq') FROM generate_series(1, %s)",
            "INSERT INTO item (n, w) SELECT n, 'word' FROM generate_series(1, %s) AS n",
        ):
            database.execute(insert, [rows])
        project.write("models.py", HEAD.format(id=change.id, parts=change.parts + checks))
        run(project, database, "revision", "-m", "change", *written)
        with watching(database) as watch:
            run(project, database, "upgrade")
        return watch.longest


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    print(f"{rows:,} rows\n\n| change | as it is written | `--plain` |\n| --- | ---: | ---: |")
    with started_server() as server:
        for name, change in CHANGES.items():
            ours, plain = (
                longest_lock(server, change, rows, *options) for options in ((), ("--plain",))
            )
            print(f"| {name} | {1000 * ours:,.0f} ms | {1000 * plain:,.0f} ms |", flush=True)


if __name__ == "__main__":
    main()
