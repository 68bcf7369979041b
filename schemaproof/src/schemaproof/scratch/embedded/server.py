"""The local server: made, started and stopped by its owner, without any installed service."""

import hashlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded import binaries, cluster, files, launch, postmaster

DEFAULT_MAJOR = 18
PORT = 5432  # The port is only a part of the socket file's name.
# The folder is fixed and not TMPDIR, because .env contains it and must not depend on the shell.
TEMPORARY = Path("/tmp")  # noqa: S108 -- private_directory refuses what somebody else put there
SOCKET_PATH_BYTES = 103 if sys.platform == "darwin" else 107
# The first signal is a fast shutdown, the second an immediate one, after which the next start needs
# a recovery but no data is lost.
STOP_STAGES = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 15.0))


@dataclass(frozen=True)
class ServerStatus:
    """The state of a local server.

    Attributes:
        running: Whether it runs.
        pid: Its process, when it runs.
        major: The major version, such as 18.
        version: The version of the binaries, such as ``18.4``.
        data_directory: The data directory.
        socket_directory: The folder of the socket, which clients take as host.
    """

    running: bool
    pid: int | None
    major: int
    version: str
    data_directory: Path
    socket_directory: Path


@dataclass(frozen=True)
class LocalServer:
    """A PostgreSQL server of our own, below one folder: Unix socket and scram only.

    Attributes:
        root: The folder for all local servers, such as ``.schemaproof``; each major version has its
            own below.
        binaries: The PostgreSQL to run.
        settings: Server settings beside our own, such as ``{"fsync": "off"}``; read at start.
    """

    root: Path
    binaries: binaries.Binaries
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def home(self) -> Path:
        """The folder of this major version."""
        return self.root.resolve() / str(self.binaries.major)

    @property
    def data_directory(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"

    @property
    def log_file(self) -> Path:
        """The log file of the server."""
        return self.home / "server.log"

    @property
    def password_file(self) -> Path:
        """The file with the superuser's password, readable for the owner only."""
        return self.home / "superuser.password"

    @property
    def port(self) -> int:
        """The port that names the socket; nothing listens on TCP."""
        return PORT

    @property
    def superuser(self) -> str:
        """The superuser's name."""
        return cluster.SUPERUSER

    @property
    def socket_directory(self) -> Path:
        """The socket's folder: below the root, or in ``/tmp`` where clients could not use that."""
        below = self.home / "run"
        fits = len(os.fsencode(below / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES
        if fits and "," not in str(below):
            # Clients read a comma as the end of the first host.
            return below
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()
        return TEMPORARY / f"{postmaster.label(self.root)}-{os.geteuid()}-{digest[:16]}"

    def superuser_password(self) -> str:
        """Return the superuser's password.

        Raises:
            LocalServerError: There is no password file: no server was created, or it was removed.
        """
        with files.one_line_failures("read the local server's password"):
            return self.password_file.read_text("utf-8").strip()

    def connect_parameters(self, database: str = "postgres") -> dict[str, str | int]:
        """Return the arguments of ``psycopg2.connect`` for the superuser.

        Args:
            database: The database to connect to.

        Raises:
            LocalServerError: There is no password file.
        """
        return {
            "host": str(self.socket_directory),
            # Without this, libpq would take PGHOSTADDR from the environment.
            "hostaddr": "",
            "port": self.port,
            "user": self.superuser,
            "password": self.superuser_password(),
            "dbname": database,
        }

    def is_running(self) -> bool:
        """Return whether the server runs.

        Raises:
            LocalServerError: The folder of the server may not be read.
        """
        return self.status().running

    def status(self) -> ServerStatus:
        """Return the state of the server.

        Raises:
            LocalServerError: The folder of the server may not be read, or its programs do not run.
        """
        with files.one_line_failures("look at the local server"):
            found = postmaster.running(self.data_directory)
        return ServerStatus(
            running=found is not None,
            pid=found.pid if found else None,
            major=self.binaries.major,
            version=self.binaries.version,
            data_directory=self.data_directory,
            socket_directory=self.socket_directory,
        )

    def create(self) -> None:
        """Create the data directory, unless it exists.

        Raises:
            LocalServerError: The creation fails, or another major version or account has created
                the existing data directory.
        """
        with files.one_line_failures("create the local server"), self._locked():
            self._create()

    def start(self) -> None:
        """Start the server, created first if necessary; nothing happens when it runs.

        Raises:
            LocalServerError: The server does not start; the error has the reason from its log.
        """
        with files.one_line_failures("start the local server"), self._locked():
            self._create()
            if postmaster.running(self.data_directory) and launch.serves(self._paths):
                return
            # The server may run without its socket, if its folder was removed. Then no client can
            # reach it.
            self._stop()
            self._start()

    def stop(self) -> None:
        """Stop the server; nothing happens when it does not run.

        Raises:
            LocalServerError: The server does not stop.
        """
        with files.one_line_failures("stop the local server"):
            if self.home.exists():
                with self._locked():
                    self._stop()

    @property
    def _paths(self) -> launch.ServerPaths:
        return launch.ServerPaths(
            programs=self.binaries,
            data=self.data_directory,
            log=self.log_file,
            socket=self.socket_directory / f".s.PGSQL.{PORT}",
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if not str(self.home).isprintable():
            # PostgreSQL reads its own files line by line.
            raise LocalServerError(
                f"the folder {str(self.home)!r} has a name that cannot be shown",
                remedy="choose a folder without line breaks in its name",
            )
        self.home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.home.mkdir(mode=0o700, exist_ok=True)
        with files.locked(self.home / "lock"):
            yield

    def _create(self) -> None:
        ignored = self.home / ".gitignore"
        if not ignored.exists():
            # Rows and passwords must not get into a commit of the project around them.
            ignored.write_text("*\n", "utf-8")
        if not self.data_directory.exists():
            sync = self.settings.get("fsync") != "off"
            cluster.create(self.binaries, self.data_directory, self.password_file, sync=sync)
        if self.data_directory.stat().st_uid != os.geteuid():
            raise LocalServerError(
                f"{self.data_directory} belongs to another account",
                remedy="run this from the account that made it",
            )
        cluster.check_major(self.binaries, self.data_directory)

    def _start(self) -> None:
        files.private_directory(self.socket_directory)
        cluster.configure(self.data_directory, self.socket_directory, self.settings)
        launch.start(self._paths)

    def _stop(self) -> None:
        found = postmaster.running(self.data_directory)
        if found and not postmaster.end(found.pid, self.data_directory, stages=STOP_STAGES):
            raise LocalServerError(
                f"the local server (process {found.pid}) does not stop",
                remedy=f"see {self.log_file}",
            )
        if self.socket_directory.parent == TEMPORARY:
            with suppress(OSError):
                # The folder may contain other files or belong to another account; then it stays.
                self.socket_directory.rmdir()
