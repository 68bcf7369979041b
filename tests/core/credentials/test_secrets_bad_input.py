"""What keeps secrets refuses, fails or is silent: one line, its exit code, and no secret."""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from core.config import DatabaseSettings
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database
from tests.support import aws as moto
from tests.support import openbao
from tests.support.aws import KEY, REGION, Aws
from tests.support.openbao import ROOT_TOKEN, OpenBao

pytestmark = pytest.mark.slow

SECRET: Final = "hush"
Environ = dict[str, str]
Case = Callable[["Keepers"], Environ]


class Keepers:
    """Both keepers of secrets, and others that answer in their place."""

    def __init__(self, bao: OpenBao, aws: Aws, folder: Path, stack: ExitStack) -> None:
        self.bao, self.aws, self.folder, self._stack = bao, aws, folder, stack

    def answering(self, status: int, body: str) -> str:
        return self._stack.enter_context(answering(status, body))

    def silent(self) -> str:
        return self._stack.enter_context(silent())

    def vault(self, path: str, **changes: str) -> Environ:
        token = self.folder / "token"
        token.write_text(ROOT_TOKEN)
        given = {"DB_VAULT_ADDR": self.bao.address, "DB_VAULT_PATH": path}
        return {**given, "DB_VAULT_FILE": str(token), **changes}

    def secret(self, text: str | bytes, **changes: str) -> Environ:
        name = self.aws.write_text("bad", text)
        return {**self.aws.environ(), "DB_AWS_SECRET": name, **changes}

    def refusing(self, code: str, status: int = 400) -> Environ:
        body = json.dumps({"__type": code, "message": f"{SECRET}: {code}", "Message": SECRET})
        return self.secret(SECRET, AWS_ENDPOINT_URL=self.answering(status, body))


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """Answer everything alike; yields the address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_PUT = do_GET  # noqa: N815 - of HTTP

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def silent() -> Iterator[str]:
    """Take connections, and say nothing; yields the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def a_pair(**changes: Any) -> str:
    return json.dumps({"username": "me", "password": SECRET, **changes})


def vault_answers(status: int, body: str) -> Case:
    return lambda on: on.vault("secret/data/x", DB_VAULT_ADDR=on.answering(status, body))


def aws_refuses(code: str, status: int = 400) -> Case:
    return lambda on: on.refusing(code, status)


def aws_holds(text: str | bytes, **changes: str) -> Case:
    return lambda on: on.secret(text, **changes)


def ended_token(on: Keepers) -> Environ:
    ended = on.bao.client.auth.token.create(policies=["reader"])["auth"]["client_token"]
    on.bao.client.revoke_token(ended)
    (on.folder / "ended").write_text(ended)
    return on.vault("secret/data/x", DB_VAULT_FILE=str(on.folder / "ended"))


def token_without_right(on: Keepers) -> Environ:
    token = on.bao.client.auth.token.create(policies=["default"])["auth"]["client_token"]
    (on.folder / "other").write_text(token)
    return on.vault("secret/data/x", DB_VAULT_FILE=str(on.folder / "other"))


def a_folder(make: Callable[[Path], None]) -> Case:
    def case(on: Keepers) -> Environ:
        folder = on.folder / "secrets"
        folder.mkdir()
        (folder / "DB_USER").write_text("me")
        make(folder / "DB_PASSWORD")
        return {"DB_SECRETS_DIR": str(folder)}

    return case


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _no_text(path: Path) -> None:
    path.write_bytes(b"hush\xff")


