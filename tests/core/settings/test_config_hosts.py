"""Several hosts in DB_HOST: which values are accepted, and how each driver gets them."""

from pathlib import Path

import pytest

from core.config import DatabaseSettings
from core.errors import ConfigurationError
from core.setting_types import Replica
from schemaproof.connection.connect_args import ANY_AUTHENTICATION, SAFE_AUTHENTICATION

REQUIRED = {"DB_USER": "me", "DB_PASSWORD": "hush", "DB_NAME": "odds"}


def made(**values: object) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**REQUIRED, **values})


@pytest.mark.parametrize(
    ("hosts", "ports", "addresses"),
    [
        ("one", "7", (("one", 7),)),
        ("one, two", "7", (("one", 7), ("two", 7))),
        ("one,two", "7,8", (("one", 7), ("two", 8))),
        ("::1,10.0.0.1", "7, 8", (("::1", 7), ("10.0.0.1", 8))),
        ("/run/a,/run/b", 7, (("/run/a", 7), ("/run/b", 7))),
        ("one,two", (7, 8), (("one", 7), ("two", 8))),
    ],
)
def test_each_host_has_a_port(
    hosts: str, ports: object, addresses: tuple[tuple[str, int], ...]
) -> None:
    settings = made(DB_HOST=hosts, DB_PORT=ports)
    assert settings.addresses == addresses
    there = {key: settings.driver_args[key] for key in ("host", "port")}
    assert there == {
        "host": ",".join(host for host, _ in addresses),
        "port": ",".join(str(port) for _, port in addresses),
    }
    url = settings.sync_database_url
    assert url.password == "hush"
    if len(addresses) > 1 or hosts.startswith("/"):
        assert url.query == there
    else:
        assert (url.host, url.port) == addresses[0]
    assert settings.async_database_url.query == url.query
    again = DatabaseSettings(_env_file=None, **settings.model_dump())
    assert again == settings


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"DB_HOST": "one,"}, "DB_HOST: should be a host name"),
        ({"DB_HOST": ",one"}, "DB_HOST: should be a host name"),
        ({"DB_HOST": "one two"}, "DB_HOST: should be a host name"),
        # A folder with a comma in its path would be split into a folder and a host on the network.
        ({"DB_HOST": "/run/a,b"}, "DB_HOST: should be a host name"),
        ({"DB_HOST": "one,/run/b"}, "DB_HOST: should be a host name"),
        ({"DB_HOST": "one", "DB_PORT": "7,8"}, "DB_PORT: should be one port, or as many as"),
        ({"DB_HOST": "a,b,c", "DB_PORT": "7,8"}, "DB_PORT: should be one port, or as many as"),
        ({"DB_HOST": "a,b", "DB_PORT": "7,x"}, "DB_PORT: should be a whole number"),
        ({"DB_HOST": "a,b", "DB_PORT": "7,"}, "DB_PORT: should be a whole number"),
        ({"DB_HOST": "a,b", "DB_PORT": "7,70000"}, "DB_PORT: should be a whole number"),
        ({"DB_TARGET_SESSION_ATTRS": "write"}, "DB_TARGET_SESSION_ATTRS: should be one of any"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(given: dict[str, str], line: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        made(**given)
    assert caught.value.message.startswith(line)
    assert len(caught.value.message.splitlines()) == 1


@pytest.mark.parametrize(
    ("hosts", "chosen", "attributes"),
    [
        ("one", "", "any"),
        ("one,two", "", "read-write"),
        ("one", "primary", "primary"),
        ("one,two", "any", "any"),
    ],
)
def test_which_server_will_do_is_always_said(
    hosts: str, chosen: str, attributes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise libpq and asyncpg would take target_session_attrs from the environment."""
    monkeypatch.setenv("PGTARGETSESSIONATTRS", "standby")
    settings = made(DB_HOST=hosts, DB_TARGET_SESSION_ATTRS=chosen)
    every = (settings.connect_args, settings.migration_connect_args, settings.driver_args)
    assert {arguments["target_session_attrs"] for arguments in every} == {attributes}


@pytest.mark.parametrize(
    ("hosts", "accepted"), [("/run/a,/run/b", ANY_AUTHENTICATION), ("a,b", SAFE_AUTHENTICATION)]
)
def test_a_password_in_clear_text_goes_to_folders_alone(hosts: str, accepted: str) -> None:
    assert made(DB_HOST=hosts).accepted_authentication == accepted


def test_a_replica_takes_the_port_that_all_have() -> None:
    settings = made(DB_HOST="one,two", DB_PORT="7,7")
    assert settings.at_replica(Replica("three")).addresses == (("three", 7),)
    settings = made(DB_HOST="one,two", DB_PORT="7,8")
    assert settings.at_replica(Replica("three", 9)).addresses == (("three", 9),)
    with pytest.raises(ConfigurationError, match="has no port"):
        settings.at_replica(Replica("three"))


@pytest.mark.parametrize("line", ["DB_HOST=one,elsewhere", "DB_PORT=7,8", "DB_HOST=one\nDB_PORT=7"])
@pytest.mark.parametrize("source", ["DB_PASSWORD", "DB_AWS_SECRET", "DB_AWS_AUTH"])
def test_a_file_that_is_found_names_no_host_for_a_password_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, source: str
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.schemaproof]\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"{line}\nDB_USER=me\nDB_NAME=odds\n")
    (tmp_path / ".env").chmod(0o600)
    monkeypatch.setenv(source, "iam" if source == "DB_AWS_AUTH" else "hush")
    with pytest.raises(ConfigurationError, match=f"{line[:7]}.* must not decide"):
        DatabaseSettings()
