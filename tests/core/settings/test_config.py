"""What the settings accept, what they make of it, and how they refuse."""

import importlib
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

import core.config
from core.config import DatabaseSettings, get_settings
from core.errors import ConfigurationError
from schemaproof.connection.connect_args import ANY_AUTHENTICATION as ANY
from schemaproof.connection.connect_args import SAFE_AUTHENTICATION as SAFE

PASSWORD = "p%40:/?#[]@ é"
PROBES = ("idle", "interval", "count")
REQUIRED = {"DB_USER": "monps", "DB_PASSWORD": PASSWORD, "DB_NAME": "odds"}


def make(**changes: object) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**REQUIRED, **changes})


def refusal(**changes: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        make(**changes)
    return str(caught.value)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """The required settings in the environment, and a project without .env."""
    (tmp_path / "pyproject.toml").write_text("[tool.schemaproof]\n")
    monkeypatch.chdir(tmp_path)
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_defaults() -> None:
    settings = make()
    assert settings.model_dump(exclude=set(REQUIRED)) == {
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
        # The environment beats the file also with a blank value.
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


def test_no_secret_in_any_print() -> None:
    settings = make(DB_SCRATCH_URL="postgresql://u:hush-hush@h/d")
    printed = "\n".join(
        [
            repr(settings),
            str(settings),
            str(settings.model_dump()),
            settings.model_dump_json(),
            str(settings.sync_database_url),
            repr(settings.sync_database_url),
            settings.display_url,
            repr(settings.scratch_url),
        ]
    )
    assert PASSWORD not in printed
    assert "p%2540" not in printed
    assert "hush" not in printed
    assert "***" not in settings.display_url


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "postgresql+psycopg2://monps@localhost:5432/odds"),
        ({"DB_HOST": "::1", "DB_PORT": 1}, "postgresql+psycopg2://monps@[::1]:1/odds"),
        (
            {"DB_HOST": "/run/a b"},
            "postgresql+psycopg2://monps@/odds?host=%2Frun%2Fa+b&port=5432",
        ),
    ],
)
def test_url(changes: dict[str, object], shown: str) -> None:
    settings = make(**changes)
    assert settings.display_url == shown
    again = make_url(settings.sync_database_url.render_as_string(hide_password=False))
    assert again == settings.sync_database_url
    assert again.password == PASSWORD


def test_scratch_url_is_on_our_driver() -> None:
    url = make(DB_SCRATCH_URL="postgres://u:p%40@h/d").scratch_url
    assert url is not None
    assert url.drivername == "postgresql+psycopg2"
    assert url.password == "p@"


def test_timeouts_become_options_only_when_set() -> None:
    assert make().connect_args["options"] == ""  # not sent, and PGOPTIONS is not either
    settings = make(DB_STATEMENT_TIMEOUT="0.1ms", DB_LOCK_TIMEOUT=2, DB_CONNECT_TIMEOUT="1100ms")
    # Rounded up: a time-out that becomes 0 would be none at all.
    assert settings.connect_args["options"] == "-c statement_timeout=1 -c lock_timeout=2000"
    assert settings.connect_args["connect_timeout"] == 2
    assert settings.migration_connect_args["options"] == (
        "-c search_path=public -c idle_session_timeout=0"
        " -c idle_in_transaction_session_timeout=0 -c lock_timeout=3000"
    )


def test_a_peer_that_goes_silent_is_given_up_after_the_network_timeout() -> None:
    arguments = make(DB_NETWORK_TIMEOUT="12s").migration_connect_args
    assert arguments["tcp_user_timeout"] == 12_000
    first, between, times = (arguments[f"keepalives_{name}"] for name in PROBES)
    assert int(first) + int(between) * int(times) == 12
    assert "tcp_user_timeout" not in make(DB_NETWORK_TIMEOUT="0").connect_args


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        ({}, SAFE),
        ({"DB_HOST": "10.0.0.1"}, SAFE),
        ({"DB_HOST": "/run/postgresql"}, ANY),
        ({"DB_SSLMODE": "require"}, SAFE),  # it does not prove who answers
        ({"DB_SSLMODE": "verify-ca"}, ANY),
        ({"DB_SSLMODE": "verify-full"}, ANY),
        ({"DB_REQUIRE_AUTH": "md5, scram-sha-256"}, "md5,scram-sha-256"),
        ({"DB_SSLMODE": "verify-full", "DB_REQUIRE_AUTH": "!password"}, "!password"),
    ],
)
def test_how_a_server_may_ask_for_the_password(given: dict[str, object], accepted: str) -> None:
    assert make(**given).connect_args["require_auth"] == accepted
    assert make(**given).migration_connect_args["require_auth"] == accepted


def test_settings_survive_their_own_constructor() -> None:
    settings = make(DB_LOCK_TIMEOUT="250ms", DB_POOL_TIMEOUT="0.5", DB_POOL_RECYCLE="1min")
    assert DatabaseSettings(_env_file=None, **settings.model_dump()) == settings


def test_made_once_by_sixteen_threads(environment: pytest.MonkeyPatch) -> None:
    made: list[DatabaseSettings] = []
    barrier = threading.Barrier(16)

    def use() -> None:
        barrier.wait()
        made.append(core.config.settings)

    threads = [threading.Thread(target=use) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 16
    assert {id(settings) for settings in made} == {id(get_settings())}
    environment.setenv("DB_PORT", "7")
    assert core.config.settings.DB_PORT == 5432
    get_settings.cache_clear()
    assert core.config.settings.DB_PORT == 7


def test_cache_clear_forgets_a_replaced_attribute(environment: pytest.MonkeyPatch) -> None:
    # As it is left behind by a patch that was made and taken back by assignment.
    core.config.settings = make(DB_PORT=1)
    assert core.config.settings.DB_PORT == 1
    environment.setenv("DB_PORT", "7")
    get_settings.cache_clear()
    assert core.config.settings.DB_PORT == 7


def test_failed_first_use_is_tried_again(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("DB_NAME")
    with pytest.raises(ConfigurationError):
        get_settings()
    environment.setenv("DB_NAME", "odds")
    assert get_settings().DB_NAME == "odds"


def test_unknown_module_attribute() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        importlib.import_module("core.config").nonsense  # noqa: B018 - the access is the test


def test_import_reads_nothing(tmp_path: Path) -> None:
    """No settings are needed, no file is read, no logging is set up, no driver is loaded."""
    (tmp_path / ".env").mkdir()
    script = (
        "import sys, logging, core.config, core.database\n"
        "import schemaproof.connection.driver_errors, schemaproof.connection.interrupt\n"
        "assert 'psycopg2' not in sys.modules and not logging.root.handlers\n"
    )
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root), "DB_PORT": "wrong"}
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True)
