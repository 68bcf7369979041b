"""Find the project's Python, as other tools do."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from schemaproof.errors import ConfigurationError

_FOLDERS: Final = (".venv", "venv")
_REMEDY: Final = "name it in [tool.schemaproof]: python = '.venv/bin/python'"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python interpreter of the project.

    Attributes:
        path: The path of its program; links are not followed, because a link leads out of a
            virtual environment.
        found_by: The setting, variable or folder that led to it.
    """

    path: Path
    found_by: str


def find_interpreter(root: Path, given: Path | None, environ: Mapping[str, str]) -> Interpreter:
    """Return the Python that the project's code runs with.

    The configuration may name it. Otherwise it is the first of these that has Alembic: the Python
    of a virtual environment beside pyproject.toml, of the active one, and the Python that runs this
    program.

    Args:
        root: The project's folder.
        given: The Python that the configuration names; None when it names none.
        environ: The environment variables, one of which names an active virtual environment.

    Raises:
        ConfigurationError: The named Python is not a program, or no Python with Alembic was found.
    """
    if given is not None:
        if not os.access(given, os.X_OK):
            raise ConfigurationError(f"{given} is not a program", remedy=_REMEDY)
        return Interpreter(given, "python in [tool.schemaproof]")
    looked_at = [*_candidates(root, environ)]
    for found in looked_at:
        if _has_alembic(found.path):
            return found
    if find_spec("alembic") is not None:
        return Interpreter(Path(sys.executable), "this program")
    places = ", ".join(str(found.path) for found in looked_at) or "no virtual environment"
    raise ConfigurationError(
        f"no Python with Alembic was found for the project ({places})", remedy=_REMEDY
    )


def site_packages(interpreter: Path) -> list[Path]:
    """Return the folder of the packages of a virtual environment."""
    return sorted(interpreter.parent.parent.glob("lib/python3*/site-packages"))


def module_folders(interpreter: Path) -> list[Path]:
    """Return the folders of a virtual environment's modules, including those in .pth files."""
    packages = site_packages(interpreter)
    linked = [
        Path(line.strip())
        for folder in packages
        for file in sorted(folder.glob("*.pth"))
        for line in file.read_text("utf-8", "replace").splitlines()
        if line.startswith("/")
    ]
    return [*packages, *linked]


def _candidates(root: Path, environ: Mapping[str, str]) -> Iterator[Interpreter]:
    for folder in _FOLDERS:
        path = root / folder / "bin" / "python"
        if path.exists():
            yield Interpreter(path, folder)
    if active := environ.get("VIRTUAL_ENV"):
        # The variable may name the environment of another project, so it comes last.
        yield Interpreter(Path(active, "bin", "python"), "VIRTUAL_ENV")


def _has_alembic(interpreter: Path) -> bool:
    """Whether a Python has Alembic, found without starting it."""
    return any((folder / "alembic").is_dir() for folder in site_packages(interpreter)) and (
        os.access(interpreter, os.X_OK)
    )
