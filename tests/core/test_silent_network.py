"""A peer stops answering without closing the connection: every command and every wait ends."""

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import core.database
from core.config import DatabaseSettings
from schemaproof.connection.interrupt import interruptible
from schemaproof_testing.pooler import pooled
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database
from schemaproof_testing.silent_proxy import SilentProxy, silent_proxy
from tests.support.database_settings import settings_for
from tests.support.season_files import season, write

pytestmark = pytest.mark.slow
SOON: Final = {"DB_NETWORK_TIMEOUT": "1s", "DB_CONNECT_TIMEOUT": "2s", "DB_COMMAND_TIMEOUT": "2s"}
NEVER: Final = 100
"""Seconds after which a program counts as one that does not end."""
ON_EMPTY: Final = [["upgrade"], ["adopt"], ["status"]]
ON_MIGRATED: Final = [
    *(["check"], ["check", "--data"], ["status"], ["plan"], ["history"], ["roles"], ["adopt"]),
    *(["downgrade", "base", "--accept-data-loss"], ["import-legacy"], ["load", "sample"]),
    *(["show", "teams"], ["check", "--roles"], ["load", "odds", "season.csv"]),
]


def start(
    programs: Programs, arguments: list[str], environ: dict[str, str]
) -> subprocess.Popen[str]:
    return programs.start("monps-db", *arguments, **environ)


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    try:
        _, err = process.communicate(timeout=NEVER)
    finally:
        process.kill()
    return process.returncode, err


def check(proxy: SilentProxy, code: int, err: str) -> None:
    if not proxy.is_silent.is_set():
        pytest.skip(f"it sends {proxy.count} messages")
    assert code == 6, err
    assert err.splitlines()[-1].startswith("monps-db: ")
    assert "Traceback" not in err
    assert "nothing answers at" in err


@pytest.mark.parametrize("silent_at", [1, 2, 4, 9])
@pytest.mark.parametrize("arguments", ON_EMPTY, ids=" ".join)
def test_every_command_ends_on_an_empty_database(
    database: Database, programs: Programs, arguments: list[str], silent_at: int
) -> None:
    with silent_proxy(database, silent_at=silent_at) as (proxy, environ):
        check(proxy, *end(start(programs, arguments, {**environ, **SOON})))


@pytest.mark.parametrize("silent_at", [5, 11])
@pytest.mark.parametrize("arguments", ON_MIGRATED, ids=" ".join)
def test_every_command_ends_on_a_migrated_database(
    migrated: Database, programs: Programs, arguments: list[str], silent_at: int
) -> None:
    write(programs.folder / "season.csv", *season(20))
    with silent_proxy(migrated, silent_at=silent_at) as (proxy, environ):
        check(proxy, *end(start(programs, arguments, {**environ, **SOON})))


def is_copy(message: bytes) -> bool:
    return message[:1] == b"Q" and message[5:].lstrip().startswith(b"COPY ")


def is_data(message: bytes) -> bool:
    return message[:1] == b"d"


def is_commit(message: bytes) -> bool:
    return message[5:].startswith(b"COMMIT")


@pytest.mark.parametrize("takes", [True, False], ids=["taken", "stuck"])
@pytest.mark.parametrize("is_here", [is_copy, is_data, is_commit])
def test_a_load_ends_wherever_the_line_goes_silent(
    migrated: Database,
    programs: Programs,
    is_here: Callable[[bytes], bool],
    takes: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    write(programs.folder / "season.csv", *season(2000))
    with silent_proxy(migrated, is_here=is_here, takes=takes) as (proxy, environ):
        code, err = end(start(programs, ["load", "odds", "season.csv"], {**environ, **SOON}))
        assert proxy.is_silent.is_set()
        check(proxy, code, err)


PATIENT: Final = {"DB_NETWORK_TIMEOUT": "0", "DB_CONNECT_TIMEOUT": "2s"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("is_here", [is_data, is_commit, None])
def test_a_signal_ends_it(
    migrated: Database,
    programs: Programs,
    is_here: Callable[[bytes], bool] | None,
    number: signal.Signals,
) -> None:
    write(programs.folder / "season.csv", *season(2000))
    place: dict[str, Any] = {"silent_at": 12} if is_here is None else {"is_here": is_here}
    arguments = ["check"] if is_here is None else ["load", "odds", "season.csv"]
    with silent_proxy(migrated, **place) as (proxy, environ):
        process = start(programs, arguments, {**environ, **PATIENT})
        assert proxy.is_silent.wait(60)
        process.send_signal(number)
        assert end(process)[0] == 130


def test_the_second_signal_ends_it_at_once(migrated: Database, programs: Programs) -> None:
    write(programs.folder / "season.csv", *season(2000))
    with silent_proxy(migrated, is_here=is_data) as (proxy, environ):
        process = start(programs, ["load", "odds", "season.csv"], {**environ, **PATIENT})
        assert proxy.is_silent.wait(60)
        for number in (signal.SIGTERM, signal.SIGINT):
            time.sleep(0.5)
            process.send_signal(number)
        process.wait(5)
        assert end(process)[0] == 130


def patient_settings(environ: dict[str, str]) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**environ, **SOON})


def test_a_server_that_works_for_long_is_waited_for(database: Database, folder: Path) -> None:
    """The session may be behind a pooler, which gives its clients other process ids."""
    with pooled(database, folder) as through_pooler:
        for environ in (database.environ(), through_pooler):
            engine = core.database.create_sync_engine(patient_settings(environ))
            with interruptible(), engine.connect() as connection:
                assert connection.scalar(text("SELECT 1 FROM pg_sleep(4)")) == 1
            engine.dispose()


def test_a_lock_is_waited_for(database: Database) -> None:
    engine = core.database.create_sync_engine(settings_for(database, **SOON, DB_LOCK_TIMEOUT="3s"))
    with closing(database.connect()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")
        with interruptible(), engine.connect() as connection, pytest.raises(DBAPIError) as caught:
            connection.execute(text("SELECT pg_advisory_lock(1)"))
    assert getattr(caught.value.orig, "pgcode", None) == "55P03"
    engine.dispose()
