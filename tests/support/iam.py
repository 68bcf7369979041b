"""A server that accepts IAM tokens as RDS does: sent in clear text, within TLS.

RDS verifies the token in a module of its own. Here PostgreSQL asks an LDAP server, which is this
module: it computes the signature from the same secret key, and checks the date.
"""

import hashlib
import hmac
import ipaddress
import secrets
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import servers
from schemaproof_testing.servers import FAST, administration

LOOPBACK = "127.0.0.1"
ROLE = "monps_iam"


@dataclass
class Iam:
    """The server, and the passwords that it received."""

    server: LocalServer
    host: str
    port: int
    certificate: Path
    secret_key: str
    region: str
    refuses: bool = False
    passwords: list[str] = field(default_factory=list)

    def accepts(self, user: str, token: str) -> bool:
        self.passwords.append(token)
        place, _, query = token.partition("/?")
        given = dict(parse_qsl(query, strict_parsing=True))
        signature = given.pop("X-Amz-Signature")
        made = datetime.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        age = datetime.now(UTC) - made
        return (
            not self.refuses
            and place == f"{self.host}:{self.port}"
            and (given["Action"], given["DBUser"]) == ("connect", user)
            and timedelta(seconds=-60) < age < timedelta(seconds=int(given["X-Amz-Expires"]))
            and hmac.compare_digest(signature, self._signature(place, given))
        )

    def _signature(self, host: str, given: dict[str, str]) -> str:
        """Return the signature of a URL by Signature Version 4 (AWS General Reference)."""
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(given.items()))
        nothing = hashlib.sha256(b"").hexdigest()
        request = f"GET\n/\n{query}\nhost:{host}\n\nhost\n{nothing}"
        day = given["X-Amz-Date"][:8]
        scope = f"{day}/{self.region}/rds-db/aws4_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{given['X-Amz-Date']}\n{scope}\n{digest}"
        key = f"AWS4{self.secret_key}".encode()
        for part in (*scope.split("/"), text):
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex()


def _read(data: bytes) -> tuple[int, bytes, bytes]:
    """Read one BER value; return its tag, its content, and the remaining bytes."""
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    return data[0], data[start : start + length], data[start + length :]


class _Bind(socketserver.BaseRequestHandler):
    """A simple bind request of LDAP (RFC 4511, 4.2)."""

    def handle(self) -> None:
        _, message, _ = _read(self.request.recv(65536))
        _, number, rest = _read(message)
        _, bind, _ = _read(rest)
        _, _, rest = _read(bind)  # This is the version.
        _, name, rest = _read(rest)
        _, password, _ = _read(rest)
        iam: Iam = self.server.iam  # type: ignore[attr-defined]
        code = 0 if iam.accepts(name.decode(), password.decode()) else 49
        answer = bytes((0x61, 7, 10, 1, code, 4, 0, 4, 0))
        answer = bytes((2, len(number))) + number + answer
        self.request.sendall(bytes((0x30, len(answer))) + answer)


def _certificate(folder: Path, host: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "server.key").chmod(0o600)
    return folder / "server.crt", folder / "server.key"


@contextmanager
def started(folder: Path, *, secret_key: str, region: str) -> Iterator[Iam]:
    """Run Debian's server, which has TLS and LDAP, until the block ends."""
    binaries = servers.find_binaries(15)
    # A local server has the usual port, so it gets its own address of the loopback network.
    host = str(ipaddress.ip_address(LOOPBACK) + secrets.randbelow(2**23))
    certificate, key = _certificate(folder, host)
    given = {"listen_addresses": host, "ssl": "on"}
    files = {"ssl_cert_file": str(certificate), "ssl_key_file": str(key)}
    server = LocalServer(folder / "server", binaries, {**FAST, **given, **files})
    made = Iam(server, host, server.port, certificate, secret_key, region)
    with socketserver.ThreadingTCPServer((LOOPBACK, 0), _Bind) as ldap:
        ldap.iam = made  # type: ignore[attr-defined]
        threading.Thread(target=ldap.serve_forever, daemon=True).start()
        try:
            server.start()
            _let_in(server, ldap.server_address[1])
            yield made
        finally:
            server.stop()
            ldap.shutdown()


def _let_in(server: LocalServer, ldap_port: int) -> None:
    rules = server.data_directory / "pg_hba.conf"
    where = f'ldapserver={LOOPBACK} ldapport={ldap_port} ldapprefix=""'
    rule = f"hostssl all {ROLE} 127.0.0.0/8 ldap {where}"
    rules.write_text(f"{rule}\n{rules.read_text('utf-8')}", "utf-8")
    with administration(server) as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
        cursor.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
        cursor.execute("SELECT pg_reload_conf()")
