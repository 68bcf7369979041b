"""Kill a migrator at a statement, run it again, and compare the results."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Final

from schemaproof.history.history import History
from schemaproof.schema.database_objects import Snapshot
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.catalogs import contents
from schemaproof_testing.filled import FILLED_FROM, digests, fill
from schemaproof_testing.fork_server import ForkServer
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.project import ACCEPT, ROOT, Alembic, history
from schemaproof_testing.proxy import Proxy, Side, proxied
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database, create_database

EXISTING: Final = Path(__file__).with_name("existing_database.sql")
BASE: Final = "abbc4f65c12b"


@dataclass(frozen=True)
class Scenario:
    """A migration from one revision to another, on a filled database.

    Attributes:
        name: The name in the output.
        start: The revision at which rows are inserted.
        command: ``upgrade`` or ``downgrade``.
        target: The target revision.
    """

    name: str
    start: str
    command: str
    target: str


SCENARIOS: Final = (
    Scenario("create the tables on the existing database", BASE, "upgrade", FILLED_FROM),
    Scenario("alter and index filled tables", FILLED_FROM, "upgrade", "head"),
    Scenario("take that back", "head", "downgrade", FILLED_FROM),
    Scenario("drop filled tables again", FILLED_FROM, "downgrade", BASE),
)


@dataclass(frozen=True)
class Outcome:
    """The state of a database after a migration.

    Attributes:
        revision: The rows of ``alembic_version``.
        schema: Everything in the schemas that the project reads.
        rows: The number and the digest of the rows of each table.
        steps: The steps in the ledger.
    """

    revision: tuple[str, ...]
    schema: Snapshot
    rows: Mapping[str, tuple[int, str | None]]
    steps: tuple[tuple[str, str], ...]


def outcome(database: Database) -> Outcome:
    revision = tuple(
        row for (row,) in database.query("SELECT version_num FROM public.alembic_version")
    )
    [[has_ledger]] = database.query(
        "SELECT to_regclass('public.monps_migration_ledger') IS NOT NULL"
    )
    steps = rows(database, "revision, direction, outcome") if has_ledger else []
    done = tuple((one, way) for one, way, end in steps if end == "done")
    return Outcome(revision, contents(database), digests(database), done)


@contextmanager
def prepared(server: LocalServer, scenario: Scenario) -> Iterator[Database]:
    """Make a database at the start of the scenario, with rows, to be copied."""
    with create_database(server) as database:
        run_script(database, EXISTING.read_text("utf-8"), folder=EXISTING.parent)
        if scenario.start != BASE:
            Alembic(database).upgrade(FILLED_FROM)
            fill(database)
            Alembic(database).upgrade(scenario.start)
        yield database


@dataclass(frozen=True)
class Killer:
    """Kills migrators of a scenario, each on its own copy of the prepared database."""

    forks: ForkServer
    scenario: Scenario
    template: Database
    folder: Path

    def statements(self) -> list[str]:
        """Migrate without a kill, and return the statements."""
        with (
            create_database(self.template.server, self.template.name) as database,
            proxied(database, Proxy) as (proxy, socket_folder),
        ):
            code, printed = self._run(database, socket_folder)
            assert code == 0, printed
            return proxy.statements

    def undisturbed(self) -> Outcome:
        """Return the state of the database after a migration without a kill."""
        with create_database(self.template.server, self.template.name) as database:
            code, printed = self._run(database, database.host)
            assert code == 0, printed
            return outcome(database)

    def kill_at(self, statement: int, side: Side) -> tuple[Outcome, Outcome]:
        """Kill the migrator at a statement, and run it again.

        Returns:
            The database after the kill, and after the second run.
        """
        with create_database(self.template.server, self.template.name) as database:
            self._run_killed(database, statement, side)
            _wait_until_alone(database)
            killed = outcome(database)
            code, printed = self._run(database, database.host)
            assert code == 0, f"the run after the kill at {statement}, {side.value}: {printed}"
            return killed, outcome(database)

    def _run_killed(self, database: Database, statement: int, side: Side) -> None:
        def cutting_proxy(target: str) -> Proxy:
            return Proxy(target, cut_at=statement, side=side, at_cut=end)

        def end(backend: int) -> None:
            if side is Side.DURING:
                database.superuser.execute("SELECT pg_terminate_backend(%s)", [backend])
                return
            with suppress(ProcessLookupError):
                os.kill(started.get(timeout=60), signal.SIGKILL)

        started: Queue[int] = Queue()
        with proxied(database, cutting_proxy) as (proxy, socket_folder):
            pid = self._start(database, socket_folder)
            started.put(pid)
            code = self.forks.wait(pid)
            assert proxy.is_cut.is_set(), self._output.read_text()
            # A program whose session ends after its last statement does not notice, and succeeds.
            assert side is Side.DURING or code == -signal.SIGKILL

    def _run(self, database: Database, host: str) -> tuple[int, str]:
        code = self.forks.wait(self._start(database, host))
        return code, self._output.read_text()

    def _start(self, database: Database, host: str) -> int:
        arguments = [
            *("-c", str(ROOT / "alembic.ini"), *ACCEPT),
            *(self.scenario.command, self.scenario.target),
        ]
        environ = {**database.environ(), "DB_HOST": host, "LC_ALL": "C.UTF-8"}
        return self.forks.start(arguments, environ, self.folder, self._output)

    @property
    def _output(self) -> Path:
        return self.folder / "output"


def _wait_until_alone(database: Database) -> None:
    """Wait until the statements of a killed program have ended on the server."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    while database.superuser.query(f"SELECT FROM pg_stat_activity WHERE {others}"):
        pass


def faults(before: Outcome, killed: Outcome, completed: Outcome, undisturbed: Outcome) -> list[str]:
    """Return the faults after a kill; there should be none."""
    claims = {
        "the revisions are not each wholly there or wholly not": wholly_there_or_not(
            before, killed, undisturbed
        ),
        f"rows are lost after the kill: {lost(before, killed)}": not lost(before, killed),
        "the second run led to another revision": completed.revision == undisturbed.revision,
        "the second run led to another schema": completed.schema == undisturbed.schema,
        "the second run led to other rows": completed.rows == undisturbed.rows,
        "a revision was applied twice, or not recorded": completed.steps == undisturbed.steps,
    }
    return [claim for claim, holds in claims.items() if not holds]


def wholly_there_or_not(before: Outcome, after: Outcome, undisturbed: Outcome) -> bool:
    """Whether the ledger and the database agree on the first steps that were completed.

    The changes of an autocommit block stay, and the next run continues from there.
    """
    done = after.steps[len(before.steps) :]
    expected = undisturbed.steps[len(before.steps) :]
    if done != expected[: len(done)]:
        return False
    known = history()
    if not done:
        is_alike = after.schema == before.schema or commits_in_between(known, expected[0][0])
        return is_alike and after.revision == before.revision
    revision, direction = done[-1]
    parents = known.revisions[revision].parents
    at = (revision,) if direction == "upgrade" else parents
    return after.revision == at


def commits_in_between(known: History, revision: str) -> bool:
    """Whether a revision has statements outside of its transaction."""
    return "autocommit_block" in known.revisions[revision].path.read_text("utf-8")


def lost(before: Outcome, after: Outcome) -> list[str]:
    """Return the tables that exist before and after and whose rows differ."""
    return [
        table
        for table, rows in before.rows.items()
        if table in after.rows and after.rows[table] != rows
    ]
