"""The ``.env`` of the local server: written once, with a generated password."""

import os
import re
import secrets
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from core import config
from core.env_file import NAME, find_env_file
from core.errors import LocalServerError
from schemaproof import LocalServer

ACCOUNT: Final = "monps"
_CONTENT: Final = """\
# Written for the local server of this folder. Every setting is explained in .env.example.
DB_HOST={host}
DB_PORT={port}
DB_USER={account}
DB_PASSWORD={password}
DB_NAME={account}
"""
_PASSWORDS: Final = "pgpass"
_TARGET: Final = ("DB_HOST", "DB_USER", "DB_PASSWORD", "DB_NAME")


def settings_exist() -> bool:
    """Whether an environment variable or a ``.env`` names a database."""
    return any(name in os.environ for name in _TARGET) or find_env_file() is not None


def write_env_file(root: Path, server: LocalServer) -> Path:
    """Write ``.env`` in ``root``, readable for its owner only; an existing file is never touched.

    Raises:
        LocalServerError: The file exists, or cannot be written.
    """
    path = root / NAME
    content = _CONTENT.format(
        host=server.socket_directory,
        port=server.port,
        account=ACCOUNT,
        password=secrets.token_urlsafe(24),
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise LocalServerError(
            f"{path} cannot be written: {error.strerror}", remedy="write it from .env.example"
        ) from error
    return path


def points_to(settings: config.DatabaseSettings, server: LocalServer) -> bool:
    """Whether the settings name the local server."""
    [(host, port), *others] = settings.addresses
    if others or not host.startswith("/") or server.port != port:
        return False
    return Path(host).resolve() == server.socket_directory.resolve()


def libpq_url(settings: config.DatabaseSettings, server: LocalServer) -> str:
    """Return the URL of the local database for libpq's programs, such as psql.

    The password is in a file that the URL names (libpq's ``passfile``), so it does not appear in
    the list of processes.

    Raises:
        LocalServerError: The file cannot be written.
    """
    path = server.home / _PASSWORDS
    password = re.sub(r"([\\:])", r"\\\1", settings.DB_PASSWORD.get_secret_value())
    try:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"*:*:*:*:{password}\n")
    except OSError as error:
        raise LocalServerError(
            f"{path} cannot be written: {error.strerror}", remedy="run: monps-db server start"
        ) from error
    return URL.create(
        "postgresql",
        username=settings.DB_USER,
        database=settings.DB_NAME,
        query={"host": str(server.socket_directory), "passfile": str(path)},
    ).render_as_string()
