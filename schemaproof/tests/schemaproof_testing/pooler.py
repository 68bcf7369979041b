"""PgBouncer in front of a database, if it is installed (Debian's package ``pgbouncer``)."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from schemaproof_testing.servers import PASSWORD, USER, Database

POOLER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pooled(
    database: Database, folder: Path, *settings: str, auth_type: str = "plain", tcp: bool = False
) -> Iterator[dict[str, str]]:
    """Run PgBouncer in front of a database; yields the settings for connections through it."""
    if POOLER is None:
        pytest.skip("no pgbouncer")
    port = _unused_port() if tcp else database.port
    (folder / "users").write_text(f'"{USER}" "pooled"\n', "utf-8")
    password = "password='{}'".format(PASSWORD.replace("'", "''"))
    lines = [
        "[databases]",
        f"{database.name} = host={database.host} port={database.port} user={USER} {password}",
        "[pgbouncer]",
        f"unix_socket_dir = {folder}",
        f"listen_addr = {'127.0.0.1' if tcp else ''}",
        f"listen_port = {port}",
        f"auth_type = {auth_type}",
        f"auth_file = {folder / 'users'}",
        *settings,
    ]
    (folder / "pooler.ini").write_text("\n".join(lines) + "\n", "utf-8")
    as_somebody = ["unshare", "--user", "--map-user=1000"] if os.getuid() == 0 else []
    process = subprocess.Popen(
        [*as_somebody, POOLER, str(folder / "pooler.ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    environ = {
        **database.environ(),
        "DB_HOST": "127.0.0.1" if tcp else str(folder),
        "DB_PORT": str(port),
        "DB_PASSWORD": "pooled",
    }
    try:
        _wait_for_pooler(process, environ)
        yield environ
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for_pooler(process: subprocess.Popen[str], environ: dict[str, str]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg2.connect(
                host=environ["DB_HOST"],
                port=environ["DB_PORT"],
                user=environ["DB_USER"],
                password=environ["DB_PASSWORD"],
                dbname=environ["DB_NAME"],
            ).close()
        except psycopg2.OperationalError:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
