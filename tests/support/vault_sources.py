"""Ways to log in to Vault."""

import base64
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import certifi
from sqlalchemy import text

import core.database
from core.config import DatabaseSettings
from tests.support.openbao import OpenBao


def vault_settings(given: dict[str, str], path: str, **changes: object) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**given, "DB_VAULT_PATH": path, **changes})


BUNDLE = Path(certifi.where()).read_text(encoding="utf-8")
ANY_CERTIFICATE = re.search(r"-----BEGIN.*?-----END CERTIFICATE-----", BUNDLE, re.DOTALL)[0]  # type: ignore[index]


class Review(BaseHTTPRequestHandler):
    """Kubernetes' review of a service account's token."""

    def do_POST(self) -> None:
        user = {"username": "system:serviceaccount:odds:monps", "uid": "1", "groups": []}
        answer = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenReview",
            "status": {"authenticated": True, "user": user},
        }
        body = json.dumps(answer).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def reviewer() -> int:
    server = HTTPServer(("127.0.0.1", 0), Review)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def _part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


JWT = ".".join(
    (
        _part({"alg": "RS256", "typ": "JWT"}),
        _part(
            {
                "iss": "kubernetes/serviceaccount",
                "kubernetes.io/serviceaccount/namespace": "odds",
                "kubernetes.io/serviceaccount/service-account.name": "monps",
                "kubernetes.io/serviceaccount/service-account.uid": "1",
                "kubernetes.io/serviceaccount/secret.name": "monps",
                "sub": "system:serviceaccount:odds:monps",
            }
        ),
        "c2lnbmF0dXJl",
    )
)


def session_user(settings: DatabaseSettings) -> Any:
    engine = core.database.create_migration_engine(settings)
    with engine.connect() as connection:
        return connection.scalar(text("SELECT current_user"))


def by_approle(bao: OpenBao, folder: Path) -> dict[str, str]:
    if "approle/" not in bao.client.sys.list_auth_methods()["data"]:
        bao.client.sys.enable_auth_method("approle")
    bao.client.auth.approle.create_or_update_approle("app", token_policies=["reader"])
    (folder / "secret id").write_text(
        bao.client.auth.approle.generate_secret_id("app")["data"]["secret_id"]
    )
    role = bao.client.auth.approle.read_role_id("app")["data"]["role_id"]
    return {
        "DB_VAULT_AUTH": "approle",
        "DB_VAULT_ROLE": role,
        "DB_VAULT_FILE": str(folder / "secret id"),
    }


def by_kubernetes(bao: OpenBao, folder: Path) -> dict[str, str]:
    """Log in as a service account; a fake server answers in place of Kubernetes."""
    if "kubernetes/" not in bao.client.sys.list_auth_methods()["data"]:
        bao.client.sys.enable_auth_method("kubernetes")
    host = f"http://127.0.0.1:{reviewer()}"
    bao.client.auth.kubernetes.configure(
        kubernetes_host=host,
        token_reviewer_jwt=JWT,
        disable_local_ca_jwt=True,
        kubernetes_ca_cert=ANY_CERTIFICATE,
    )
    bao.client.auth.kubernetes.create_role(
        "app", ["monps"], ["odds"], policies=["reader"], ttl="600s"
    )
    (folder / "jwt").write_text(JWT)
    return {
        "DB_VAULT_AUTH": "kubernetes",
        "DB_VAULT_ROLE": "app",
        "DB_VAULT_FILE": str(folder / "jwt"),
    }


def by_token(bao: OpenBao, folder: Path) -> dict[str, str]:
    token = bao.client.auth.token.create(policies=["reader"])["auth"]["client_token"]
    (folder / "own token").write_text(f"{token}\n")
    return {"DB_VAULT_FILE": str(folder / "own token")}
