"""Find PostgreSQL's programs."""

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from schemaproof.errors import LocalServerError


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL installation.

    Attributes:
        directory: The folder that holds them, such as ``/usr/lib/postgresql/15/bin``.
    """

    directory: Path

    @property
    def postgres(self) -> Path:
        """The server itself."""
        return self.directory / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that creates a data directory."""
        return self.directory / "initdb"

    @property
    def pg_ctl(self) -> Path:
        """The program that starts a server."""
        return self.directory / "pg_ctl"

    @property
    def psql(self) -> Path:
        """The interactive client."""
        return self.directory / "psql"

    @property
    def pg_dump(self) -> Path:
        """The program that writes a database as SQL."""
        return self.directory / "pg_dump"

    @cached_property
    def version(self) -> str:
        """The version as PostgreSQL prints it, such as ``18.4``.

        Raises:
            LocalServerError: If there is no PostgreSQL that runs here.
        """
        try:
            answer = subprocess.run(  # noqa: S603 -- a path of ours, no shell
                [self.postgres, "--version"], capture_output=True, text=True, check=True, timeout=30
            ).stdout
        except (OSError, subprocess.SubprocessError) as error:
            raise LocalServerError(
                f"no PostgreSQL that runs here in {self.directory}",
                remedy="name a folder that holds postgres, initdb and pg_ctl",
            ) from error
        found = re.search(r"\(PostgreSQL\) (\d\S*)", answer)
        if found is None:
            raise LocalServerError(f"{self.postgres} does not report its version")
        return found[1]

    @cached_property
    def major(self) -> int:
        """The major version, such as ``18``."""
        # A release has a version such as "18.4", a beta one such as "19beta1".
        return int(re.split(r"\D", self.version, maxsplit=1)[0])
