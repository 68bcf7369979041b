"""The identity of the migrator, and its versions: facts of this process for the ledger."""

import getpass
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from schemaproof.program import program_name

_PATIENCE: Final = 5.0


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of the migrator; None for unknown values.

    Attributes:
        host: The name of the machine that the program runs on.
        os_user: The user of the operating system who runs the program.
        application_version: The version of the program.
        git_commit: The commit that the project's folder is at.
    """

    host: str | None
    os_user: str | None
    application_version: str | None
    git_commit: str | None

    @property
    def application_name(self) -> str:
        """The ``application_name`` of the session that holds the migrator's lock."""
        return f"{program_name()} migrator {self.os_user or '?'}@{self.host or '?'}"


def find_identity(root: Path) -> Identity:
    """Collect the facts of this process and of the project's folder."""
    return Identity(socket.gethostname() or None, _os_user(), _version(), _git_commit(root))


def _os_user() -> str | None:
    # A container may run with a user number that no user has.
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return None


def _version() -> str | None:
    for distribution in (program_name(), "schemaproof"):
        with suppress(metadata.PackageNotFoundError):
            return metadata.version(distribution)
    return None


def _git_commit(root: Path) -> str | None:
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return None
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(  # noqa: S603 - no input of anybody
            ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
        return done.stdout.strip() or None
    return None
