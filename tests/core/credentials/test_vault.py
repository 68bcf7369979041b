"""User and password from Vault, with a real OpenBao server."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg2 import sql
from sqlalchemy import text
from structlog.testing import capture_logs

import core.database
from core.config import DatabaseSettings
from core.errors import ConfigurationError, CredentialsUnavailableError, MonpsError
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database
from tests.support.application import at_work
from tests.support.openbao import ROOT_TOKEN, OpenBao, started
from tests.support.vault_sources import (
    by_approle,
    by_kubernetes,
    by_token,
    session_user,
    vault_settings,
)

ROTATIONS = 10
SECONDS = 4


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    with started(tmp_path_factory.mktemp("openbao")) as server:
        yield server


@pytest.fixture
def given(bao: OpenBao, database: Database, tmp_path: Path) -> dict[str, str]:
    """The settings without user, password and DB_VAULT_PATH."""
    made = database.environ()
    del made["DB_USER"], made["DB_PASSWORD"]
    (tmp_path / "token").write_text(ROOT_TOKEN)
    return {**made, "DB_VAULT_ADDR": bao.address, "DB_VAULT_FILE": str(tmp_path / "token")}


@pytest.mark.parametrize("log_in", [by_token, by_approle, by_kubernetes])
def test_a_secret_of_kv_and_a_role_of_the_database_engine(
    bao: OpenBao,
    database: Database,
    given: dict[str, str],
    tmp_path: Path,
    log_in: Callable[[OpenBao, Path], dict[str, str]],
) -> None:
    login = log_in(bao, tmp_path)
    kept = bao.write(database.name, username=database.user, password=database.password)
    settings = vault_settings(given, kept, **login)
    assert session_user(settings) == database.user
    assert settings.credentials_from["DB_PASSWORD"] == f"Vault, {kept}"
    leased = vault_settings(given, bao.lease_roles(database, 600), **login)
    assert session_user(leased) == leased.DB_USER != database.user


def test_a_password_that_changes_is_fetched_again(
    bao: OpenBao, database: Database, given: dict[str, str]
) -> None:
    path = bao.write(database.name, username=f"{database.name}_kv", password="first")
    connection = database.connect_superuser()
    connection.autocommit = True
    role = sql.Identifier(f"{database.name}_kv")
    cursor = connection.cursor()
    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'first'").format(role))
    try:
        settings = vault_settings(given, path)
        for password in ("second", "third"):
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(role), [password])
            bao.write(database.name, username=f"{database.name}_kv", password=password)
            assert session_user(settings) == f"{database.name}_kv"
    finally:
        cursor.execute(sql.SQL("DROP ROLE {}").format(role))
        connection.close()


def test_the_programs_say_vault_and_no_value(
    bao: OpenBao, database: Database, given: dict[str, str], programs: Programs
) -> None:
    path = bao.write(database.name, username=database.user, password=database.password)
    environ = {**given, "DB_VAULT_PATH": path, "DB_USER": "", "DB_PASSWORD": ""}
    assert programs.alembic("upgrade", "head", **environ).code == 0
    told = programs.monps_db("status", **environ)
    assert f"password:  from Vault, {path}\n" in told.out
    assert database.password not in told.out + told.err
    assert programs.monps_db("check", **environ).code == 0
    for changes, code in (
        ({"DB_VAULT_PATH": "secret/data/nothing"}, 2),
        ({"DB_VAULT_ADDR": "http://127.0.0.1:9"}, 6),
        ({"DB_VAULT_AUTH": "nonsense"}, 2),
        ({"DB_VAULT_ADDR": "http://vault.example"}, 2),
        ({"DB_VAULT_ADDR": "", "VAULT_ADDR": ""}, 2),
    ):
        told = programs.monps_db("check", **{**environ, **changes})
        assert told.code == code
        assert "vault" in told.err.lower()
        assert "Traceback" not in told.err


@pytest.mark.slow
def test_leases_of_seconds_are_replaced_while_an_application_works(
    bao: OpenBao, database: Database, given: dict[str, str]
) -> None:
    """No unit of work fails, although Vault ends sessions after their lease."""
    settings = vault_settings(given, bao.lease_roles(database, SECONDS))
    with capture_logs() as logged, at_work(settings) as application:
        until = time.monotonic() + ROTATIONS * SECONDS * 3
        while len(application.users) <= ROTATIONS and time.monotonic() < until:
            time.sleep(0.1)
            assert application.failures == []
    assert application.failures == []
    assert len(application.users) > ROTATIONS
    assert "pool.connection_lost" not in {line["event"] for line in logged}


@pytest.mark.slow
def test_a_lease_is_renewed_until_its_longest_time_and_then_replaced(
    bao: OpenBao, database: Database, given: dict[str, str], tmp_path: Path
) -> None:
    """User and connection outlive the first lease; the next user is fetched in time."""
    path = bao.lease_roles(database, SECONDS, 3 * SECONDS)
    settings = vault_settings(given, path, **by_approle(bao, tmp_path))
    first = settings.credentials.user
    engine = core.database.create_sync_engine(settings)
    seen = []
    begun = time.monotonic()
    while time.monotonic() < begun + 4 * SECONDS:
        with engine.begin() as connection:
            row = connection.execute(text("SELECT current_user, pg_backend_pid()")).one()
        seen.append((time.monotonic() - begun, *row))
        assert settings.current_user in settings.display_url
        time.sleep(0.1)
    engine.dispose()
    of_first = [(second, pid) for second, user, pid in seen if user == first]
    assert max(second for second, _ in of_first) > SECONDS
    assert len({pid for _, pid in of_first}) == 1
    assert len({user for _, user, _ in seen}) == 2
    assert settings.DB_USER == first != settings.current_user


def no_such_token(bao: OpenBao, _: Path) -> dict[str, object]:
    ended = bao.client.auth.token.create(policies=["reader"])["auth"]["client_token"]
    bao.client.revoke_token(ended)
    (_ / "ended").write_text(ended)
    return {"DB_VAULT_FILE": str(_ / "ended")}


def no_right(bao: OpenBao, folder: Path) -> dict[str, object]:
    token = bao.client.auth.token.create(policies=["default"])["auth"]["client_token"]
    (folder / "other").write_text(token)
    return {"DB_VAULT_FILE": str(folder / "other")}


def no_password(bao: OpenBao, _: Path) -> dict[str, object]:
    return {"DB_VAULT_PATH": bao.write("half", username="hush")}


def a_number(bao: OpenBao, _: Path) -> dict[str, object]:
    return {"DB_VAULT_PATH": bao.write("number", username="me", password=4711)}


def another_user(_: OpenBao, __: Path) -> dict[str, object]:
    return {"DB_USER": "somebody"}


def no_secret(_: OpenBao, __: Path) -> dict[str, object]:
    return {"DB_VAULT_PATH": "secret/data/nothing"}


def no_engine(_: OpenBao, __: Path) -> dict[str, object]:
    return {"DB_VAULT_PATH": "nowhere/at/all"}


def no_role(_: OpenBao, __: Path) -> dict[str, object]:
    return {"DB_VAULT_AUTH": "approle"}


def wrong_role(bao: OpenBao, folder: Path) -> dict[str, object]:
    return {**by_approle(bao, folder), "DB_VAULT_ROLE": "nobody"}


def no_file(_: OpenBao, folder: Path) -> dict[str, object]:
    return {"DB_VAULT_FILE": str(folder / "nowhere")}


def no_file_of_kubernetes(_: OpenBao, folder: Path) -> dict[str, object]:
    return {
        "DB_VAULT_AUTH": "kubernetes",
        "DB_VAULT_ROLE": "app",
        "DB_VAULT_FILE": str(folder / "nowhere"),
    }


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (no_such_token, "denies reading"),
        (no_right, "denies reading"),
        (no_password, "no usable text under 'password'"),
        (a_number, "no usable text under 'password'"),
        (another_user, "belongs to another user than DB_USER"),
        (no_secret, "has no secret at"),
        (no_engine, "has no secret at|denies reading"),
        (no_role, "there is no role"),
        (wrong_role, "refuses the login"),
        (no_file, "cannot be read"),
        (no_file_of_kubernetes, "cannot be read"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_vault_refuses_is_said_in_one_line(
    bao: OpenBao,
    given: dict[str, str],
    tmp_path: Path,
    spoil: Callable[[OpenBao, Path], dict[str, object]],
    reason: str,
) -> None:
    path = bao.write("whole", username="hush", password="hush hush")
    changes = spoil(bao, tmp_path)
    with pytest.raises(ConfigurationError, match=reason) as caught:
        DatabaseSettings(_env_file=None, **{**given, "DB_VAULT_PATH": path, **changes})
    assert caught.value.remedy
    (told,) = str(caught.value).splitlines()
    assert not any(secret in told for secret in ("hush", ROOT_TOKEN, "4711"))


def test_one_that_is_sealed_or_gone_is_not_a_wrong_setting(
    tmp_path: Path, database: Database
) -> None:
    token = tmp_path / "token"
    token.write_text(ROOT_TOKEN)
    given = {**database.environ(), "DB_USER": "", "DB_PASSWORD": "", "DB_VAULT_FILE": str(token)}
    with started(tmp_path) as own:
        given["DB_VAULT_ADDR"] = own.address
        path = own.write("app", username=database.user, password=database.password)
        settings = vault_settings(given, path)
        own.client.sys.seal()
        with pytest.raises(CredentialsUnavailableError, match="is sealed"):
            vault_settings(given, path)
        assert session_user(settings) == database.user  # The former credentials are still valid.
    with pytest.raises(CredentialsUnavailableError, match="does not answer"):
        vault_settings(given, path)
    with pytest.raises(MonpsError):
        vault_settings({**given, "DB_VAULT_ADDR": f"http://127.0.0.1:{database.port}"}, path)
