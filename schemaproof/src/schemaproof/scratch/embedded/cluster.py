"""A data directory: made once, configured at each start."""

import secrets
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded import binaries, files, process

SUPERUSER = "postgres"
SETTINGS_FILE = "local-server.conf"
INITDB_SECONDS = 120.0
FIRST_MAJOR_WITH_BUILTIN_LOCALE = 17


def create(programs: binaries.Binaries, data: Path, password_file: Path, *, sync: bool) -> None:
    """Create a data directory, as a whole or not at all.

    Args:
        programs: The PostgreSQL to make it with.
        data: The data directory; its parent exists.
        password_file: The file for the superuser's generated password.
        sync: Whether to wait until it is on disk.

    Raises:
        LocalServerError: The program initdb fails.
    """
    draft = data.with_name(f"{data.name}.new")
    if draft.exists():  # An earlier creation was interrupted.
        shutil.rmtree(draft)
    # initdb reads the password from the file that is kept, so there is no second copy to remove.
    files.write_private(password_file, f"{secrets.token_urlsafe(24)}\n")
    done = process.run(
        [
            programs.initdb,
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            *locale_options(programs.major),
            "--no-instructions",
            *([] if sync else ["--no-sync"]),
        ],
        seconds=INITDB_SECONDS,
        directory=data.parent,
    )
    if done.returncode != 0:
        raise LocalServerError(
            f"initdb failed: {process.failure_line(done.stdout + done.stderr)}",
            remedy="check the folder's permissions and the free disk space",
        )
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"\ninclude_if_exists = '{SETTINGS_FILE}'\n")
    draft.rename(data)


def locale_options(major: int) -> list[str]:
    """Return the locale of a new data directory: order by code point, letters as in Unicode.

    ``C.UTF-8`` sorts the same everywhere and for ever (an operating system's update cannot break an
    index), and unlike ``C`` knows that É is an upper-case é. PostgreSQL 17 and later contain it;
    earlier versions take it from the operating system.

    Args:
        major: PostgreSQL's major version.
    """
    if major >= FIRST_MAJOR_WITH_BUILTIN_LOCALE:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C", f"--lc-ctype={'UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}"]


def configure(data: Path, sockets: Path, settings: Mapping[str, str]) -> None:
    """Write the settings of the next start.

    Args:
        data: The data directory.
        sockets: The private folder for the socket.
        settings: The settings of the caller, which take precedence.
    """
    doubled = str(sockets).replace('"', '""')
    ours = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{doubled}"',
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "lc_messages": "C",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # %e is the SQLSTATE, which says why a server does not start.
        "log_line_prefix": "%m [%p] %e ",
    }
    lines = [f"{name} = {quoted(value)}\n" for name, value in {**ours, **settings}.items()]
    files.write_private(data / SETTINGS_FILE, "".join(lines))


def quoted(value: str) -> str:
    """Return a value as PostgreSQL's configuration files write it.

    Args:
        value: Any text.
    """
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n")
    return f"'{escaped}'"


def check_major(programs: binaries.Binaries, data: Path) -> None:
    """Check that a data directory was created by the same major version.

    Args:
        programs: The PostgreSQL that is to serve it.
        data: The data directory.

    Raises:
        LocalServerError: Another major version has created the data directory.
    """
    made_by = (data / "PG_VERSION").read_text("utf-8", "replace").strip()
    if made_by != str(programs.major):
        raise LocalServerError(
            f"{data} was made by PostgreSQL {made_by}, and this is PostgreSQL {programs.major}",
            remedy=f"use PostgreSQL {made_by}, or move that folder away to begin with an empty one",
        )
