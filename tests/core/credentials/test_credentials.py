"""New connections use the current credentials, whatever opens them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg2 import sql

from core.config import DatabaseSettings
from core.credential_sources import CredentialSources
from core.credentials.values import Credentials
from core.errors import MonpsError
from core.replicas import Replicas
from core.setting_types import Replica
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database
from tests.support.ways_to_connect import (
    Way,
    by_asyncpg,
    by_the_driver_alone,
    migrating,
    sync,
    users_of_two_connections,
)


@dataclass(frozen=True)
class Secret:
    """A role, and the folder that contains its password."""

    database: Database
    folder: Path
    user: str

    def change(self, password: str, *, is_told: bool = True) -> None:
        """Change the password on the server and in the folder."""
        connection = self.database.connect_superuser()
        with connection, connection.cursor() as cursor:
            role = sql.Identifier(self.user)
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(role), [password])
        connection.close()
        if is_told:
            (self.folder / "new").write_text(password)
            (self.folder / "new").replace(self.folder / "DB_PASSWORD")

    def environ(self) -> dict[str, str]:
        given = self.database.environ()
        del given["DB_PASSWORD"]
        return {**given, "DB_USER": self.user, "DB_SECRETS_DIR": str(self.folder)}

    def settings(self, **changes: object) -> DatabaseSettings:
        return DatabaseSettings(_env_file=None, **{**self.environ(), **changes})


@pytest.fixture
def secret(database: Database, tmp_path: Path) -> Iterator[Secret]:
    user = f"{database.name}_rotating"
    role = sql.Identifier(user)
    connection = database.connect_superuser()
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
    cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(database.user), role))
    (tmp_path / "secrets").mkdir()
    made = Secret(database, tmp_path / "secrets", user)
    made.change("first")
    yield made
    cursor.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s", [user]
    )
    cursor.execute(sql.SQL("DROP OWNED BY {}").format(role))
    cursor.execute(sql.SQL("DROP ROLE {}").format(role))
    connection.close()


def by_a_replica(settings: DatabaseSettings, between: Callable[[], None]) -> list[str]:
    """Connect by the engine of a replica, which is the same server here."""
    [(host, port)] = settings.addresses
    here = Replica(host, port)
    [engine] = Replicas(settings.model_copy(update={"DB_REPLICA_HOSTS": (here,)})).engines()
    return users_of_two_connections(engine, between)


ways = pytest.mark.parametrize(
    "way", [sync, migrating, by_asyncpg, by_the_driver_alone, by_a_replica]
)


@ways
def test_a_new_connection_uses_the_password_that_is_there_now(secret: Secret, way: Way) -> None:
    assert way(secret.settings(), lambda: secret.change("second")) == [secret.user] * 2


@dataclass
class Remembers:
    """A source that returns its old password until it learns that the server refused it."""

    user: str
    password: str
    new: str
    asked: int = 0
    names = {"DB_USER": "a test", "DB_PASSWORD": "a test"}  # noqa: RUF012 - never changed

    def now(self) -> Credentials:
        return Credentials(self.user, self.password)

    def replacement(self, refused: Credentials) -> Credentials:
        assert refused == self.now()
        self.asked += 1
        self.password = self.new
        return self.now()


@ways
def test_a_password_that_is_refused_is_fetched_again(secret: Secret, way: Way) -> None:
    source = Remembers(secret.user, "first", new="second")
    settings = secret.settings()
    settings._sources = CredentialSources(source.names, source)
    between = lambda: secret.change("second", is_told=False)  # noqa: E731 - what a way takes
    assert way(settings, between) == [secret.user] * 2
    assert source.asked == 1


@ways
def test_one_that_stays_the_same_is_refused_once_and_said(secret: Secret, way: Way) -> None:
    source = Remembers(secret.user, "first", new="first")
    settings = secret.settings()
    settings._sources = CredentialSources(source.names, source)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of the driver
        way(settings, lambda: secret.change("second", is_told=False))
    assert not isinstance(caught.value, MonpsError)
    assert source.asked == 1


def test_the_programs_use_the_folder_and_status_says_so(secret: Secret, programs: Programs) -> None:
    given = secret.environ()
    given["DB_PASSWORD"] = ""
    assert programs.alembic("upgrade", "head", **given).code == 0
    secret.change("hush hush")
    told = programs.monps_db("status", **given).succeeded()
    assert "user:      from the environment\n" in told.out
    assert f"password:  from {secret.folder / 'DB_PASSWORD'}\n" in told.out
    assert "hush" not in told.out + told.err
    assert programs.monps_db("check", **given).code == 0
    secret.change("third", is_told=False)
    told = programs.monps_db("check", **given)
    assert told.code == 6
    assert "check DB_USER" in told.err
    (secret.folder / "DB_PASSWORD").unlink()
    told = programs.monps_db("check", **given)
    assert told.code == 2
    assert "DB_PASSWORD: is missing or blank" in told.err
