"""Two migrators; the first is killed, stopped or disconnected within a revision."""

import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database, administration

COUNTER: Final = (
    'op.execute("CREATE TABLE public.counter (n int)");'
    ' op.execute("INSERT INTO public.counter VALUES (0)")'
)
BLOCK: Final = "with op.get_context().autocommit_block():\n        "
COUNT: Final = 'op.execute("UPDATE public.counter SET n = n + 1")'
# The process must not stop while the gate prints the SQL, nor in the second migrator.
STOP: Final = (
    "import os, signal; os.getenv('STOPS') and not op.get_context().as_sql and"
    " os.kill(os.getpid(), signal.SIGSTOP)"
)
# Only in this transaction, the COMMIT waits for a standby that does not exist.
ONE_MORE: Final = f'op.execute("SET LOCAL synchronous_commit = on"); {COUNT}'
WAITS_FOR_STANDBY: Final = "wait_event = 'SyncRep'"


@dataclass(frozen=True)
class Migrator:
    """A running ``alembic upgrade head``, which runs the revisions in its own process."""

    process: subprocess.Popen[str]
    output: Path

    @property
    def printed(self) -> str:
        return self.output.read_text("utf-8")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def code(self) -> int:
        """Wait until the process ends; return its exit code."""
        return self.process.wait(timeout=240)

    def is_stopped(self) -> bool:
        """Whether it has stopped itself by SIGSTOP."""
        state = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2]
        return state.split()[0] == "T"


@dataclass(frozen=True)
class Two:
    """Two migrators of one project on one database.

    Attributes:
        wait_for: The function that waits until a condition is true.
    """

    project: OwnProject
    database: Database
    wait_for: Callable[[Callable[[], bool]], None]

    def prepare(self, revision: str) -> None:
        """Create a counter in the database, and a pending revision that increments it."""
        self.project.add(COUNTER)
        self.project.upgrade(self.database)
        self.project.add(revision)
        self.project.record()

    @contextmanager
    def running(self, name: str, **environ: str) -> Iterator[Migrator]:
        programs = Programs(self.project.folder, self.database.environ())
        output = self.project.folder / f"{name}.txt"
        with output.open("wb") as file:
            process = programs.start(
                *("alembic", "-c", str(self.project.ini), "upgrade", "head"),
                stdout=file,
                stderr=subprocess.STDOUT,
                **environ,
            )
        try:
            yield Migrator(process, output)
        finally:
            process.kill()
            process.wait(timeout=60)

    def sessions(self, condition: str) -> list[int]:
        question = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND {condition}"
        )
        return [pid for (pid,) in self.ask(question)]

    def end_sessions(self, condition: str) -> None:
        for pid in self.sessions(condition):
            self.ask(f"SELECT pg_terminate_backend({pid})")

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        return self.database.superuser.query(question)

    def outcome(self) -> tuple[int, list[tuple[str, ...]], list[tuple[str, ...]]]:
        """Return the counter, the version of the database, and the steps in the ledger."""
        [(counted,)] = self.ask("SELECT n FROM public.counter")
        done = [row for row in rows(self.database, "revision, outcome") if row[1] == "done"]
        return counted, self.ask("SELECT version_num FROM public.alembic_version"), done


ONCE: Final = (1, [("r2",)], [("r1", "done"), ("r2", "done")])
"""What there is after two migrators, whatever became of the first."""


@contextmanager
def absent_standby(database: Database) -> Iterator[Callable[[], None]]:
    """Make COMMIT wait for a standby that does not exist; yields a function that ends this."""

    def name(standbys: str) -> None:
        with administration(database.server) as cursor:
            cursor.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{standbys}'")
            cursor.execute("SELECT pg_reload_conf()")

    name("nobody")
    try:
        yield lambda: name("")
    finally:
        name("")


def killed_while_it_commits(two: Two, revision: str, *, is_ended: bool) -> None:
    """Kill the first migrator while its COMMIT waits, and start the second before that ends.

    Args:
        two: The migrators.
        revision: The pending revision.
        is_ended: Whether to terminate the waiting session; otherwise its COMMIT is allowed to
            succeed.
    """
    two.prepare(revision)
    with absent_standby(two.database) as call_off:
        with two.running("first") as first:
            two.wait_for(lambda: bool(two.sessions(WAITS_FOR_STANDBY)))
            first.send(signal.SIGKILL)
            first.process.wait(timeout=60)
        with two.running("second") as second:
            two.wait_for(lambda: "waiting for another migrator" in second.printed)
            if is_ended:
                two.end_sessions(WAITS_FOR_STANDBY)
            call_off()
            assert second.code() == 0, second.printed


def stopped_in_a_block(two: Two, *, is_ended: bool) -> None:
    """Stop the first in an autocommit block; continue it when the second has ended or waits.

    Args:
        two: The migrators.
        is_ended: Whether to terminate its session in the meantime.
    """
    two.prepare(f"{BLOCK}{STOP}; {COUNT}")
    with two.running("first", STOPS="yes") as first:
        two.wait_for(lambda: first.is_stopped() or first.process.poll() is not None)
        assert first.is_stopped(), first.printed
        if is_ended:
            two.end_sessions("application_name LIKE 'monps-db migrator%'")
        with two.running("second") as second:
            if is_ended:
                assert second.code() == 0, second.printed
            else:
                two.wait_for(lambda: "waiting for another migrator" in second.printed)
            first.send(signal.SIGCONT)
            assert (first.code() == 0) is not is_ended, first.printed
            assert second.code() == 0, second.printed


SCENARIOS: Final[Mapping[str, Callable[[Two], None]]] = MappingProxyType(
    {
        "killed in COMMIT after an autocommit block": lambda two: killed_while_it_commits(
            two, f"{BLOCK}pass\n    {ONE_MORE}", is_ended=False
        ),
        "stopped in an autocommit block, its session ended": lambda two: stopped_in_a_block(
            two, is_ended=True
        ),
        "killed in COMMIT of one transaction": lambda two: killed_while_it_commits(
            two, f'op.execute("CREATE TABLE public.one ()"); {ONE_MORE}', is_ended=False
        ),
        "killed in COMMIT, its session ended": lambda two: killed_while_it_commits(
            two, ONE_MORE, is_ended=True
        ),
        "stopped in an autocommit block": lambda two: stopped_in_a_block(two, is_ended=False),
    }
)
