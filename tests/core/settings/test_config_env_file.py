"""How .env is found, and that its values are read literally."""

import os
from pathlib import Path

import pytest

from core.config import DatabaseSettings, get_settings
from core.env_file import EnvFile, find_env_file, read_env_file
from core.errors import ConfigurationError

REST = "DB_USER=monps\nDB_NAME=odds\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose subfolder ``work`` is the working directory."""
    (tmp_path / "pyproject.toml").write_text("[tool.schemaproof]\n")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("p%40:/?#[]@ é", "p%40:/?#[]@ é"),
        ("${HOME}$HOME$(id)`id`", "${HOME}$HOME$(id)`id`"),
        ("'${HOME} # not a comment '", "${HOME} # not a comment "),
        (r"'it\'s \\ \n'", r"it's \ \n"),
        ('"double $quoted"', "double $quoted"),
        ("a=b=c", "a=b=c"),
        ("#hash", "#hash"),
        ("secret # a comment", "secret"),
        ("secret\r", "secret"),
    ],
)
def test_values_are_literal(project: Path, written: str, password: str) -> None:
    (project / ".env").write_bytes(f"{REST}export DB_PASSWORD={written}\n".encode())
    assert DatabaseSettings().DB_PASSWORD.get_secret_value() == password


def test_byte_order_mark_is_skipped(project: Path) -> None:
    (project / ".env").write_text(f"{REST}DB_PASSWORD=x\n", encoding="utf-8-sig")
    assert DatabaseSettings().DB_USER == "monps"


def test_working_directory_first_and_alone(project: Path) -> None:
    (project / ".env").write_text(f"{REST}DB_PASSWORD=root\nDB_PORT=1\n")
    assert find_env_file() == project / ".env"
    assert DatabaseSettings().DB_PORT == 1
    (project / "work" / ".env").write_text(f"{REST}DB_PASSWORD=work\n")
    settings = DatabaseSettings()
    assert settings.DB_PASSWORD.get_secret_value() == "work"
    assert settings.DB_PORT == 5432


def test_environment_beats_file_and_argument_beats_both(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".env").write_text(f"{REST}DB_PASSWORD=x\nDB_PORT=1\n")
    monkeypatch.setenv("DB_PORT", "2")
    assert DatabaseSettings().DB_PORT == 2
    assert DatabaseSettings(DB_PORT=3).DB_PORT == 3


def test_other_file_and_no_file(project: Path) -> None:
    (project / ".env").write_text(f"{REST}DB_PASSWORD=x\n")
    other = project / "other.env"
    other.write_text(f"{REST}DB_PASSWORD=y\n")
    assert DatabaseSettings(_env_file=other).DB_PASSWORD.get_secret_value() == "y"
    with pytest.raises(ConfigurationError, match="DB_USER: is missing"):
        DatabaseSettings(_env_file=None)


def test_unknown_and_unreadable_foreign_lines_are_ignored(project: Path) -> None:
    (project / ".env").write_text(f"{REST}DB_PASSWORD=x\nOTHER=1\nBROKEN='\nALONE\n")
    assert "OTHER" not in DatabaseSettings().model_dump()


def test_unreadable_line_of_ours_is_named_and_not_shown(project: Path) -> None:
    (project / ".env").write_text(f"{REST}DB_PASSWORD='hush'hush\n")
    with pytest.raises(ConfigurationError, match="line 3") as caught:
        get_settings()
    assert "hush" not in str(caught.value)


def _directory(path: Path) -> None:
    path.mkdir()


def _not_utf8(path: Path) -> None:
    path.write_bytes(b"DB_PASSWORD=hush\xff\n")


def _loop(path: Path) -> None:
    path.symlink_to(path.parent)


def _forbidden(path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path.write_text("DB_PASSWORD=hush\n")
    path.chmod(0)


@pytest.mark.parametrize("make", [_directory, _not_utf8, _loop, _forbidden])
def test_unreadable_file_is_a_configuration_error(project: Path, make: object) -> None:
    assert callable(make)
    make(project / "work" / ".env")
    with pytest.raises(ConfigurationError, match=r"\.env") as caught:
        get_settings()
    assert "hush" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_vanished_working_directory(project: Path) -> None:
    (project / "work").rmdir()
    with pytest.raises(ConfigurationError, match="No such file"):
        get_settings()


def test_remedy_names_the_file_that_was_read(project: Path) -> None:
    (project / ".env").write_text(REST)
    with pytest.raises(ConfigurationError) as caught:
        get_settings()
    assert str(project / ".env") in caught.value.remedy


def test_values_stay_out_of_the_repr(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DB_PASSWORD=hush\n")
    read = read_env_file(tmp_path / ".env", {"DB_PASSWORD"})
    assert read.values == {"DB_PASSWORD": "hush"}
    assert "hush" not in repr(read)
    assert EnvFile().values == {}
