"""Roles and databases on the local server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded.accounts import ensure_role_and_database
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import (
    FAST,
    administration,
    default_major,
    find_binaries,
    short_folder,
)


@pytest.fixture(scope="module")
def talkative() -> Iterator[LocalServer]:
    """A server that logs every statement; tests may leave it damaged."""
    with short_folder() as folder:
        settings = {**FAST, "log_statement": "all", "log_min_error_statement": "debug5"}
        server = LocalServer(folder, find_binaries(default_major()), settings)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def log_in(server: LocalServer, user: str, password: str, database: str) -> tuple[object, ...]:
    parameters = server.connect_parameters(database) | {"user": user, "password": password}
    with closing(psycopg2.connect(**parameters)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        )
        row: tuple[object, ...] = cursor.fetchone()
        return row


def test_role_can_log_in_and_nothing_more(talkative: LocalServer) -> None:
    ensure_role_and_database(talkative, user="plain", password="p", database="plain_db")
    assert log_in(talkative, "plain", "p", "plain_db") == (False,) * 5


def test_database_belongs_to_the_role_and_is_utf8(any_server: LocalServer) -> None:
    ensure_role_and_database(any_server, user="owner", password="p", database="owned")
    with administration(any_server) as cursor:
        cursor.execute(
            "SELECT datdba::regrole::text, pg_encoding_to_char(encoding)"
            " FROM pg_database WHERE datname = 'owned'"
        )
        assert cursor.fetchone() == ("owner", "UTF8")
        cursor.execute("DROP DATABASE owned")
        cursor.execute("DROP ROLE owner")


def test_doing_it_again_changes_nothing(talkative: LocalServer) -> None:
    state = (
        "SELECT r.xmin::text, r.rolpassword, d.xmin::text FROM pg_authid r, pg_database d"
        " WHERE rolname = 'again' AND datname = 'again'"
    )
    found = []
    for _ in range(2):
        ensure_role_and_database(talkative, user="again", password="p", database="again")
        with administration(talkative) as cursor:
            cursor.execute(state)
            found.append(cursor.fetchall())
    assert found[0] == found[1]
    assert len(found[0]) == 1


@pytest.mark.parametrize(
    "name",
    [
        'do"uble',
        "quo'te",
        "sp ace",
        "semi;--",
        "%s %(x)s",
        "{brace}",
        "back\\slash",
        "ÉTÉ",
        "SELECT",
    ],
)
def test_any_name_will_do(talkative: LocalServer, name: str) -> None:
    for _ in range(2):
        ensure_role_and_database(talkative, user=name, password="p", database=name)
    assert log_in(talkative, name, "p", name)[0] is False


@pytest.mark.parametrize("password", ["p%40:/?#[]@ é", "'", '"', "\\", "$1", "%s", "x" * 200, "½ﬁ"])
def test_any_password_will_do(talkative: LocalServer, password: str) -> None:
    for _ in range(2):
        ensure_role_and_database(talkative, user="any", password=password, database="any")
    log_in(talkative, "any", password, "any")


@pytest.mark.parametrize(("user", "database"), [("é" * 32, "d"), ("u", "d" * 64)])
def test_name_that_postgresql_would_cut_is_refused(
    talkative: LocalServer, user: str, database: str
) -> None:
    with pytest.raises(LocalServerError, match="longer than 63 bytes"):
        ensure_role_and_database(talkative, user=user, password="p", database=database)


def test_name_of_63_bytes_will_do(talkative: LocalServer) -> None:
    name = "é" * 31 + "x"
    for _ in range(2):
        ensure_role_and_database(talkative, user=name, password="p", database=name)
    log_in(talkative, name, "p", name)


def test_other_password_is_set_and_the_old_one_refused(talkative: LocalServer) -> None:
    for password in ("old", "new"):
        ensure_role_and_database(talkative, user="r", password=password, database="r")
    log_in(talkative, "r", "new", "r")
    with pytest.raises(psycopg2.OperationalError):
        log_in(talkative, "r", "old", "r")


def test_role_without_the_right_to_log_in_gets_it(talkative: LocalServer) -> None:
    with administration(talkative) as cursor:
        cursor.execute("CREATE ROLE nologin NOLOGIN")
    ensure_role_and_database(talkative, user="nologin", password="p", database="nologin")
    log_in(talkative, "nologin", "p", "nologin")


def test_database_of_another_owner_is_kept(talkative: LocalServer) -> None:
    ensure_role_and_database(talkative, user="first", password="p", database="shared")
    ensure_role_and_database(talkative, user="second", password="p", database="shared")
    with administration(talkative) as cursor:
        cursor.execute("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'shared'")
        assert cursor.fetchone() == ("first",)


def test_superusers_password_is_never_changed(talkative: LocalServer) -> None:
    with pytest.raises(LocalServerError, match="superuser") as caught:
        ensure_role_and_database(talkative, user="postgres", password="other", database="d")
    assert caught.value.remedy == "take another role for the application: the user"
    with administration(talkative) as cursor:
        cursor.execute("SELECT 1")


def test_superuser_with_its_own_password_gets_its_database(talkative: LocalServer) -> None:
    password = talkative.superuser_password()
    ensure_role_and_database(talkative, user="postgres", password=password, database="of_super")
    with administration(talkative) as cursor:
        cursor.execute("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'of_super'")
        assert cursor.fetchone() == ("postgres",)


@pytest.mark.parametrize("password", ["", "zero\0byte"])
def test_password_that_cannot_work_is_refused(talkative: LocalServer, password: str) -> None:
    with pytest.raises(LocalServerError, match="password"):
        ensure_role_and_database(talkative, user="no", password=password, database="no")


@pytest.mark.parametrize(
    ("user", "database"), [("pg_reserved", "x"), ("", "x"), ("x", ""), ("x", "\0")]
)
def test_name_that_postgresql_refuses_is_one_clear_line(
    talkative: LocalServer, user: str, database: str
) -> None:
    with pytest.raises(LocalServerError) as caught:
        ensure_role_and_database(talkative, user=user, password="hush", database=database)
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


def test_stopped_server_is_one_clear_line(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, find_binaries(default_major()), FAST)
    server.create()
    with pytest.raises(LocalServerError) as caught:
        ensure_role_and_database(server, user="a", password="hush", database="d")
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


def test_many_at_once_all_succeed(talkative: LocalServer) -> None:
    def ensure(_: int) -> None:
        ensure_role_and_database(talkative, user="many", password="p", database="many")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ensure, range(8)))
    log_in(talkative, "many", "p", "many")


def test_password_is_in_no_log_even_when_every_statement_is_logged(talkative: LocalServer) -> None:
    with pytest.raises(LocalServerError):
        ensure_role_and_database(talkative, user="pg_no", password="unseen-1", database="x")
    for password in ("unseen-2", "unseen-3"):
        ensure_role_and_database(talkative, user="quiet", password=password, database="quiet")
    log = talkative.log_file.read_text()
    assert 'ROLE "quiet"' in log
    assert "unseen" not in log
    assert talkative.superuser_password() not in log


def test_password_is_never_in_pg_stat_activity(talkative: LocalServer) -> None:
    def work() -> None:
        for number in range(5):
            ensure_role_and_database(
                talkative, user="watched", password=f"unseen-{number}", database="watched"
            )

    seen: set[str] = set()
    with administration(talkative) as cursor, ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        while not working.done():
            cursor.execute(
                "SELECT query FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            seen.update(query for (query,) in cursor.fetchall())
        working.result()
    assert any("rolname" in query for query in seen)
    assert not any("unseen" in query for query in seen)
