"""Which values the settings accept, how they convert them, and how they refuse others."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.config import DatabaseSettings, get_settings
from core.errors import ConfigurationError
from tests.support.required_settings import REQUIRED, make


def refusal(**changes: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        make(**changes)
    return str(caught.value)


DEFAULTS = {
    "DB_HOST": "localhost",
    "DB_PORT": 5432,
    "DB_TARGET_SESSION_ATTRS": None,
    "DB_SSLMODE": "prefer",
    "DB_APPLICATION_NAME": "monps-db",
    "DB_REQUIRE_AUTH": None,
    "DB_POOLER": None,
    "DB_CONNECT_TIMEOUT": timedelta(seconds=10),
    "DB_NETWORK_TIMEOUT": timedelta(seconds=30),
    "DB_COMMAND_TIMEOUT": timedelta(minutes=5),
    "DB_STATEMENT_TIMEOUT": None,
    "DB_LOCK_TIMEOUT": None,
    "DB_IDLE_IN_TRANSACTION_TIMEOUT": None,
    "DB_CHECK_TIMEOUT": timedelta(minutes=10),
    "DB_POOL_SIZE": 5,
    "DB_MAX_OVERFLOW": 10,
    "DB_POOL_TIMEOUT": 30,
    "DB_POOL_RECYCLE": 3600,
    "DB_ECHO": False,
    "DB_REQUIRE_SCHEMA": False,
    "DB_REPLICA_HOSTS": (),
    "DB_REPLICA_WAIT": timedelta(seconds=1),
    "DB_REPLICA_MAX_LAG": None,
    "DB_REPLICA_RETRY": timedelta(seconds=5),
    "MIGRATION_LOCK_TIMEOUT": timedelta(seconds=3),
    "MIGRATION_LOCK_ATTEMPTS": 10,
    "MIGRATION_STATEMENT_TIMEOUT": None,
    "MIGRATION_WAIT_TIMEOUT": timedelta(minutes=10),
    "MIGRATION_GATE": "new",
    "MIGRATION_BACKFILL_PAUSE": timedelta(),
    "MIGRATION_BACKFILL_LAG": timedelta(seconds=10),
    "DB_SCRATCH_URL": None,
    "DB_SECRETS_DIR": None,
    "DB_VAULT_PATH": None,
    "DB_VAULT_ADDR": None,
    "DB_VAULT_AUTH": "token",
    "DB_VAULT_ROLE": None,
    "DB_VAULT_FILE": None,
    "DB_AWS_SECRET": None,
    "DB_AWS_AUTH": None,
    "DB_AWS_REGION": None,
}


def test_defaults() -> None:
    settings = make()
    assert settings.model_dump(exclude=set(REQUIRED)) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("DB_PORT", "1", 1),
        ("DB_PORT", "65535", 65535),
        ("DB_HOST", "::1", "::1"),
        ("DB_HOST", "/var/run/a folder:x", "/var/run/a folder:x"),
        ("DB_HOST", " ", "localhost"),
        ("DB_ECHO", "on", True),
        ("DB_MAX_OVERFLOW", "0", 0),
        ("DB_POOL_TIMEOUT", "0.2", 0.2),
        ("DB_POOL_TIMEOUT", "2min", 120),
        ("DB_POOL_RECYCLE", "-1", -1),
        ("DB_POOL_RECYCLE", "5min", 300),
        ("DB_REQUIRE_AUTH", " scram-sha-256 , md5", "scram-sha-256,md5"),
        ("DB_LOCK_TIMEOUT", "250ms", timedelta(milliseconds=250)),
        ("DB_LOCK_TIMEOUT", "1.5 s", timedelta(seconds=1.5)),
        ("DB_LOCK_TIMEOUT", "0", timedelta(0)),
        ("DB_LOCK_TIMEOUT", "", None),
        ("DB_SSLMODE", "verify-full", "verify-full"),
    ],
)
def test_accepted(environment: pytest.MonkeyPatch, name: str, text: str, value: object) -> None:
    environment.setenv(name, text)
    assert getattr(DatabaseSettings(), name) == value


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("DB_PORT", "abc", "DB_PORT: should be a whole number from 1 to 65535, not 'abc'"),
        ("DB_PORT", "0", "DB_PORT: should be a whole number from 1 to 65535, not '0'"),
        ("DB_PORT", "65536", "DB_PORT: should be a whole number from 1 to 65535, not '65536'"),
        ("DB_POOL_SIZE", "0", "DB_POOL_SIZE: should be a whole number from 1 to 10000, not '0'"),
        ("DB_MAX_OVERFLOW", "-1", "DB_MAX_OVERFLOW: should be a whole number from 0 to"),
        ("DB_ECHO", "perhaps", "DB_ECHO: should be true or false, not 'perhaps'"),
        ("DB_SSLMODE", "on", "DB_SSLMODE: should be one of disable, allow, prefer, require,"),
        ("DB_LOCK_TIMEOUT", "3h", "DB_LOCK_TIMEOUT: should be a number of seconds, or a number"),
        ("DB_LOCK_TIMEOUT", "-1", "DB_LOCK_TIMEOUT: should be"),
        ("DB_LOCK_TIMEOUT", "nan", "DB_LOCK_TIMEOUT: should be"),
        ("DB_LOCK_TIMEOUT", "9" * 400, "DB_LOCK_TIMEOUT: should be"),
        ("DB_LOCK_TIMEOUT", "2147483648ms", "DB_LOCK_TIMEOUT: should be"),
        ("DB_POOL_TIMEOUT", "soon", "DB_POOL_TIMEOUT: should be a number of seconds"),
        ("DB_POOL_RECYCLE", "-2", "DB_POOL_RECYCLE: should be"),
        ("DB_HOST", "/run/a,b", "DB_HOST: should be a host name"),
        ("DB_USER", "a\udcff", "DB_USER: should be plain text"),
        ("DB_NAME", "", "DB_NAME: is missing or blank, see .env.example"),
    ],
)
def test_refused_with_one_line(
    environment: pytest.MonkeyPatch, name: str, text: str, line: str
) -> None:
    environment.setenv(name, text)
    with pytest.raises(ConfigurationError) as caught:
        DatabaseSettings()
    assert caught.value.message.startswith(line)
    assert len(caught.value.message.splitlines()) == 1


def test_every_wrong_variable_has_its_line() -> None:
    text = refusal(DB_PORT="x", DB_NAME="", DB_LOCK_TIMEOUT="x", DB_SCRATCH_URL="x")
    assert [line.partition(":")[0] for line in text.splitlines()] == [
        "DB_LOCK_TIMEOUT",
        "DB_NAME",
        "DB_PORT",
        "DB_SCRATCH_URL",
    ]


@pytest.mark.parametrize("password", [None, "", "  \t"])
def test_blank_password_is_refused(
    environment: pytest.MonkeyPatch, tmp_path: Path, password: str | None
) -> None:
    if password is None:
        environment.delenv("DB_PASSWORD")
    else:
        # A variable of the environment takes precedence over the file, even if it is blank.
        (tmp_path / ".env").write_text("DB_PASSWORD=from-the-file\n")
        environment.setenv("DB_PASSWORD", password)
    with pytest.raises(ConfigurationError, match=r"DB_PASSWORD: .*\.env\.example"):
        get_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_HOST", "postgresql://u:hush-hush@h/d"),
        ("DB_PASSWORD", "hush-hush\0"),
        ("DB_SCRATCH_URL", "mysql://u:hush-hush@h/d"),
        ("DB_SCRATCH_URL", "postgresql://u:hush-hush@h:port/d"),
        ("DB_SCRATCH_URL", "hush-hush"),
    ],
)
def test_no_secret_in_a_refusal(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make(**{name: value})
    assert "hush" not in str(caught.value)
    assert caught.value.__suppress_context__
