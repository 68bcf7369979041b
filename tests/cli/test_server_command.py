"""``monps-db server``: the local server, its roles and ``.env``, in a folder of its own."""

import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from schemaproof.project_file import find_project
from schemaproof.scratch.scratch import local_server
from schemaproof_testing.project import Programs, make_workspace

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Programs]:
    """The folder of a project without settings; its server is stopped at the end."""
    programs = Programs(make_workspace(tmp_path), {})
    yield programs
    local_server(find_project(tmp_path)).stop()


def settings(programs: Programs) -> dict[str, str]:
    lines = (programs.folder / ".env").read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def test_from_nothing_to_a_database_in_sync(workspace: Programs) -> None:
    assert workspace.monps_db("server", "start", "--only-local").code == 0
    assert workspace.alembic("upgrade", "head", **settings(workspace)).code == 0
    outcome = workspace.monps_db("check").succeeded()
    assert outcome.out.startswith("in sync: ")


def test_starting_again_changes_nothing(workspace: Programs) -> None:
    workspace.monps_db("server", "start")
    before = (workspace.folder / ".env").read_bytes()
    assert workspace.monps_db("server", "start").code == 0
    assert (workspace.folder / ".env").read_bytes() == before


def test_the_env_file_is_for_its_owner_alone(workspace: Programs) -> None:
    workspace.monps_db("server", "start")
    assert stat.S_IMODE((workspace.folder / ".env").stat().st_mode) == 0o600


def test_the_application_is_no_superuser(workspace: Programs) -> None:
    workspace.monps_db("server", "start")
    given = settings(workspace)
    with (
        closing(
            psycopg2.connect(
                host=given["DB_HOST"],
                user=given["DB_USER"],
                password=given["DB_PASSWORD"],
                dbname=given["DB_NAME"],
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = USER")
        assert cursor.fetchone() == (False,)


def test_the_password_is_never_shown(workspace: Programs) -> None:
    outcomes = [
        workspace.monps_db("server", *arguments)
        for arguments in (["start"], ["status"], ["url"], ["stop"])
    ]
    password = settings(workspace)["DB_PASSWORD"]
    assert [outcome.code for outcome in outcomes] == [0, 0, 0, 0]
    assert not any(password in outcome.text for outcome in outcomes)


def test_the_url_leads_to_the_local_database(workspace: Programs) -> None:
    workspace.monps_db("server", "start")
    url = workspace.monps_db("server", "url").out.strip()
    assert url.startswith("postgresql://monps@/monps?host=%2F")
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        assert cursor.fetchone() == ("monps", "monps")


@pytest.mark.parametrize("password", ["plain", r"p%40:/?#[]@ \é\:"])
def test_the_url_finds_any_password(workspace: Programs, password: str) -> None:
    sockets = local_server(find_project(workspace.folder)).socket_directory
    (workspace.folder / ".env").write_text(
        f"DB_HOST={sockets}\nDB_USER=me\nDB_PASSWORD='{password.replace(chr(92), chr(92) * 2)}'\n"
        "DB_NAME=mine\n",
        "utf-8",
    )
    workspace.monps_db("server", "start")
    url = workspace.monps_db("server", "url").out.strip()
    assert password not in url
    with closing(psycopg2.connect(url)) as connection:
        assert connection.info.user == "me"


def test_status_tells_a_stopped_server_from_a_running_one(workspace: Programs) -> None:
    workspace.monps_db("server", "start")
    assert workspace.monps_db("server", "status").out.startswith("running: PostgreSQL 18.")
    assert workspace.monps_db("server", "stop").code == 0
    assert workspace.monps_db("server", "status").out.startswith("not running: ")


def test_settings_that_mean_another_server_are_left_alone(workspace: Programs) -> None:
    (workspace.folder / ".env").write_text(
        "DB_HOST=db.example\nDB_USER=owner\nDB_PASSWORD=secret-word\nDB_NAME=production\n", "utf-8"
    )
    outcome = workspace.monps_db("server", "start", "--only-local")
    assert outcome.code == 2
    assert "postgresql+psycopg2://owner@db.example:5432/production" in outcome.err
    assert "secret-word" not in outcome.text
    assert not (workspace.folder / ".monps").exists()


def test_a_variable_that_means_another_server_counts_as_much_as_the_file(
    workspace: Programs,
) -> None:
    workspace.monps_db("server", "start")
    outcome = workspace.monps_db("server", "start", "--only-local", DB_HOST="db.example")
    assert outcome.code == 2


def test_accounts_are_made_anew_when_the_data_are_gone_and_env_is_not(
    workspace: Programs,
) -> None:
    (workspace.folder / ".env").write_text(
        f"DB_HOST={local_server(find_project(workspace.folder)).socket_directory}\n"
        "DB_USER=me\nDB_PASSWORD=p%40:/?#[]@ é\nDB_NAME=mine\n",
        "utf-8",
    )
    assert workspace.monps_db("server", "start", "--only-local").code == 0
    assert workspace.monps_db("status").code == 0
