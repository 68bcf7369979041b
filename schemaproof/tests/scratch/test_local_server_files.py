"""The files of the local server: their content, and who may read them."""

import subprocess
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded.accounts import ensure_role_and_database
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import FAST, Database, ask, default_major, find_binaries


@pytest.mark.slow
def test_no_copy_of_the_password_file_is_left(new_server: LocalServer) -> None:
    new_server.create()
    password = new_server.superuser_password().encode()
    holders = [
        path.name
        for path in new_server.root.rglob("*")
        if path.is_file() and password in path.read_bytes()
    ]
    assert holders == ["superuser.password"]


@pytest.mark.slow
def test_folders_above_keep_their_permissions(folder: Path) -> None:
    parent = folder / "closed" / "project"
    parent.mkdir(parents=True)
    above = [parent, *list(parent.parents)]
    parent.parent.chmod(0o700)
    parent.chmod(0o750)
    before = [(path, path.stat().st_mode, path.stat().st_uid) for path in above]
    server = LocalServer(parent / ".monps", find_binaries(default_major()), FAST)
    try:
        server.start()
        assert server.is_running()
    finally:
        server.stop()
    assert [(path, path.stat().st_mode, path.stat().st_uid) for path in above] == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["with space", "quo'te", 'dou"ble', "a,b", "$HOME", "`id`", "back\\slash", "été", "%d"]
)
def test_any_folder_name_will_do(folder: Path, name: str) -> None:
    server = LocalServer(folder / name, find_binaries(default_major()), FAST)
    try:
        server.start()
        assert ask(server, "SELECT 1") == 1
        assert server.socket_directory.is_relative_to(folder.resolve()) == ("," not in name)
    finally:
        server.stop()


def test_letters_are_unicode_and_the_order_is_by_code_point(any_database: Database) -> None:
    engine = create_engine(any_database.url)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT lower('ÉCOLE'), 'Z' < 'a', 'É' ILIKE 'é'")).one()
    engine.dispose()
    assert tuple(row) == ("école", True, True)


@pytest.mark.slow
def test_settings_of_the_caller_are_read_at_each_start(new_server: LocalServer) -> None:
    new_server.start()
    assert ask(new_server, "SHOW fsync") == "off"
    new_server.stop()
    again = LocalServer(new_server.root, new_server.binaries, {**FAST, "work_mem": "7MB"})
    again.start()
    assert ask(again, "SHOW work_mem") == "7MB"


@pytest.mark.slow
def test_failed_start_says_why_in_one_line(folder: Path) -> None:
    settings = {**FAST, "shared_preload_libraries": "no_such_library"}
    server = LocalServer(folder, find_binaries(default_major()), settings)
    with pytest.raises(LocalServerError, match="no_such_library") as caught:
        server.start()
    assert "\n" not in str(caught.value)
    assert str(server.log_file) in caught.value.remedy
    assert not server.is_running()


def test_data_of_another_major_version_are_refused_and_kept(new_server: LocalServer) -> None:
    new_server.create()
    (new_server.data_directory / "PG_VERSION").write_text("13\n")
    with pytest.raises(LocalServerError, match="made by PostgreSQL 13") as caught:
        new_server.start()
    assert "use PostgreSQL 13" in caught.value.remedy
    assert (new_server.data_directory / "base").is_dir()


def test_root_that_is_a_file_is_one_clear_line(folder: Path) -> None:
    (folder / "file").touch()
    server = LocalServer(folder / "file", find_binaries(default_major()), FAST)
    with pytest.raises(LocalServerError, match="cannot start the local server") as caught:
        server.start()
    assert "\n" not in str(caught.value)


def test_password_file_that_is_gone_is_one_clear_line(new_server: LocalServer) -> None:
    new_server.create()
    new_server.password_file.unlink()
    with pytest.raises(LocalServerError, match="password"):
        new_server.superuser_password()


def test_server_keeps_no_secret_of_its_starter(
    new_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "from-the-environment")
    new_server.start()
    environment = Path(f"/proc/{new_server.status().pid}/environ").read_bytes()
    assert b"from-the-environment" not in environment


@pytest.mark.slow
def test_no_process_ever_shows_the_password(new_server: LocalServer) -> None:
    seen: set[bytes] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(path.read_bytes())
                except OSError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        new_server.start()
        ensure_role_and_database(new_server, user="a", password="s3cret-of-a", database="d")
    finally:
        done.set()
        watcher.join()
    shown = b"\n".join(seen)
    assert b"initdb" in shown
    assert new_server.superuser_password().encode() not in shown
    assert b"s3cret-of-a" not in shown


def test_folder_with_a_line_break_in_its_name_is_refused(folder: Path) -> None:
    server = LocalServer(folder / "a\nb", find_binaries(default_major()), FAST)
    with pytest.raises(LocalServerError, match="line breaks") as caught:
        server.start()
    assert "\n" not in str(caught.value)


def test_git_ignores_them(new_server: LocalServer) -> None:
    new_server.create()
    git = ["git", "-C", str(new_server.root)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    listed = [*git, "status", "--porcelain", "--untracked-files=all"]
    assert subprocess.check_output(listed, text=True) == ""
