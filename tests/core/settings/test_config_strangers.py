"""A .env that another user may have written: when it is used, and which settings it may contain."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import DatabaseSettings, get_settings
from core.errors import ConfigurationError
from core.scratch_setting import scratch_url

COMPLETE = "DB_USER=me\nDB_PASSWORD=hush\nDB_NAME=odds\nDB_HOST=elsewhere\n"
ADDRESSES = {
    "DB_HOST": "elsewhere",
    "DB_PORT": "6543",
    "DB_SSLMODE": "disable",
    "DB_REQUIRE_AUTH": "password",
    "DB_REPLICA_HOSTS": "elsewhere",
    "DB_SCRATCH_URL": "postgresql://elsewhere/postgres",
    "DB_VAULT_ADDR": "https://elsewhere",
}
SOMEBODY = 54_321


@pytest.fixture(params=["working directory", "beside alembic.ini"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of ``.env``, in a project of the current user."""
    (tmp_path / "pyproject.toml").write_text("[tool.schemaproof]\n")
    folder = tmp_path if request.param == "beside alembic.ini" else tmp_path / "work"
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder / ".env"


def written(path: Path, mode: int = 0o600) -> None:
    path.write_text(COMPLETE)
    path.chmod(mode)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def link_to_fifo(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.mkdir()


def for_the_group(path: Path) -> None:
    written(path, 0o660)


def for_everybody(path: Path) -> None:
    written(path, 0o602)


def give_to_somebody(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    written(path)
    os.chown(path, SOMEBODY, SOMEBODY)


def link_to_file_of_somebody(path: Path) -> None:
    give_to_somebody(path.with_name("theirs"))
    path.symlink_to("theirs")


REFUSED = {
    fifo: "not a regular file",
    link_to_fifo: "not a regular file",
    device: "not a regular file",
    folder: "directory",
    for_the_group: "may be written by others",
    for_everybody: "may be written by others",
    give_to_somebody: "belongs to somebody else",
    link_to_file_of_somebody: "belongs to somebody else",
}


@pytest.mark.parametrize(
    ("make", "reason"), REFUSED.items(), ids=lambda value: getattr(value, "__name__", "")
)
def test_what_somebody_else_may_have_put_there_is_refused(
    place: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(place)
    for read in (get_settings, scratch_url):
        with pytest.raises(ConfigurationError, match=reason) as caught:
            read()
        assert str(place) in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("make", [for_the_group, for_everybody, give_to_somebody])
def test_a_file_that_is_named_is_trusted(
    place: Path, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(place)
    monkeypatch.setenv("DB_ENV_FILE", str(place))
    assert get_settings().DB_HOST == "elsewhere"


def test_the_named_file_is_used_instead_of_the_one_that_is_found(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(place)
    other = place.with_name("other")
    other.write_text(COMPLETE.replace("elsewhere", "here"))
    other.chmod(0o600)
    monkeypatch.setenv("DB_ENV_FILE", str(other))
    assert get_settings().DB_HOST == "here"
    other.unlink()
    get_settings.cache_clear()
    with pytest.raises(ConfigurationError, match="other cannot be read"):
        get_settings()


def test_a_link_to_a_file_of_ones_own_is_followed(place: Path) -> None:
    written(place.with_name("secrets"))
    place.symlink_to("secrets")
    assert get_settings().DB_HOST == "elsewhere"


def test_the_owner_of_the_project_may_have_written_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container, another user id may own the checkout and all files in it."""
    give_to_somebody(place)
    root = next(folder for folder in place.parents if (folder / "pyproject.toml").exists())
    os.chown(root, SOMEBODY, SOMEBODY)
    assert get_settings().DB_HOST == "elsewhere"
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY + 1)
    os.chown(place, 0, 0)
    get_settings.cache_clear()
    assert get_settings().DB_HOST == "elsewhere"


@pytest.mark.parametrize(("mode", "is_told"), [(0o644, True), (0o604, True), (0o640, False)])
def test_a_password_that_everybody_may_read_is_warned_of(
    place: Path,
    caplog: pytest.LogCaptureFixture,
    mode: int,
    is_told: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    written(place, mode)
    get_settings()
    told = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage() for record in told] == (
        [f"{place} holds a password and everybody may read it: chmod 600 {place}"]
        if is_told
        else []
    )
    assert "hush" not in caplog.text


def test_a_file_without_a_password_is_not_warned_of(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place.write_text("DB_POOL_SIZE=2\n")
    place.chmod(0o644)
    with pytest.raises(ConfigurationError):
        get_settings()
    assert caplog.records == []


@pytest.mark.parametrize(("name", "value"), ADDRESSES.items())
def test_a_file_that_is_found_does_not_say_where_a_foreign_password_goes(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    place.write_text(f"{name}={value}\n")
    place.chmod(0o600)
    for given, text in {"DB_USER": "me", "DB_PASSWORD": "hush", "DB_NAME": "odds"}.items():
        monkeypatch.setenv(given, text)
    with pytest.raises(ConfigurationError, match=f"its {name} must not decide") as caught:
        get_settings()
    assert f"DB_ENV_FILE={place}" in caught.value.remedy
    assert "hush" not in str(caught.value)
    monkeypatch.setenv(name, value)  # The source of the password now gives the value, too.
    assert str(value) in str(get_settings().model_dump()[name]) or name == "DB_SCRATCH_URL"
    monkeypatch.delenv(name)
    get_settings.cache_clear()
    monkeypatch.setenv("DB_ENV_FILE", str(place))
    get_settings()


def test_a_password_that_a_program_gives_is_foreign_too(place: Path) -> None:
    written(place)
    with pytest.raises(ConfigurationError, match="its DB_HOST must not decide"):
        DatabaseSettings(DB_PASSWORD="hush")
    assert DatabaseSettings(DB_PASSWORD="hush", DB_HOST="here").DB_HOST == "here"
    assert DatabaseSettings().DB_HOST == "elsewhere"  # The file has its own password.


@pytest.mark.parametrize("name", ["DB_PASSWORD", "PGPASSWORD"])
def test_a_scratch_server_that_is_found_does_not_get_a_foreign_password(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    place.write_text("DB_SCRATCH_URL=postgresql://elsewhere/postgres\n")
    place.chmod(0o600)
    monkeypatch.setenv(name, "hush")
    with pytest.raises(ConfigurationError, match="its DB_SCRATCH_URL must not decide"):
        scratch_url()
    monkeypatch.delenv(name)
    assert scratch_url() is not None


def test_a_file_that_is_found_does_not_say_where_a_token_goes(place: Path) -> None:
    """The file is refused even if it has a password, because the user would be fetched."""
    place.write_text(
        "DB_PASSWORD=own\nDB_VAULT_PATH=secret/data/x\nDB_VAULT_ADDR=https://elsewhere\n"
    )
    place.chmod(0o600)
    with pytest.raises(ConfigurationError, match="its DB_VAULT_ADDR must not decide"):
        get_settings()


def test_what_says_nothing_of_the_address_may_be_found(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_text("DB_USER=me\nDB_NAME=odds\nDB_POOL_SIZE=2\n")
    place.chmod(0o600)
    monkeypatch.setenv("DB_PASSWORD", "hush")
    assert get_settings().DB_POOL_SIZE == 2
