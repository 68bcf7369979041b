"""Find the programs of PostgreSQL."""

from pathlib import Path

import pytest

from schemaproof.errors import LocalServerError
from schemaproof.scratch.choice import (
    BROUGHT,
)
from schemaproof.scratch.embedded.binaries import Binaries
from schemaproof.scratch.providers import (
    CELERP,
    DEBIAN,
    EMBEDDED,
    IN_PATH,
    PIXELTABLE,
    Provider,
    find_providers,
    required,
)


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
    with pytest.raises(LocalServerError, match="does not report its version"):
        _ = postgres_that_says(tmp_path, "something else").major


INSTALLED = [(EMBEDDED, 18), (CELERP, 17), (PIXELTABLE, 16), (PIXELTABLE, 18)]


@pytest.mark.parametrize(("name", "major"), INSTALLED)
def test_programs_of_a_wheel_are_of_the_major_version_that_it_names(name: str, major: int) -> None:
    binaries = required(name, major).binaries
    assert binaries.major == major
    programs = [
        binaries.postgres,
        binaries.initdb,
        binaries.pg_ctl,
        binaries.psql,
        binaries.pg_dump,
    ]
    assert [program.name for program in programs if not program.exists()] == []


def test_every_wheel_is_found_with_what_create_extension_finds_in_it() -> None:
    found = {(one.name, one.major): one.extensions for one in find_providers()}
    assert set(INSTALLED) <= set(found)
    for name, brought in BROUGHT.items():
        (extensions,) = (found[key] for key in INSTALLED if key[0] == name)
        assert brought <= extensions
    assert "citext" not in found[PIXELTABLE, 18]
    assert all("plpgsql" in extensions for extensions in found.values())


def test_debians_packages_are_found_by_their_folders(tmp_path: Path) -> None:
    for version in ("15", "17", "17-old"):
        programs = tmp_path / "usr/lib/postgresql" / version / "bin"
        programs.mkdir(parents=True)
        (programs / "postgres").touch()
    # This folder contains clients only.
    (tmp_path / "usr/lib/postgresql/16/bin").mkdir(parents=True)
    share = tmp_path / "usr/share/postgresql/17/extension"
    share.mkdir(parents=True)
    (share / "uuid-ossp.control").touch()
    found = [one for one in find_providers(tmp_path) if one.name == DEBIAN]
    assert {(one.major, one.extensions) for one in found} == {
        (15, frozenset()),
        (17, frozenset({"uuid-ossp"})),
    }


def program(folder: Path, name: str, *lines: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(["#!/bin/sh", *lines]))
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("has_pg_config", [True, False])
def test_the_installation_in_path_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_pg_config: bool
) -> None:
    programs, share = tmp_path / "pg/bin", tmp_path / "pg/share"
    program(programs, "postgres", "echo 'postgres (PostgreSQL) 17.2'")
    if has_pg_config:
        program(tmp_path / "of-libpq", "pg_config", f"echo {programs}", f"echo {share}",
                "echo PostgreSQL 17.2")  # fmt: skip
    (share / "extension").mkdir(parents=True)
    (share / "extension" / "hstore.control").touch()
    monkeypatch.setenv("PATH", f"{tmp_path / 'of-libpq'}:{programs}")
    (found,) = (one for one in find_providers(tmp_path) if one.name == IN_PATH)
    assert (found.major, found.directory, found.extensions) == (
        17,
        programs,
        frozenset({"hstore"}),
    )


def test_pg_config_without_a_server_is_no_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "pg_config", "echo /nowhere", "echo /nowhere", "echo PostgreSQL 17.2")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [one for one in find_providers(tmp_path) if one.name == IN_PATH] == []


def here(name: str, major: int, *extensions: str) -> Provider:
    return Provider(name, major, Path("/nowhere"), frozenset(extensions))