WRONG, LATER = 2, 6
CASES: dict[str, tuple[Case, int, str]] = {
    "Vault sealed": (vault_answers(503, '{"errors": ["Vault is sealed"]}'), LATER, "sealed"),
    "Vault down": (
        lambda on: on.vault("x", DB_VAULT_ADDR="http://127.0.0.1:9"),
        LATER,
        "does not answer",
    ),
    "Vault silent": (
        lambda on: on.vault("x", DB_VAULT_ADDR=on.silent()),
        LATER,
        "does not answer",
    ),
    "Vault fails": (vault_answers(500, SECRET), LATER, "could not read"),
    "Vault busy": (vault_answers(429, '{"errors": ["hush"]}'), LATER, "Vault"),
    "Vault's token has ended": (ended_token, WRONG, "does not let this read"),
    "Vault's token may not": (token_without_right, WRONG, "does not let this read"),
    "Vault has no such key": (
        lambda on: on.vault(on.bao.write("half", username=SECRET)),
        WRONG,
        "no usable text under 'password'",
    ),
    "no JSON for Vault's": (vault_answers(200, f"{{{SECRET}"), WRONG, "is not Vault"),
    "other JSON than Vault's": (vault_answers(200, f'["{SECRET}"]'), WRONG, "is not Vault"),
    "a page instead of Vault": (vault_answers(200, f"<p>{SECRET}"), WRONG, "is not Vault"),
    "AWS throttles": (aws_refuses("ThrottlingException"), LATER, "too many requests"),
    "AWS throttles by HTTP": (aws_refuses("", 429), LATER, "too many requests"),
    "AWS fails": (aws_refuses("InternalServiceError", 500), LATER, "HTTP status 500"),
    "AWS denies": (aws_refuses("AccessDeniedException"), WRONG, "secretsmanager:GetSecretValue"),
    "AWS's token has ended": (aws_refuses("ExpiredTokenException"), WRONG, "have ended"),
    "AWS does not know us": (aws_refuses("UnrecognizedClientException"), WRONG, "not know its"),
    "the clock is wrong": (aws_refuses("InvalidSignatureException"), WRONG, "clock"),
    "AWS cannot decrypt": (aws_refuses("DecryptionFailure"), WRONG, "its key"),
    "a secret to be deleted": (aws_refuses("InvalidRequestException"), WRONG, "does not give"),
    "no such secret": (
        lambda on: on.secret(SECRET, DB_AWS_SECRET="nothing"),
        WRONG,
        "has no secret nothing in region",
    ),
    "a secret of another region": (
        aws_holds(SECRET, DB_AWS_REGION="eu-north-1"),
        WRONG,
        "in region 'eu-north-1'",
    ),
    "no such region": (
        aws_holds(SECRET, AWS_ENDPOINT_URL="", DB_AWS_REGION="eu-wset-1"),
        WRONG,
        "has no region 'eu-wset-1'",
    ),
    "a region that is none": (
        aws_holds(SECRET, DB_AWS_REGION="eu west"),
        WRONG,
        "AWS has no region 'eu west'",
    ),
    "no region": (
        aws_holds(SECRET, AWS_REGION="", AWS_DEFAULT_REGION=""),
        WRONG,
        "there is no region of AWS",
    ),
    "no credentials of AWS": (
        aws_holds(SECRET, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""),
        WRONG,
        "no usable credentials of AWS",
    ),
    "no such profile": (aws_holds(SECRET, AWS_PROFILE="nobody"), WRONG, "AWS_PROFILE"),
    "AWS down": (
        aws_holds(SECRET, AWS_ENDPOINT_URL="http://127.0.0.1:9"),
        LATER,
        "does not answer in region",
    ),
    "AWS silent": (
        lambda on: on.secret(SECRET, AWS_ENDPOINT_URL=on.silent()),
        LATER,
        "does not answer in region",
    ),
    "AWS in clear text": (
        aws_holds(SECRET, AWS_ENDPOINT_URL="http://aws.example"),
        WRONG,
        "in clear text",
    ),
    "AWS's address is none": (
        aws_holds(SECRET, AWS_ENDPOINT_URL="elsewhere"),
        WRONG,
        "AWS_ENDPOINT_URL",
    ),
    "a page instead of AWS": (
        lambda on: on.secret(SECRET, AWS_ENDPOINT_URL=on.answering(200, f"<p>{SECRET}")),
        WRONG,
        "is not AWS",
    ),
    "other JSON than AWS's": (
        lambda on: on.secret(SECRET, AWS_ENDPOINT_URL=on.answering(200, f'["{SECRET}"]')),
        WRONG,
        "AWS",
    ),
    "a secret without the key": (
        aws_holds('{"username": "hush"}'),
        WRONG,
        "no usable text under 'password'",
    ),
    "a password that is a number": (
        aws_holds('{"username": "hush", "password": 4711}'),
        WRONG,
        "no usable text under 'password'",
    ),
    "malformed JSON": (aws_holds(f'{{"password": "{SECRET}'), WRONG, "cannot be read as that"),
    "a binary secret": (aws_holds(SECRET.encode()), WRONG, "is binary"),
    "the secret of another": (aws_holds(a_pair(), DB_USER="you"), WRONG, "of another user"),
    "a token that is none": (
        lambda on: {"DB_AWS_AUTH": "token", **on.aws.environ(), "DB_USER": "me"},
        WRONG,
        "DB_AWS_AUTH: should be iam",
    ),
    "a token without credentials": (
        lambda on: {
            **on.aws.environ(),
            "DB_AWS_AUTH": "iam",
            "DB_SSLMODE": "verify-full",
            "DB_USER": "me",
            "AWS_ACCESS_KEY_ID": "",
            "AWS_SECRET_ACCESS_KEY": "",
            "DB_HOST": "db.example",
        },
        WRONG,
        "no usable credentials of AWS",
    ),
    "no folder": (lambda on: {"DB_SECRETS_DIR": str(on.folder / "none")}, WRONG, "No such file"),
    "a folder for a file": (a_folder(Path.mkdir), WRONG, "DB_PASSWORD"),
    "a pipe for a file": (a_folder(_fifo), WRONG, "not a regular file"),
    "an empty file": (a_folder(Path.touch), WRONG, "is blank"),
    "a file of no text": (
        a_folder(_no_text),
        WRONG,
        "not UTF-8",
    ),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenBao, Aws]]:
    with openbao.started(tmp_path_factory.mktemp("openbao")) as bao, moto.started() as aws:
        yield bao, aws


