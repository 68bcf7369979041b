"""Responses of a source of secrets, and the messages of the programs for each."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.support.secret_keepers import SECRET, Environ, Keepers, a_pair

Case = Callable[["Keepers"], Environ]


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
    "Vault's token has ended": (ended_token, WRONG, "denies reading"),
    "Vault's token may not": (token_without_right, WRONG, "denies reading"),
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
    "AWS's token has ended": (aws_refuses("ExpiredTokenException"), WRONG, "have expired"),
    "AWS does not know us": (
        aws_refuses("UnrecognizedClientException"),
        WRONG,
        "not know the credentials",
    ),
    "the clock is wrong": (aws_refuses("InvalidSignatureException"), WRONG, "clock"),
    "AWS cannot decrypt": (aws_refuses("DecryptionFailure"), WRONG, "its key"),
    "a secret to be deleted": (
        aws_refuses("InvalidRequestException"),
        WRONG,
        "does not return",
    ),
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
        "no AWS region is set",
    ),
    "no credentials of AWS": (
        aws_holds(SECRET, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""),
        WRONG,
        "no usable AWS credentials",
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
    "malformed JSON": (aws_holds(f'{{"password": "{SECRET}'), WRONG, "not valid JSON"),
    "a binary secret": (aws_holds(SECRET.encode()), WRONG, "is binary"),
    "the secret of another": (aws_holds(a_pair(), DB_USER="you"), WRONG, "belongs to another user"),
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
        "no usable AWS credentials",
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
