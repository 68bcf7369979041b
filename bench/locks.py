"""The longest that a change keeps others from writing: as `revision` writes it, and --plain.

    python -m bench.locks [ROWS]

It starts a server of its own. A table is filled (5 million rows unless another number is given) and
changed, while a session asks for a writer's lock on it again and again, every millisecond or so:
for how long, at most, does it wait? It is the server that takes the time, of nothing else.
"""

import subprocess
import sys
import tempfile
import threading
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
Table('item', Base.metadata, Column('id', {id}), {parts})
"""
USUAL: Final = "Column('n', Integer), Column('w', String(20))"


class Change(NamedTuple):
    """A change of the table.

    Attributes:
        after: What it is afterwards.
        before: What it is before.
        id: Its key afterwards.
    """

    after: str
    before: str = USUAL
    id: str = "Integer, primary_key=True"


REQUIRED: Final = "Column('n', Integer, nullable=False)"
CHECKED: Final = "CheckConstraint(\"w <> ''\", name='item_word')"
CHANGES: Final = {
    "index added": Change(f"{USUAL}, Index('item_n', 'n')"),
    "index dropped": Change(USUAL, f"{USUAL}, Index('item_n', 'n')"),
    "unique added": Change(f"{USUAL}, UniqueConstraint('n', name='item_key')"),
    "primary key added": Change(
        f"{REQUIRED}, PrimaryKeyConstraint('n')", REQUIRED, "Integer, Identity()"
    ),
    "foreign key added": Change(f"{USUAL}, ForeignKeyConstraint(['n'], ['other.id'])"),
    "check added": Change(f"{USUAL}, CheckConstraint('n > 0', name='item_check')"),
    "column becomes NOT NULL": Change(USUAL.replace("Integer", "Integer, nullable=False")),
    "column with a volatile default": Change(
        f"{USUAL}, Column('u', Uuid, server_default=text('gen_random_uuid()'))"
    ),
    "type that is rewritten": Change(USUAL.replace("Integer", "BigInteger")),
    "type of the primary key": Change(USUAL, id="BigInteger, primary_key=True"),
    "type that a check is asked for": Change(
        f"{USUAL.replace('20', '40')}, {CHECKED}", f"{USUAL}, {CHECKED}"
    ),
    "column dropped": Change("Column('n', Integer)"),
}
_WAITING: Final = """
CREATE PROCEDURE pg_temp.wait(INOUT longest double precision) LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz;
BEGIN
    FOR n IN 1..50 LOOP
        began := clock_timestamp();
        LOCK TABLE item IN ROW EXCLUSIVE MODE;
        longest := greatest(longest, extract(epoch FROM clock_timestamp() - began));
        COMMIT;
        PERFORM pg_sleep(0.001);
    END LOOP;
END
$$
"""


class Watch:
    """For how long a writer has waited, at most, in seconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.stop = threading.Event()

    def look(self, database: Database) -> None:
        """Ask for the lock until it is stopped."""
        with closing(database.connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(_WAITING)
            while not self.stop.is_set():
                cursor.execute("CALL pg_temp.wait(%s)", [self.longest])
                ((self.longest,),) = cursor.fetchall()


@contextmanager
def watching(database: Database) -> Iterator[Watch]:
    """Ask for the lock for as long as it lasts."""
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
        first = "Integer, Identity()" if "Identity" in change.id else "Integer, primary_key=True"
        project.write("models.py", HEAD.format(id=first, parts=change.before))
        run(project, database, "revision", "-m", "first")
        run(project, database, "upgrade")
        names, values = ("n, w", "n, 'word'") if "'w'" in change.before else ("n", "n")
        for insert in (
            "INSERT INTO other SELECT nextval('other_id_seq') FROM generate_series(1, %s)",
            f"INSERT INTO item ({names}) SELECT {values} FROM generate_series(1, %s) AS n",  # noqa: S608
        ):
            database.execute(insert, [rows])
        project.write("models.py", HEAD.format(id=change.id, parts=change.after))
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
