"""A primary with streaming replicas, made with pg_basebackup."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemaproof.scratch.embedded import process
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.server_processes import postmaster_pid
from schemaproof_testing.servers import (
    FAST,
    administration,
    ask,
    create_role,
    default_major,
    find_binaries,
    short_folder,
)

SECONDS = 60.0


@dataclass(frozen=True)
class Cluster:
    """A primary and its replicas, all running."""

    primary: LocalServer
    replicas: tuple[LocalServer, ...]

    @property
    def replica_hosts(self) -> str:
        """The value for ``DB_REPLICA_HOSTS``."""
        return ",".join(str(replica.socket_directory) for replica in self.replicas)

    def heal(self) -> None:
        """Start stopped servers, resume replay, and wait until all replicas have caught up."""
        for server in (self.primary, *self.replicas):
            server.start()
        for replica in self.replicas:
            ask_outside(replica, "ALTER SYSTEM RESET recovery_min_apply_delay")
            ask(replica, "SELECT pg_reload_conf()")
            ask(replica, "SELECT pg_wal_replay_resume()")
        self.catch_up()

    def catch_up(self) -> None:
        """Wait until every replica has replayed all that the primary has written."""
        # A new record makes a disconnected receiver notice that the primary is back.
        ask_outside(self.primary, "SELECT pg_logical_emit_message(true, 'test', 'anybody there?')")
        position = ask(self.primary, "SELECT pg_current_wal_flush_lsn()::text")
        for replica in self.replicas:
            until(replica, f"SELECT pg_last_wal_replay_lsn() >= '{position}'")


def crash(server: LocalServer) -> None:
    """Kill a server and its child processes at once, without a message to clients.

    After a SIGKILL to the server alone, the children would live for seconds, and prevent a restart.
    """
    os.kill(postmaster_pid(server), signal.SIGQUIT)
    deadline = time.monotonic() + SECONDS
    while server.is_running():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def until(server: LocalServer, question: str) -> None:
    """Wait until a query returns true."""
    deadline = time.monotonic() + SECONDS
    while ask(server, question) is not True:
        assert time.monotonic() < deadline, question
        time.sleep(0.02)


def ask_outside(server: LocalServer, statement: str) -> None:
    """Execute a statement outside of a transaction."""
    with administration(server) as cursor:
        cursor.execute(statement)


@contextmanager
def open_cluster(replicas: int, major: int | None = None) -> Iterator[Cluster]:
    """Start a primary with replicas; ``SHOW monps.server`` returns the name of the server."""
    with ExitStack() as stack:
        folder = stack.enter_context(short_folder())
        primary = LocalServer(
            folder / "p",
            find_binaries(major or default_major()),
            {**FAST, "synchronous_commit": "local", "monps.server": "primary"},
        )
        stack.callback(primary.stop)
        primary.start()
        create_role(primary)
        made = []
        for number in range(replicas):
            replica = _copy(primary, folder / f"r{number}", f"replica{number}")
            stack.callback(replica.stop)
            replica.start()
            made.append(replica)
        cluster = Cluster(primary, tuple(made))
        cluster.catch_up()
        yield cluster


def _copy(primary: LocalServer, root: Path, name: str) -> LocalServer:
    settings = {**FAST, "monps.server": name, "wal_retrieve_retry_interval": "100ms"}
    replica = LocalServer(root, primary.binaries, settings)
    replica.home.mkdir(mode=0o700, parents=True)
    shutil.copy(primary.password_file, replica.password_file)
    passwords = replica.home / "passwords"
    passwords.write_text(f"*:*:*:*:{primary.superuser_password()}\n", "utf-8")
    passwords.chmod(0o600)
    source = f"host={primary.socket_directory} user={primary.superuser} passfile={passwords}"
    done = process.run(
        [
            *(primary.binaries.directory / "pg_basebackup", "--write-recovery-conf", "--no-sync"),
            *("--checkpoint=fast", f"--pgdata={replica.data_directory}", f"--dbname={source}"),
        ],
        seconds=SECONDS,
        directory=replica.home,
    )
    assert done.returncode == 0, done.stderr
    return replica
