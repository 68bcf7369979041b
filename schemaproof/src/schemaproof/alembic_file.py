"""Alembic's configuration as text: alembic.ini, or ``[tool.alembic]`` of pyproject.toml.

Alembic is not imported, because its import takes longer than the rest of a check.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from configparser import ConfigParser
from configparser import Error as IniError
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from schemaproof.errors import ConfigurationError
from schemaproof.interpreter import find_interpreter, module_folders
from schemaproof.project import INI_SECTION

_LOCATION: Final = "script_location"


def ini_values(file: Path, section: str, names: Iterable[str]) -> dict[str, str]:
    """Return the options of an ini file that have one of these names and are set.

    Raises:
        ConfigurationError: The file cannot be read, or has no such section.
    """
    parser = ConfigParser({"here": escaped(file.parent.absolute())})
    try:
        is_there = bool(parser.read(file, "utf-8"))
        found = {
            name: parser.get(section, name) for name in names if parser.has_option(section, name)
        }
    except (IniError, OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{file} cannot be read: {' '.join(str(error).split())}",
            remedy="correct it: write %% for a literal %",
        ) from error
    if section != INI_SECTION and not (is_there and parser.has_section(section)):
        raise ConfigurationError(
            f"{file} has no section {section}", remedy="correct ini-section in [tool.schemaproof]"
        )
    return found


def toml_values(file: Path, names: Iterable[str]) -> dict[str, Any]:
    """Return the options of ``[tool.alembic]`` that have one of these names and are set.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get(INI_SECTION, {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error
    here = {"here": file.parent.absolute().as_posix()}
    return {name: _substituted(table[name], here) for name in names if name in table}


def _substituted(value: Any, here: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_substituted(one, here) for one in value]
    return value % here if isinstance(value, str) else value


def escaped(path: Path) -> str:
    """Escape a path for an ini file with interpolation."""
    return path.as_posix().replace("%", "%%")


def script_location(
    root: Path, ini: Path, section: str, python: Path | None, given: str | None
) -> Path:
    """Return the folder of env.py.

    Args:
        root: The project's folder.
        ini: Alembic's ini file; it need not exist.
        section: The section of the ini file.
        python: The project's Python; None when the configuration names none.
        given: The folder that ``[tool.schemaproof]`` names; None to use Alembic's
            ``script_location`` or else ``migrations``.

    Raises:
        ConfigurationError: A file cannot be read, or there is no such package.
    """
    if given is not None:
        return place(given, root, root, python)
    named = ini_values(ini, section, (_LOCATION,)).get(_LOCATION)
    if named is not None:
        # Relative to where Alembic is called, which is the folder of the ini file, unless that is
        # in a package.
        at_root = place(named, root, root, python)
        return at_root if at_root.is_dir() else place(named, ini.parent, root, python)
    in_toml = toml_values(root / "pyproject.toml", (_LOCATION,)).get(_LOCATION)
    return place(str(in_toml or "migrations"), root, root, python)


def place(text: str, base: Path, root: Path, python: Path | None) -> Path:
    """Return a folder as Alembic understands its name: a path, or ``package:path``.

    Args:
        text: The name of the folder in Alembic's configuration.
        base: The folder that a relative path starts from.
        root: The project's folder.
        python: The project's Python, if the configuration names one.

    Raises:
        ConfigurationError: There is no such package.
    """
    package, colon, rest = text.partition(":")
    if not colon or Path(text).is_absolute():
        return base / text
    below = Path(*package.split("."), rest)
    folders = [root, root / "src", base]
    # Where no interpreter is found, the functions that need one raise the error.
    with suppress(ConfigurationError):
        folders += module_folders(find_interpreter(root, python, os.environ).path)
    found = (folder / below for folder in folders if (folder / below).is_dir())
    if (there := next(found, None)) is None:
        raise ConfigurationError(
            f"there is no folder {text}, which Alembic's configuration names",
            remedy="name the folder of env.py: script-location in [tool.schemaproof]",
        )
    return there
