"""Which values DB_REPLICA_HOSTS accepts, and how it converts them."""

import pytest

from core.config import DatabaseSettings
from core.errors import ConfigurationError
from core.setting_types import Replica

REQUIRED = {"DB_USER": "u", "DB_PASSWORD": "p", "DB_NAME": "d"}


def replicas(text: str) -> tuple[Replica, ...]:
    return DatabaseSettings(_env_file=None, **REQUIRED, DB_REPLICA_HOSTS=text).DB_REPLICA_HOSTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("one", (Replica("one"),)),
        ("one, two:5433", (Replica("one"), Replica("two", 5433))),
        ("10.0.0.1:1,10.0.0.1:65535", (Replica("10.0.0.1", 1), Replica("10.0.0.1", 65535))),
        ("[fd00::1]:5433", (Replica("fd00::1", 5433),)),
        ("[::1]", (Replica("::1"),)),
        ("::1", (Replica("::1"),)),
        ("/run/a b:5433,/run/c", (Replica("/run/a b", 5433), Replica("/run/c"))),
    ],
)
def test_hosts_with_and_without_a_port(text: str, expected: tuple[Replica, ...]) -> None:
    assert replicas(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "one,,two",
        ",",
        "one,one",
        "one:x",
        "one:0",
        "one:65536",
        "a b",
        "a:b:c",
        "postgresql://u:p@h/d",
    ],
)
def test_anything_else_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError, match="DB_REPLICA_HOSTS: should be hosts") as caught:
        replicas(text)
    assert "u:p@" not in str(caught.value)


def test_it_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_REPLICA_HOSTS", "one,two:1")
    settings = DatabaseSettings(_env_file=None, **REQUIRED)
    assert (Replica("one"), Replica("two", 1)) == settings.DB_REPLICA_HOSTS


@pytest.mark.parametrize("text", ["one", "one:5433", "[::1]:5433", "[::1]", "/run/a:5433"])
def test_a_replica_is_shown_as_it_is_written(text: str) -> None:
    (replica,) = replicas(text)
    assert str(replica) == text


def test_a_replica_has_the_settings_of_the_primary_at_another_place() -> None:
    settings = DatabaseSettings(
        _env_file=None, **REQUIRED, DB_PORT=6000, DB_REPLICA_HOSTS="one,/run/two:6001"
    )
    one, two = map(settings.at_replica, settings.DB_REPLICA_HOSTS)
    assert one.display_url == "postgresql+psycopg2://u@one:6000/d"
    assert (two.DB_HOST, two.DB_PORT, two.DB_USER) == ("/run/two", 6001, "u")
    assert one.connect_args == settings.connect_args
