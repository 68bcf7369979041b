"""Measure the longest time that a change blocks writers: as `revision` writes it, and --plain.

    python -m bench.locks [ROWS [NAME]]

It starts a server, fills a table (5 million rows by default) and makes each change, or those whose
name contains NAME. Meanwhile a session requests a writer's lock on the table about every
millisecond. The server itself measures the longest wait.
"""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from bench.lock_changes import CHANGES, PARTITIONS, Change
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.servers import Database, create_database, started_server

ROWS: Final = 5_000_000
HEAD: Final = """
from sqlalchemy import *
from sqlalchemy.orm import declarative_base

Base = declarative_base()
Table('other', Base.metadata, Column('id', Integer, primary_key=True))
Table('{name}', Base.metadata, Column('id', {id}), {parts})
"""
_WAITING: Final = """
CREATE PROCEDURE pg_temp.wait(INOUT longest double precision) LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz;
BEGIN
    FOR n IN 1..50 LOOP
        began := clock_timestamp();
        BEGIN
            EXECUTE format('LOCK TABLE %s IN ROW EXCLUSIVE MODE',
                coalesce(to_regclass('item'), to_regclass('thing')));
        EXCEPTION WHEN undefined_table THEN
            NULL; -- it got another name while it was waited for
        END;
        longest := greatest(longest, extract(epoch FROM clock_timestamp() - began));
        COMMIT;
        PERFORM pg_sleep(0.001);
    END LOOP;
END
$$
"""


class Watch:
    """The longest time in seconds that a writer has waited."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.stop = threading.Event()

    def look(self, database: Database) -> None:
        """Request the lock repeatedly until ``stop`` is set."""
        with closing(database.connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(_WAITING)
            while not self.stop.is_set():
                cursor.execute("CALL pg_temp.wait(%s)", [self.longest])
                ((self.longest,),) = cursor.fetchall()


@contextmanager
def watching(database: Database) -> Iterator[Watch]:
    """Request the lock repeatedly while the block runs."""
    watch = Watch()
    thread = threading.Thread(target=watch.look, args=(database,))
    thread.start()
    try:
        yield watch
    finally:
        watch.stop.set()
        thread.join()


def run(project: OtherProject, database: Database, *arguments: str, check: bool = True) -> None:
    """Run a command of schemaproof."""
    environ = project.programs.environment(
        DATABASE_URL=database.url.render_as_string(hide_password=False), SCHEMAPROOF_GATE="warn"
    )
    command = project.programs.command("schemaproof", *arguments)
    subprocess.run(command, cwd=project.folder, env=environ, check=check, stdout=subprocess.DEVNULL)


def models(change: Change, *, is_after: bool) -> str:
    """Return the source of the models before or after a change."""
    if is_after:
        name, id_, parts = change.name, change.id, change.after
    else:
        is_counted = "Identity" in change.id
        id_ = "Integer, Identity()" if is_counted else "Integer, primary_key=True"
        name, parts = "item", change.before
    made = "event.listen(Base.metadata.tables['item'], 'after_create', DDL({!r}))\n"
    partitions = "".join(map(made.format, PARTITIONS)) if "partition_by" in parts else ""
    return HEAD.format(name=name, id=id_, parts=parts) + partitions


def written_first(project: OtherProject, database: Database, change: Change) -> None:
    """Write and apply the first revision; partitions are added, because autogenerate omits them."""
    run(project, database, "revision", "-m", "first", check="partition_by" not in change.before)
    if "partition_by" in change.before:
        [file] = project.versions.glob("*.py")
        made = "".join(f"    op.execute({sql!r})\n" for sql in PARTITIONS)
        text = file.read_text("utf-8").replace("\n\ndef downgrade", f"{made}\n\ndef downgrade")
        file.write_text(text, "utf-8")
        run(project, database, "snapshot", "--rewrite")


def filled(project: OtherProject, value: str) -> bool:
    """Insert the value for existing rows into the revisions; return whether one needs it."""
    asked = False
    for file in project.versions.glob("*.py"):
        text = file.read_text("utf-8")
        if ' = NULL"""' in text:
            asked = True
            file.write_text(text.replace(' = NULL"""', f' = {value}"""'), "utf-8")
    return asked


def longest_lock(server: LocalServer, change: Change, rows: int, *written: str) -> float | None:
    """Return the longest time in seconds that writers wait; None where the change fails."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        create_database(server) as database,
    ):
        project = make_project(
            Path(folder).resolve(), database, options={"transaction_per_migration": "True"}
        )
        project.configure(metadata='"models:Base.metadata"', script_location='"alembic"')
        project.write("models.py", models(change, is_after=False))
        written_first(project, database, change)
        run(project, database, "upgrade")
        names, values = ("n, w", "n, 'word'") if "'w'" in change.before else ("n", "n")
        for insert in (
            "INSERT INTO other SELECT nextval('other_id_seq') FROM generate_series(1, %s)",
            f"INSERT INTO item ({names}) SELECT {values} FROM generate_series(1, %s) AS n",  # noqa: S608
        ):
            database.execute(insert, [rows])
        project.write("models.py", models(change, is_after=True))
        options = *change.options, *written
        run(project, database, "revision", "-m", "change", *options, check=False)
        if filled(project, change.value):
            run(project, database, "snapshot", "--rewrite")
        if len(list(project.versions.glob("*.py"))) == 1:
            return None
        with watching(database) as watch:
            try:
                run(project, database, "upgrade")
            except subprocess.CalledProcessError:
                return None
        return watch.longest


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    asked = sys.argv[2] if len(sys.argv) > 2 else ""
    print(f"{rows:,} rows\n\n| change | as it is written | `--plain` |\n| --- | ---: | ---: |")
    with started_server() as server:
        for name, change in CHANGES.items():
            if asked not in name:
                continue
            found = (
                longest_lock(server, change, rows, *options)
                for options in (change.online, ("--plain",))
            )
            ours, plain = ("fails" if one is None else f"{1000 * one:,.0f} ms" for one in found)
            print(f"| {name} | {ours} | {plain} |", flush=True)


if __name__ == "__main__":
    main()