@pytest.mark.parametrize("name", CASES)
def test_the_programs_say_it_in_one_line(
    both: tuple[OpenBao, Aws], database: Database, programs: Programs, tmp_path: Path, name: str
) -> None:
    case, code, reason = CASES[name]
    with ExitStack() as stack:
        changes = case(Keepers(*both, tmp_path, stack))
        environ = {**database.environ(), "DB_USER": "", "DB_PASSWORD": "", **changes}
        told = programs.monps_db("check", **environ)
        debugged = programs.monps_db("--debug", "check", **environ)
    assert told.code == debugged.code == code, told.err
    lines = told.err.splitlines()
    # Of settings that are missing besides, a line each.
    assert len(lines) == 1 or "should be" in told.err, told.err
    assert reason in told.err
    assert ": " in lines[0]
    for printed in (told.out, told.err, debugged.out, debugged.err):
        assert not any(secret in printed for secret in (SECRET, KEY, ROOT_TOKEN, "4711"))
    assert told.out == ""


@pytest.mark.parametrize("keeper", ["vault", "aws"])
def test_nothing_that_is_logged_holds_a_secret(
    both: tuple[OpenBao, Aws],
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    keeper: str,
) -> None:
    """Not even what libraries below log at DEBUG."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.NOTSET, logger="botocore")
    with ExitStack() as stack:
        on = Keepers(*both, tmp_path, stack)
        if keeper == "vault":
            environ = on.vault(on.bao.write("logged", username="me", password=SECRET))
        else:
            environ = on.secret(a_pair())
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        given = {**database.environ(), "DB_USER": "", "DB_PASSWORD": ""}
        caplog.clear()  # of what the administrator did
        settings = DatabaseSettings(_env_file=None, **given)
    assert settings.credentials.password == SECRET
    shown = caplog.text + repr(settings) + repr(settings.credentials) + repr(vars(settings))
    shown += repr(settings.credential_source) + settings.display_url
    assert not any(secret in shown for secret in (SECRET, KEY, ROOT_TOKEN))


def test_a_jump_of_the_clock_ends_no_lease(
    both: tuple[OpenBao, Aws], database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bao, aws = both
    with ExitStack() as stack:
        path = bao.lease_roles(database, 600)
        given = {**database.environ(), "DB_USER": "", "DB_PASSWORD": ""}
        environ = {**given, **Keepers(bao, aws, tmp_path, stack).vault(path)}
        settings = DatabaseSettings(_env_file=None, **environ)
        before = settings.credentials
        for jump in (-1e6, 1e6):
            monkeypatch.setattr("time.time", lambda jump=jump: 1.8e9 + jump)
            assert settings.credentials is before


def test_regions_are_named_as_moto_is_asked() -> None:
    """The table above names another region than this one."""
    assert REGION not in {"eu-north-1", "eu-wset-1"}
