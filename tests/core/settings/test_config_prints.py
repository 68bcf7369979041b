"""Printed settings contain no secret; the driver gets the right arguments."""

import importlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import make_url

import core.config
from core.config import DatabaseSettings, get_settings
from core.errors import ConfigurationError
from schemaproof.connection.connect_args import ANY_AUTHENTICATION as ANY
from schemaproof.connection.connect_args import SAFE_AUTHENTICATION as SAFE
from tests.support.required_settings import PASSWORD, make

PROBES = ("idle", "interval", "count")


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
    # Empty options are not sent, and PGOPTIONS is not used either.
    assert make().connect_args["options"] == ""
    settings = make(DB_STATEMENT_TIMEOUT="0.1ms", DB_LOCK_TIMEOUT=2, DB_CONNECT_TIMEOUT="1100ms")
    # Values are rounded up, because a time-out of 0 would mean none.
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
        ({"DB_SSLMODE": "require"}, SAFE),  # This mode does not prove the identity of the server.
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
    # This is the state after a patch by assignment was undone by another assignment.
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
    """The import needs no settings, reads no file, sets up no logging and loads no driver."""
    (tmp_path / ".env").mkdir()
    script = (
        "import sys, logging, core.config, core.database\n"
        "import schemaproof.connection.driver_errors, schemaproof.connection.interrupt\n"
        "assert 'psycopg2' not in sys.modules and not logging.root.handlers\n"
    )
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root), "DB_PORT": "wrong"}
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True)
