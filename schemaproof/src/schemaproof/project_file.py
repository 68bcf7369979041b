"""Find the project in pyproject.toml, in the table ``[tool.schemaproof]``."""

from __future__ import annotations

import logging
import os
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schemaproof.alembic_file import script_location
from schemaproof.errors import ConfigurationError
from schemaproof.project import INI_SECTION, Project
from schemaproof.project_table import project_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "schemaproof"
TABLE: Final = f"[tool.{NAME}]"
_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FormerTable:
    """A former name of the table ``[tool.schemaproof]``; a notice is shown when it is used.

    Attributes:
        name: The name of the table, below ``[tool]``.
        defaults: The values of keys that are not set, by the project's attributes.
    """

    name: str
    defaults: Mapping[str, Any] = field(default_factory=dict)


def find_project(start: Path | None = None) -> Project:
    """Find the project that a folder belongs to, as :func:`look_for_project` does.

    Raises:
        ConfigurationError: There is no project, or :func:`look_for_project` raises the error.
    """
    if (found := look_for_project(start)) is None:
        raise ConfigurationError(
            f"no project found: there is no pyproject.toml with {TABLE}",
            remedy="run it in the project's folder, or add the table",
        )
    return found


def look_for_project(
    start: Path | None = None, former: FormerTable | None = None
) -> Project | None:
    """Find the project that a folder belongs to.

    Args:
        start: The folder; the working directory when omitted.
        former: The table to read when ``[tool.schemaproof]`` is missing.

    Returns:
        The project of the nearest pyproject.toml with such a table, in ``start`` or one of its
            parents; None when there is none.

    Raises:
        ConfigurationError: The table holds something unknown or of the wrong type, or a file on
            the way cannot be read.
    """
    try:
        folder = (start or Path.cwd()).resolve()
    except OSError as error:
        raise ConfigurationError(f"the working directory: {error.strerror}") from error
    for root in (folder, *folder.parents):
        if (project := _read(root, former)) is not None:
            return project
    return None


@cache
def repository(root: Path) -> Path:
    """Return the folder of a project's Git repository; without one, the project's folder."""
    here = root.resolve()
    return next((one for one in (here, *here.parents) if (one / ".git").exists()), here)


def _read(root: Path, former: FormerTable | None) -> Project | None:
    """Read the table of a folder; None when there is no such file or no such table in it."""
    file = root / "pyproject.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8 text") from error
    if NAME not in text and (former is None or former.name not in text):
        # The file has no table of this program, so its faults are reported by others.
        return None
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from error
    tables = tool if isinstance(tool, dict) else {}
    if NAME in tables:
        return _from_table(root, f"{file} {TABLE}", tables[NAME], {})
    if former is None or former.name not in tables:
        return None
    _notice(file, former.name)
    return _from_table(root, f"{file} [tool.{former.name}]", tables[former.name], former.defaults)


@cache
def _notice(file: Path, former: str) -> None:
    _LOGGER.warning(
        "%s: the table [tool.%s] is now called %s, and sets managed-schemas and roles; this"
        " version is the last that reads the old name",
        file,
        former,
        TABLE,
    )


def _from_table(root: Path, where: str, table: object, defaults: Mapping[str, Any]) -> Project:
    if not isinstance(table, dict):
        raise ConfigurationError(f"{where} should be a table")
    fields: dict[str, Any] = {**defaults, **project_fields(root, where, table)}
    location = script_location(
        root,
        fields.get("alembic_ini_at") or root / "alembic.ini",
        fields.get("ini_section") or INI_SECTION,
        fields.get("python"),
        table.get("script-location"),
    )
    return Project(**{"root": root, "environ": os.environ, **fields, "script_location": location})
