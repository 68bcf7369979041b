"""Alembic's configuration: alembic.ini, or ``[tool.alembic]`` of pyproject.toml.

Read without Alembic, whose import takes longer than the rest of a check.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from configparser import ConfigParser
from configparser import Error as IniError
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from schemaproof.errors import ConfigurationError
from schemaproof.project import INI_SECTION, Project

_URL: Final = "sqlalchemy.url"
ELSEWHERE: Final = ("version_locations", "recursive_version_locations", "sourceless")
"""With these, revisions are somewhere else than in the folder beside env.py."""
NAMES: Final = (*ELSEWHERE, "prepend_sys_path", "path_separator", "version_path_separator")
# The meanings of path_separator are those of Alembic
# (https://alembic.sqlalchemy.org/en/latest/tutorial.html#editing-the-ini-file).
_SEPARATORS: Final[Mapping[str, str]] = MappingProxyType(
    {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
)


def options(project: Project) -> Mapping[str, Any]:
    """Return the options for paths; the ini file takes precedence, as in Alembic.

    Raises:
        ConfigurationError: A file cannot be read.
    """
    # Only the paths are read, because a URL with a single % is valid as long as nobody interpolates
    # it.
    return {**_from_toml(project.pyproject), **_ini_values(project, NAMES)}


def working_folder(project: Project) -> Path:
    """Return the folder in which Alembic is called, the base of relative paths in its options.

    This is the folder of the ini file. The project's root is used instead when the ini file is in
    the folder of env.py (as with Flask-Migrate), or in a package, whose modules would hide others.
    """
    ini = project.alembic_ini
    inside = ini.parent == project.script_location or (ini.parent / "__init__.py").exists()
    return project.root if inside or not ini.exists() else ini.parent


def import_paths(project: Project) -> list[Path]:
    """Return the folders of the project's modules: ``prepend_sys_path``, then the root."""
    given = options(project)
    paths = given.get("prepend_sys_path") or []
    if isinstance(paths, str):
        separator = _SEPARATORS.get(str(given.get("path_separator")))
        # Without path_separator, Alembic splits at these characters.
        paths = paths.split(separator) if separator else re.split(r", *|(?: +)|:", paths)
    folder = working_folder(project)
    found = [(folder / path.strip()).resolve() for path in paths if path.strip()]
    return list(dict.fromkeys([*found, project.root.resolve()]))


def database_url(project: Project) -> str | None:
    """Return ``sqlalchemy.url`` of the ini file; None when it is not set.

    Raises:
        ConfigurationError: The file cannot be read, or a name in the URL stands for nothing.
    """
    return _ini_values(project, (_URL,)).get(_URL, "").strip() or None


def script_folders(project: Project) -> list[Path]:
    """Return the existing folders that contain files of the history."""
    given = options(project).get("version_locations") or []
    names = given if isinstance(given, list) else re.split(rf"[\s,{os.pathsep}]+", given)
    folder = working_folder(project)
    found = [project.script_location, *(folder / name for name in names if name)]
    return [one for one in found if one.is_dir()]


def are_named_by_env(project: Project) -> bool:
    """Whether env.py may set the folders of revisions: ``context.script.version_locations``."""
    env = project.script_location / "env.py"
    return env.is_file() and b"version_locations" in env.read_bytes()


def escaped(path: Path) -> str:
    """Escape a path for an ini file with interpolation."""
    return path.as_posix().replace("%", "%%")


def require_folder(project: Project) -> None:
    """Refuse a project without a folder of revisions.

    Raises:
        ConfigurationError: It does not exist.
    """
    if not project.script_location.is_dir():
        raise ConfigurationError(
            f"{project.script_location} is no folder",
            remedy="name the folder of env.py: script-location in [tool.schemaproof]",
        )


def _ini_values(project: Project, names: Iterable[str]) -> dict[str, str]:
    file, section = project.alembic_ini, project.ini_section
    parser = ConfigParser({"here": escaped(file.parent.absolute())})
    try:
        is_there = bool(parser.read(file, "utf-8"))
        found = {
            name: parser.get(section, name) for name in names if parser.has_option(section, name)
        }
    except (IniError, OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{file} cannot be read: {' '.join(str(error).split())}",
            remedy="correct it: a % that means itself is written %%",
        ) from error
    if section != INI_SECTION and not (is_there and parser.has_section(section)):
        raise ConfigurationError(
            f"{file} has no section {section}", remedy="correct ini-section in [tool.schemaproof]"
        )
    return found


def _from_toml(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get(INI_SECTION, {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error
    here = {"here": file.parent.absolute().as_posix()}
    return {name: _substituted(table[name], here) for name in NAMES if name in table}


def _substituted(value: Any, here: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_substituted(one, here) for one in value]
    return value % here if isinstance(value, str) else value
