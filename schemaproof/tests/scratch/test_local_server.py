"""The normal life of the local server: start, use, stop."""

import re
import stat
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from schemaproof.scratch.embedded.accounts import ensure_role_and_database
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import ask


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_start_makes_a_server_of_the_binaries_major_version(any_server: LocalServer) -> None:
    answer = ask(any_server, "SHOW server_version_num")
    assert int(str(answer)) // 10000 == any_server.status().major


def test_started_server_says_so(server: LocalServer) -> None:
    status = server.status()
    first_line = "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int"
    assert status.running
    assert status.pid == ask(server, first_line)
    assert status.socket_directory == server.socket_directory
    assert str(status.data_directory) == ask(server, "SHOW data_directory")
    assert str(ask(server, "SHOW server_version")).split()[0] == status.version


def test_start_of_a_running_server_leaves_it_alone(server: LocalServer) -> None:
    before = server.status()
    server.start()
    assert server.status() == before


@pytest.mark.slow
def test_stop_ends_the_server_and_start_brings_its_data_back(new_server: LocalServer) -> None:
    new_server.start()
    ensure_role_and_database(new_server, user="a", password="p", database="kept")
    new_server.stop()
    assert not new_server.is_running()
    assert new_server.status().pid is None
    new_server.start()
    assert ask(new_server, "SELECT count(*) FROM pg_database WHERE datname = 'kept'") == 1


def test_stop_of_a_stopped_server_does_nothing(new_server: LocalServer) -> None:
    new_server.create()
    new_server.stop()
    new_server.stop()
    assert not new_server.is_running()


def test_stop_of_a_server_never_made_makes_no_folder(new_server: LocalServer) -> None:
    new_server.stop()
    assert not new_server.root.exists()


def test_status_of_a_server_never_made_makes_no_folder(new_server: LocalServer) -> None:
    assert not new_server.status().running
    assert not new_server.root.exists()


@pytest.mark.slow
def test_stop_does_not_wait_for_open_connections(new_server: LocalServer) -> None:
    new_server.start()
    with closing(psycopg2.connect(**new_server.connect_parameters())):
        new_server.stop()
    assert not new_server.is_running()


@pytest.mark.slow
def test_create_starts_nothing_and_keeps_what_is_there(new_server: LocalServer) -> None:
    new_server.create()
    password = new_server.superuser_password()
    new_server.create()
    assert not new_server.is_running()
    assert new_server.superuser_password() == password


@pytest.mark.slow
def test_create_begins_anew_after_an_interrupted_one(new_server: LocalServer) -> None:
    (new_server.home / "data.new" / "base").mkdir(parents=True)
    new_server.start()
    assert new_server.is_running()


def test_two_servers_have_two_passwords(new_server: LocalServer, server: LocalServer) -> None:
    new_server.create()
    assert new_server.superuser_password() != server.superuser_password()
    assert len(new_server.superuser_password()) >= 32


@pytest.mark.parametrize("wrong", ["wrong", ""])
def test_wrong_password_is_refused(
    any_server: LocalServer, wrong: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    with pytest.raises(psycopg2.OperationalError, match=r"password"):
        ask(any_server, "SELECT 1", password=wrong)


def test_every_access_rule_asks_for_scram(any_server: LocalServer) -> None:
    rules = "SELECT array_agg(DISTINCT auth_method) FROM pg_hba_file_rules"
    assert ask(any_server, rules) == ["scram-sha-256"]


def test_passwords_are_stored_as_scram_verifiers(any_server: LocalServer) -> None:
    stored = "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin"
    assert ask(any_server, stored) is True


def test_nothing_listens_on_tcp(any_server: LocalServer) -> None:
    pid = any_server.status().pid
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    ours = {found[1] for link in links if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}
    tcp = [
        line.split()[9]
        for table in ("tcp", "tcp6")
        if (path := Path(f"/proc/{pid}/net/{table}")).exists()
        for line in path.read_text().splitlines()[1:]
    ]
    assert ours
    assert not ours & set(tcp)


def test_only_the_owner_reaches_files_and_socket(any_server: LocalServer) -> None:
    paths = [
        any_server.home,
        any_server.data_directory,
        any_server.socket_directory,
        any_server.socket_directory / f".s.PGSQL.{any_server.port}",
        any_server.password_file,
        any_server.log_file,
    ]
    assert [oct(mode(path) & 0o077) for path in paths] == ["0o0"] * len(paths)
    assert mode(any_server.password_file) == 0o600
