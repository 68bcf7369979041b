"""User and password in a folder of files, and which source takes precedence."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import DatabaseSettings
from core.errors import ConfigurationError

ROOT = Path(__file__).parents[3]
SOURCES = ("the program", "the environment", "file", "folder")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with both files, which the environment names, in a project without .env."""
    (tmp_path / "pyproject.toml").write_text("[tool.schemaproof]\n")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name, text in {"DB_USER": "folder\n", "DB_PASSWORD": " hush folder \n"}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    monkeypatch.setenv("DB_SECRETS_DIR", str(folder))
    monkeypatch.setenv("DB_NAME", "odds")
    return folder


@pytest.mark.parametrize("first", range(len(SOURCES)))
def test_the_first_source_in_the_order_wins(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    env_file = tmp_path / ".env"
    given = {}
    if first <= 2:
        env_file.write_text("DB_USER=file\nDB_PASSWORD=hush file\n")
        env_file.chmod(0o600)
    if first <= 1:
        monkeypatch.setenv("DB_USER", "the environment")
        monkeypatch.setenv("DB_PASSWORD", "hush the environment")
    if first == 0:
        given = {"DB_USER": "the program", "DB_PASSWORD": "hush the program"}
    settings = DatabaseSettings(**given)
    assert SOURCES[first] == settings.DB_USER
    assert settings.DB_PASSWORD.get_secret_value() == f"hush {SOURCES[first]}"
    names = {"file": str(env_file), "folder": str(folder / "DB_USER")}
    assert settings.credentials_from["DB_USER"] == names.get(SOURCES[first], SOURCES[first])
    assert (settings.credential_source is None) == (first < 3)


def test_each_may_come_from_another_source(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_USER", "me")
    (folder / "DB_USER").unlink()
    settings = DatabaseSettings()
    assert (settings.credentials.user, settings.credentials.password) == ("me", "hush folder")
    assert settings.credentials_from == {
        "DB_USER": "the environment",
        "DB_PASSWORD": str(folder / "DB_PASSWORD"),
    }


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_blank_value_leaves_it_to_the_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    assert (folder / "DB_PASSWORD").exists()
    if where == "environment":
        monkeypatch.setenv("DB_PASSWORD", " ")
    (tmp_path / ".env").write_text("DB_USER=\nDB_PASSWORD=\n")
    settings = DatabaseSettings()
    assert settings.DB_PASSWORD.get_secret_value() == "hush folder"


def test_what_changes_is_read_again(folder: Path) -> None:
    settings = DatabaseSettings()
    for number in range(3):
        (folder / "new").write_text(f"hush {number}")
        (folder / "new").replace(folder / "DB_PASSWORD")
        assert settings.credentials.password == f"hush {number}"
    assert "hush" not in repr(settings) + repr(settings.credentials) + repr(
        settings.credential_source
    )


def no_folder(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def a_file_instead(folder: Path) -> None:
    no_folder(folder)
    folder.write_text("hush")


def blank(folder: Path) -> None:
    (folder / "DB_PASSWORD").write_text("\n")


def undecodable(folder: Path) -> None:
    (folder / "DB_PASSWORD").write_bytes(b"hush\xff")


def with_nul(folder: Path) -> None:
    (folder / "DB_PASSWORD").write_bytes(b"hush\0")


def fifo(folder: Path) -> None:
    (folder / "DB_PASSWORD").unlink()
    os.mkfifo(folder / "DB_PASSWORD")


def dangling(folder: Path) -> None:
    (folder / "DB_PASSWORD").unlink()
    (folder / "DB_PASSWORD").symlink_to("nowhere")


def a_folder_instead(folder: Path) -> None:
    (folder / "DB_PASSWORD").unlink()
    (folder / "DB_PASSWORD").mkdir()


def unreadable(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (folder / "DB_PASSWORD").chmod(0)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (no_folder, "cannot be read: No such file"),
        (a_file_instead, "cannot be read: Not a directory"),
        (blank, "is blank"),
        (undecodable, "is not UTF-8 text"),
        (with_nul, "NUL"),
        (fifo, "is not a regular file"),
        (a_folder_instead, "cannot be read|is not a regular file"),
        (dangling, "cannot be read: No such file"),
        (unreadable, "cannot be read: Permission denied"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_cannot_be_used_is_said_in_one_line(
    folder: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    settings = DatabaseSettings()
    spoil(folder)
    with pytest.raises(ConfigurationError, match=reason) as caught:
        DatabaseSettings()
    told = str(caught.value)
    assert str(folder) in told
    assert len(told.splitlines()) == 1
    assert caught.value.remedy
    assert "hush" not in told
    if spoil not in (no_folder, a_file_instead):
        with pytest.raises(ConfigurationError, match=reason):
            _ = settings.credentials


@pytest.mark.parametrize(("mode", "is_told"), [(0o644, True), (0o640, False)])
def test_a_password_that_everybody_may_read_is_warned_of_once(
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    mode: int,
    is_told: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    path = folder / "DB_PASSWORD"
    path.chmod(mode)
    settings = DatabaseSettings()
    _ = settings.credentials
    told = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage() for record in told] == (
        [f"{path} holds a password and everybody may read it: chmod o-r {path}"] if is_told else []
    )


@pytest.mark.parametrize("name", ["DB_HOST", "DB_SSLMODE"])
def test_a_file_that_is_found_does_not_say_where_the_password_of_the_folder_goes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    value = {"DB_HOST": "elsewhere", "DB_SSLMODE": "disable"}[name]
    (tmp_path / ".env").write_text(f"{name}={value}\nDB_SECRETS_DIR={folder}\n")
    (tmp_path / ".env").chmod(0o600)
    for is_named_by in ("environment", "file"):
        if is_named_by == "file":
            monkeypatch.delenv("DB_SECRETS_DIR")
        with pytest.raises(ConfigurationError, match=f"{name}.* must not decide"):
            DatabaseSettings()


@pytest.mark.parametrize("is_used", [False, True])
def test_nothing_of_it_is_imported_where_it_is_not_used(
    folder: Path,
    is_used: bool,  # noqa: FBT001 - both cases
) -> None:
    script = (
        "import sys, schemaproof.cli.connection, core.config, core.database\n"
        "core.config.get_settings()\n"
        "core.database.sync_engine\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('hvac', 'boto3', 'requests')\n"
        "             or m.startswith('core.credentials')))\n"
    )
    given = {} if is_used else {"DB_USER": "me", "DB_PASSWORD": "hush"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **given, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ("core.credentials" in done.stdout) == is_used
    assert "hvac" not in done.stdout
