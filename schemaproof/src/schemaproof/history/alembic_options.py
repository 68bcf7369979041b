"""Alembic's configuration: alembic.ini, or ``[tool.alembic]`` of pyproject.toml.

The files are read without Alembic, whose import takes longer than the rest of a check.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from schemaproof.alembic_file import ini_values, place, toml_values
from schemaproof.errors import ConfigurationError
from schemaproof.project import Project

_URL: Final = "sqlalchemy.url"
ELSEWHERE: Final = ("version_locations", "recursive_version_locations", "sourceless")
"""Options that place revisions somewhere else than in the folder beside env.py."""
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
    found = ini_values(project.alembic_ini, project.ini_section, NAMES)
    return {**toml_values(project.pyproject, NAMES), **found}


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
        ConfigurationError: The file cannot be read, or a placeholder in the URL has no value.
    """
    found = ini_values(project.alembic_ini, project.ini_section, (_URL,))
    return found.get(_URL, "").strip() or None


def script_folders(project: Project) -> list[Path]:
    """Return the existing folders that contain files of the history."""
    given = options(project)
    names = given.get("version_locations") or []
    if isinstance(names, str):
        separator = given.get("path_separator") or given.get("version_path_separator")
        known = _SEPARATORS.get(str(separator))
        names = names.split(known) if known else re.split(r", *|\s+", names)
    folder = working_folder(project)
    places = (place(name.strip(), folder, project.root, project.python) for name in names if name)
    return [one for one in (project.script_location, *places) if one.is_dir()]


def are_named_by_env(project: Project) -> bool:
    """Whether env.py may set the folders of revisions: ``context.script.version_locations``."""
    env = project.script_location / "env.py"
    return env.is_file() and b"version_locations" in env.read_bytes()


def require_folder(project: Project) -> None:
    """Refuse a project without a folder of revisions.

    Raises:
        ConfigurationError: The folder does not exist.
    """
    if not project.script_location.is_dir():
        raise ConfigurationError(
            f"{project.script_location} is not a folder",
            remedy="name the folder of env.py: script-location in [tool.schemaproof]",
        )
