"""A source of secrets refuses, fails or is silent: one line, its exit code, and no secret."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.config import DatabaseSettings
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database
from tests.support import aws as moto
from tests.support import openbao
from tests.support.aws import KEY, REGION, Aws
from tests.support.bad_secrets import CASES
from tests.support.openbao import ROOT_TOKEN, OpenBao
from tests.support.secret_keepers import SECRET, Keepers, a_pair

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenBao, Aws]]:
    with openbao.started(tmp_path_factory.mktemp("openbao")) as bao, moto.started() as aws:
        yield bao, aws


@pytest.mark.parametrize("name", CASES)
def test_the_programs_say_it_in_one_line(
    both: tuple[OpenBao, Aws], database: Database, programs: Programs, tmp_path: Path, name: str
) -> None:
    case, code, reason = CASES[name]
    with ExitStack() as stack:
        changes = case(Keepers(*both, tmp_path, stack))
        environ = {**database.environ(), "DB_USER": "", "DB_PASSWORD": "", **changes}
        told = programs.monps_db("check", **environ)
        debugged = programs.monps_db("--debug", "check", **environ)
    assert told.code == debugged.code == code, told.err
    lines = told.err.splitlines()
    # If settings are missing as well, there is a line for each.
    assert len(lines) == 1 or "should be" in told.err, told.err
    assert reason in told.err
    assert ": " in lines[0]
    for printed in (told.out, told.err, debugged.out, debugged.err):
        assert not any(secret in printed for secret in (SECRET, KEY, ROOT_TOKEN, "4711"))
    assert told.out == ""


@pytest.mark.parametrize("keeper", ["vault", "aws"])
def test_nothing_that_is_logged_holds_a_secret(
    both: tuple[OpenBao, Aws],
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    keeper: str,
) -> None:
    """Messages of libraries at level DEBUG contain no secret, either."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.NOTSET, logger="botocore")
    with ExitStack() as stack:
        on = Keepers(*both, tmp_path, stack)
        if keeper == "vault":
            environ = on.vault(on.bao.write("logged", username="me", password=SECRET))
        else:
            environ = on.secret(a_pair())
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        given = {**database.environ(), "DB_USER": "", "DB_PASSWORD": ""}
        caplog.clear()  # The log of the administrator's work is removed.
        settings = DatabaseSettings(_env_file=None, **given)
    assert settings.credentials.password == SECRET
    shown = caplog.text + repr(settings) + repr(settings.credentials) + repr(vars(settings))
    shown += repr(settings.credential_source) + settings.display_url
    assert not any(secret in shown for secret in (SECRET, KEY, ROOT_TOKEN))


def test_a_jump_of_the_clock_ends_no_lease(
    both: tuple[OpenBao, Aws], database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bao, aws = both
    with ExitStack() as stack:
        path = bao.lease_roles(database, 600)
        given = {**database.environ(), "DB_USER": "", "DB_PASSWORD": ""}
        environ = {**given, **Keepers(bao, aws, tmp_path, stack).vault(path)}
        settings = DatabaseSettings(_env_file=None, **environ)
        before = settings.credentials
        for jump in (-1e6, 1e6):
            monkeypatch.setattr("time.time", lambda jump=jump: 1.8e9 + jump)
            assert settings.credentials is before


def test_regions_are_named_as_moto_is_asked() -> None:
    """The table above names a region other than the one of this test."""
    assert REGION not in {"eu-north-1", "eu-wset-1"}
