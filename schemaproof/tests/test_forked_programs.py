"""Programs that the tests fork behave like programs that are started."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from schemaproof_testing import forked_programs
from schemaproof_testing.project import Programs, make_workspace

SCHEMAPROOF = str(Path(sys.executable).with_name("schemaproof"))


@pytest.mark.parametrize("arguments", ["--version", "nonsense", "status", "check --offline -h"])
def test_a_fork_ends_and_prints_as_a_program_that_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    programs = Programs(make_workspace(tmp_path), {"DATABASE_URL": "nothing", "COLUMNS": "70"})
    forked = programs.run("schemaproof", *arguments.split())
    monkeypatch.setattr(forked_programs, "can_run", lambda *_: False)
    assert programs.run("schemaproof", *arguments.split()) == forked
    assert forked.text


def test_its_output_may_be_one_that_takes_nothing(tmp_path: Path) -> None:
    environ = {"LC_ALL": forked_programs.LOCALE, "PATH": os.environ["PATH"]}
    with Path("/dev/full").open("wb") as full:
        done = forked_programs.forks().run(
            [SCHEMAPROOF, "--help"], environ, tmp_path, full.fileno()
        )
    assert (done.returncode, done.stdout) == (6, "")
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize(
    ("program", "environ"),
    [("schemaproof", {"PYTHONPATH": "."}), ("schemaproof", {"COVERAGE": "1"}), ("python", {})],
)
def test_what_asks_for_a_python_of_its_own_is_started(
    program: str, environ: Mapping[str, str]
) -> None:
    usual = {"LC_ALL": forked_programs.LOCALE}
    assert forked_programs.can_run([SCHEMAPROOF], usual)
    assert not forked_programs.can_run([program], {**usual, **environ})
    assert not forked_programs.can_run([SCHEMAPROOF], {"LC_ALL": "C"})
