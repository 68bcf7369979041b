"""Apply written revisions by migrators, each of which is killed at another statement.

The state of the server only changes by statements that write or end a transaction. So a migrator is
killed before each of these, and after each that is committed at once.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any, Final

from schemaproof.catalog.catalog import read_snapshot, reading
from schemaproof.compare import compare
from schemaproof.history.changes import in_lines
from schemaproof.project_file import find_project
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing import written
from schemaproof_testing.fork_server import ForkServer
from schemaproof_testing.project import ACCEPT, unpooled_engine
from schemaproof_testing.proxy import Proxy, Side, proxied
from schemaproof_testing.servers import Database, create_database
from schemaproof_testing.written import WrittenProject

ENV: Final = """
import os
from models import Base
from schemaproof.alembic import run_migrations
from sqlalchemy import NullPool, create_engine

run_migrations(
    create_engine(os.environ["DATABASE_URL"], poolclass=NullPool), target_metadata=Base.metadata
)
"""
CONFIGURATION: Final = """
[tool.schemaproof]
metadata = "models:Base.metadata"
script-location = "alembic"
"""
_WRITES: Final = re.compile(
    r"\s*(?:ALTER|CREATE|DROP|INSERT|UPDATE|DELETE|DO|COMMIT|COMMENT|WITH .*(?:UPDATE|INSERT))\b",
    re.DOTALL,
)
_AT_ONCE: Final = re.compile(r"COMMIT|CONCURRENTLY")
_INVALID: Final = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"


@dataclass(frozen=True)
class WrittenChange:
    """A change of models.

    Attributes:
        before: The models before the change.
        after: The models after the change.
        rows: The statement that inserts rows before the change.
        kept: The query for all values that stay unchanged.
        options: The options with which the revisions are written.
        filled: The text that replaces a placeholder in the revisions.
        by_hand: The statements of the first revision that autogenerate does not write.
    """

    before: str
    after: str
    rows: str = "INSERT INTO item SELECT id, id, 'w' || id FROM generate_series(1, 20) AS id"
    kept: str = "SELECT array_agg(item.id ORDER BY item.id) FROM item"
    options: dict[str, Any] = field(default_factory=dict)
    filled: str = ""
    by_hand: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """The state of a database: its catalogs, its rows and its revision."""

    schema: Snapshot
    rows: tuple[Any, ...]
    revision: tuple[Any, ...]


@dataclass(frozen=True)
class Killing:
    """Kills the migrators of a project.

    Attributes:
        forks: The server that starts the migrators.
        project: The project.
        change: The change, with its revisions.
        ids: The ids of the written revisions.
    """

    forks: ForkServer
    project: WrittenProject
    change: WrittenChange
    ids: tuple[str, ...]

    def faults(self, database: Database) -> tuple[int, list[str]]:
        """Kill at each statement of each revision, up and down; return the kills and the faults.

        Args:
            database: A database at the revision before the first written one.
        """
        at = ["first", *self.ids]
        ways = [("upgrade", one) for one in at[1:]] + [("downgrade", one) for one in at[-2::-1]]
        kills, broken = 0, []
        for way in ways:
            statements, expected = self._undisturbed(database, way)
            for number, side in cuts(statements):
                kills += 1
                found = self._killed(database, way, number, side)
                broken += [
                    f"{way} {number} {side.name} ({statements[number - 1][:60]}): {one}"
                    for one in differences(expected, found)
                ]
            self.run(database, way)
        return kills, broken

    def run(self, database: Database, way: tuple[str, str]) -> None:
        """Migrate without a kill."""
        code, printed = self._run(database, way, database.host)
        assert code == 0, f"{way}: {printed}"

    def _undisturbed(self, database: Database, way: tuple[str, str]) -> tuple[list[str], Found]:
        with (
            create_database(database.server, database.name) as copy,
            proxied(copy, Proxy) as (proxy, folder),
        ):
            code, printed = self._run(copy, way, folder)
            assert code == 0, f"{way}: {printed}"
            return [*proxy.statements], self._found(copy)

    def _killed(
        self, database: Database, way: tuple[str, str], number: int, side: Side
    ) -> Found | str:
        """Return the state after a killed run and the next one."""
        with create_database(database.server, database.name) as copy:
            started: Queue[int] = Queue()

            def kill(_: int) -> None:
                with suppress(ProcessLookupError):
                    os.kill(started.get(timeout=60), signal.SIGKILL)

            def cutting(target: str) -> Proxy:
                return Proxy(target, cut_at=number, side=side, at_cut=kill)

            with proxied(copy, cutting) as (proxy, folder):
                pid = self._start(copy, way, folder)
                started.put(pid)
                self.forks.wait(pid)
                if not proxy.is_cut.is_set():
                    return f"it did not come so far: {self._output.read_text()}"
            code, printed = self._run(copy, way, copy.host)
            return self._found(copy) if code == 0 else f"the next run failed: {printed}"

    def _found(self, database: Database) -> Found:
        scope = find_project(self.project.files.folder).scratch_scope()
        with unpooled_engine(database) as engine, engine.connect() as asked, reading(asked):
            schema = read_snapshot(asked, scope)
        version = database.query("SELECT version_num FROM public.alembic_version")
        kept = [*database.query(self.change.kept), *database.query(_INVALID)]
        return Found(schema, tuple(map(tuple, kept)), tuple(map(tuple, version)))

    def _run(self, database: Database, way: tuple[str, str], host: str) -> tuple[int, str]:
        code = self.forks.wait(self._start(database, way, host))
        return code, self._output.read_text()

    def _start(self, database: Database, way: tuple[str, str], host: str) -> int:
        folder = self.project.files.folder
        url = database.url.set(query={"host": host}).render_as_string(hide_password=False)
        arguments = ["-c", str(folder / "alembic.ini"), *ACCEPT, *way]
        environ = {**os.environ, "DATABASE_URL": url, "LC_ALL": "C.UTF-8"}
        return self.forks.start(arguments, environ, folder, self._output)

    @property
    def _output(self) -> Path:
        return self.project.files.folder / "output"


def cuts(statements: list[str]) -> Iterator[tuple[int, Side]]:
    """Yield the statements at which a migrator is killed."""
    has_written = False
    for number, one in enumerate(statements, 1):
        if _WRITES.match(one) and (one != "COMMIT" or has_written):
            yield number, Side.BEFORE
            if _AT_ONCE.search(one):
                yield number, Side.AFTER
            has_written = one != "COMMIT"


def differences(expected: Found, found: Found | str) -> list[str]:
    """Return the differences from the state after a run without a kill."""
    if isinstance(found, str):
        return [found]
    lines = [*in_lines(compare(expected.schema, found.schema).differences)]
    if (found.rows, found.revision) != (expected.rows, expected.revision):
        lines.append(f"{found.rows} at {found.revision}")
    return lines


def prepared(folder: Path, database: Database, forks: ForkServer, change: WrittenChange) -> Killing:
    """Write revisions for a change, and insert rows into a database before them."""
    project = written.make(folder, database)
    project.models(change.before)
    [first] = project.write(rev_id="first").files
    if change.by_hand:
        made = "".join(f"    op.execute({sql!r})\n" for sql in change.by_hand)
        text = first.read_text("utf-8").replace("\n\ndef downgrade", f"{made}\n\ndef downgrade")
        first.write_text(text, "utf-8")
        project.record()
    project.models(change.after)
    revisions = project.write(**change.options)
    if change.filled:
        for file in revisions.files:
            text = file.read_text("utf-8")
            file.write_text(text.replace('= NULL"', f'= {change.filled}"'), "utf-8")
        project.record()
    project.files.write("pyproject.toml", CONFIGURATION)
    project.files.write("alembic/env.py", ENV)
    killing = Killing(forks, project, change, tuple(one.stem for one in revisions.snapshots))
    killing.run(database, ("upgrade", "first"))
    database.execute(change.rows)
    return killing
