"""User and password from AWS Secrets Manager by boto3, with moto in place of AWS."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from psycopg2 import sql
from sqlalchemy import text

import core.database
import core.errors
from core.config import DatabaseSettings
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database
from tests.support import aws as moto
from tests.support.application import at_work
from tests.support.aws import Aws

pytestmark = pytest.mark.slow

ROTATIONS = 10


@pytest.fixture(scope="module")
def played() -> Iterator[Aws]:
    with moto.started() as made:
        yield made


@pytest.fixture
def aws(played: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    for name, value in played.environ().items():
        monkeypatch.setenv(name, value)
    return played


@dataclass(frozen=True)
class Role:
    """A role whose password changes."""

    database: Database
    user: str

    def set_password(self, password: str) -> None:
        connection = self.database.connect_superuser()
        with connection, connection.cursor() as cursor:
            role = sql.Identifier(self.user)
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(role), [password])
        connection.close()

    def environ(self) -> dict[str, str]:
        given = self.database.environ()
        del given["DB_USER"], given["DB_PASSWORD"]
        return {**given, "DB_AWS_SECRET": self.user}

    def settings(self, **changes: object) -> DatabaseSettings:
        return DatabaseSettings(_env_file=None, **{**self.environ(), **changes})


@pytest.fixture
def role(database: Database) -> Iterator[Role]:
    made = Role(database, f"{database.name}_aws")
    name = sql.Identifier(made.user)
    connection = database.connect_superuser()
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'first'").format(name))
    cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(database.user), name))
    yield made
    cursor.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s",
        [made.user],
    )
    cursor.execute(sql.SQL("DROP OWNED BY {}").format(name))
    cursor.execute(sql.SQL("DROP ROLE {}").format(name))
    connection.close()


def session_user(settings: DatabaseSettings) -> object:
    engine = core.database.create_migration_engine(settings)
    with engine.connect() as connection:
        return connection.scalar(text("SELECT current_user"))


def test_a_secret_as_rds_writes_it_and_a_password_alone(aws: Aws, role: Role) -> None:
    # A rotation of AWS writes these keys. The settings decide which server is used.
    aws.write(
        role.user,
        engine="postgres",
        host="elsewhere",
        port=1,
        dbname="elsewhere",
        username=role.user,
        password="first",
    )
    settings = role.settings()
    assert session_user(settings) == settings.DB_USER == role.user
    source = f"AWS Secrets Manager, {role.user}"
    assert settings.credentials_from == {"DB_USER": source, "DB_PASSWORD": source}
    aws.write_text(role.user, "first")
    settings = role.settings(DB_USER=role.user)
    assert session_user(settings) == role.user
    assert settings.credentials_from == {"DB_USER": "the program", "DB_PASSWORD": source}


def test_the_region_of_the_settings_is_asked(aws: Aws, role: Role) -> None:
    aws.write(role.user, username=role.user, password="first")
    assert session_user(role.settings(DB_AWS_REGION=moto.REGION)) == role.user
    with pytest.raises(core.errors.ConfigurationError, match=r"has no secret .* 'eu-north-1'"):
        role.settings(DB_AWS_REGION="eu-north-1")


def test_a_password_that_is_refused_is_fetched_again(aws: Aws, role: Role) -> None:
    """During a rotation, the new password may be set while the old one is still current."""
    aws.write(role.user, username=role.user, password="first")
    settings = role.settings()
    role.set_password("second")
    aws.write(role.user, username=role.user, password="second")
    assert session_user(settings) == role.user
    version = aws.begin_rotation(role.user, username=role.user, password="third")
    role.set_password("third")
    assert session_user(settings) == role.user
    assert session_user(role.settings()) == role.user
    aws.finish_rotation(role.user, version)
    assert session_user(settings) == session_user(role.settings()) == role.user


def test_the_programs_say_aws_and_no_value(aws: Aws, role: Role, programs: Programs) -> None:
    aws.write(role.user, username=role.user, password="hush hush")
    role.set_password("hush hush")
    given = {**aws.environ(), **role.environ(), "DB_USER": "", "DB_PASSWORD": ""}
    assert programs.alembic("upgrade", "head", **given).code == 0
    told = programs.monps_db("status", **given).succeeded()
    assert f"password:  from AWS Secrets Manager, {role.user}\n" in told.out
    assert "hush" not in told.out + told.err


def test_an_application_works_through_ten_rotations(
    aws: Aws, role: Role, programs: Programs
) -> None:
    """Secrets Manager writes the next password, sets it, and then makes it the current one."""
    aws.write(role.user, username=role.user, password="first")
    # A connection that is older than a second is replaced.
    settings = role.settings(DB_POOL_RECYCLE="1s")
    environ = {**aws.environ(), **role.environ(), "DB_USER": "", "DB_PASSWORD": ""}
    with at_work(settings) as application:
        for number in range(ROTATIONS):
            password = f"number {number}"
            version = aws.begin_rotation(role.user, username=role.user, password=password)
            role.set_password(password)
            programs.alembic("upgrade", "head", **environ).succeeded()
            aws.finish_rotation(role.user, version)
            programs.monps_db("check", **environ).succeeded()
            time.sleep(1)
            assert application.failures == []
    assert application.failures == []
    assert application.works > ROTATIONS
    assert settings.credentials.password == f"number {ROTATIONS - 1}"
