"""IAM tokens in place of a password: boto3 signs them, and a server verifies them as RDS does."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from core.config import DatabaseSettings
from core.errors import ConfigurationError, DatabaseUnavailableError
from core.setting_types import Replica
from schemaproof.cli.find_database import named
from schemaproof.connection.connection_failures import why_not
from schemaproof_testing.project import Programs, make_workspace
from tests.support import iam as tls
from tests.support.aws import KEY, REGION
from tests.support.iam import ROLE, Iam
from tests.support.ways_to_connect import Way, by_asyncpg, by_the_driver_alone, migrating, sync

pytestmark = [
    pytest.mark.majors(15),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iam]:
    folder = tmp_path_factory.mktemp("iam")
    with tls.started(folder, secret_key=KEY, region=REGION) as made:
        yield made


SIGNS = {
    "AWS_ACCESS_KEY_ID": "somebody",
    "AWS_SECRET_ACCESS_KEY": KEY,
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture
def iam(running: Iam, monkeypatch: pytest.MonkeyPatch) -> Iam:
    for name, value in {**SIGNS, "PGSSLROOTCERT": str(running.certificate)}.items():
        monkeypatch.setenv(name, value)
    running.passwords.clear()
    running.refuses = False
    return running


def iam_environ(iam: Iam) -> dict[str, str]:
    return {
        "DB_HOST": iam.host,
        "DB_PORT": str(iam.port),
        "DB_USER": ROLE,
        "DB_NAME": ROLE,
        "DB_SSLMODE": "verify-full",
        "DB_AWS_AUTH": "iam",
        "DB_AWS_REGION": REGION,
    }


def iam_settings(iam: Iam, **changes: object) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**iam_environ(iam), **changes})


@pytest.mark.parametrize("way", [sync, by_asyncpg, migrating, by_the_driver_alone])
def test_each_connection_is_opened_with_a_token(iam: Iam, way: Way) -> None:
    assert way(iam_settings(iam), lambda: None) == [ROLE] * 2
    assert len(iam.passwords) == 2


def test_the_programs_work_and_say_where_the_password_comes_from(iam: Iam, tmp_path: Path) -> None:
    environ = {**iam_environ(iam), **SIGNS, "PGSSLROOTCERT": str(iam.certificate)}
    programs = Programs(make_workspace(tmp_path), environ)
    assert programs.alembic("upgrade", "head").code == 0
    told = programs.monps_db("status").succeeded()
    assert "password:  from AWS IAM, a token for each connection\n" in told.out
    assert "X-Amz" not in told.out + told.err
    assert programs.monps_db("check").code == 0


def test_a_token_that_is_refused_is_in_no_message(iam: Iam, tmp_path: Path) -> None:
    iam.refuses = True
    environ = {**iam_environ(iam), **SIGNS, "PGSSLROOTCERT": str(iam.certificate)}
    told = Programs(make_workspace(tmp_path), environ).monps_db("--debug", "check")
    assert told.code == 6
    assert "check DB_USER" in told.err
    assert "X-Amz" not in told.err
    with pytest.raises(psycopg2.OperationalError):
        by_the_driver_alone(iam_settings(iam), lambda: None)


@pytest.mark.parametrize("sslmode", ["disable", "allow", "prefer", "require"])
def test_nothing_is_signed_for_whom_no_certificate_proves(iam: Iam, sslmode: str) -> None:
    with pytest.raises(ConfigurationError, match="DB_SSLMODE=verify-full"):
        iam_settings(iam, DB_SSLMODE=sslmode)
    assert iam.passwords == []


@pytest.mark.parametrize("hosts", ["one,two", "/run/postgresql"])
def test_a_token_is_for_one_host(iam: Iam, hosts: str) -> None:
    with pytest.raises(ConfigurationError, match="signed for one network host"):
        iam_settings(iam, DB_HOST=hosts)


def test_a_replica_gets_a_token_of_its_own(iam: Iam) -> None:
    settings = iam_settings(iam)
    there = settings.at_replica(Replica("replica.example", 7))
    assert settings.credentials.password.startswith(f"{iam.host}:{iam.port}/?")
    assert there.credentials.password.startswith("replica.example:7/?")
    assert "X-Amz" not in repr(settings) + repr(settings.credentials) + str(settings.display_url)


def test_a_token_needs_a_user(iam: Iam) -> None:
    with pytest.raises(ConfigurationError, match="DB_USER is blank"):
        iam_settings(iam, DB_USER="")


def test_whoever_asks_why_takes_the_certificate_that_the_url_names(running: Iam) -> None:
    where = f"{ROLE}:wrong@{running.host}:{running.port}/{ROLE}"
    url = f"postgresql://{where}?sslmode=verify-full&sslrootcert={running.certificate}"
    error = why_not("refused", named("DATABASE_URL", url, {}).settings(), was_open=False)
    assert isinstance(error, DatabaseUnavailableError)
    assert error.sqlstate == "28000"
