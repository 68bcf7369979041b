"""Which project is looked after: the table ``[tool.schemaproof]`` of its pyproject.toml."""

from __future__ import annotations

import logging
import os
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schemaproof.errors import ConfigurationError
from schemaproof.project import Project
from schemaproof.schema import hypertable, partitioning

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "schemaproof"
TABLE: Final = f"[tool.{NAME}]"
PATHS: Final = ("script-location", "alembic-ini", "scratch-sql", "baseline", "python")
LISTS: Final = (
    *("managed-schemas", "shared-schemas", "ignore", "x-arguments", "database-variables"),
    *("lint-ignore", "lint-enable", "owner-reads", "tenants"),
)
TABLES: Final = ("roles", "settings", "partitions", "hypertables")
DIVIDED: Final = {"partitions": partitioning, "hypertables": hypertable}
TABLE_NAMES: Final = {
    "version-table": "public.alembic_version",
    "ledger-table": "public.schemaproof_ledger",
}
TEXTS: Final = {
    "scratch": "a provider of PostgreSQL, a URL, or the name of a variable",
    "url": "the name of a variable, or text such as 'shop.settings:database_url'",
    "start": "a function as text such as 'shop.models:create_all', or a file of SQL",
    "tenant-schema": "the name of a schema",
    "prefix": "a short word of letters, digits, _ and -",
}
NUMBERS: Final = {"postgresql": "a major version of PostgreSQL, such as 17"}
SEVERAL: Final = {
    "metadata": "'models:Base.metadata'",
    "objects": "'shop.views:VIEWS'",
    "target": "'main@head'",
}
KEYS: Final = (*SEVERAL, *TABLE_NAMES, *PATHS, *LISTS, *TABLES, *TEXTS, *NUMBERS)

_NAME: Final = r'"(?:[^"]|"")+"|[^".\s]+'
_TABLE_NAME: Final = re.compile(rf"(?:({_NAME})\.)?({_NAME})")
_PREFIX: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FormerTable:
    """What the table was called before; it is read with a notice.

    Attributes:
        name: Its name, below ``[tool]``.
        defaults: What holds where it does not say, by the attribute of the project.
    """

    name: str
    defaults: Mapping[str, Any] = field(default_factory=dict)


def find_project(start: Path | None = None) -> Project:
    """Find the project that a folder belongs to, as :func:`look_for_project` does.

    Raises:
        ConfigurationError: Also where there is none.
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
    """Look for the project that a folder belongs to.

    Args:
        start: The folder; the working directory when omitted.
        former: A table that is read where ours is not there.

    Returns:
        What the nearest pyproject.toml with our table says, in ``start`` or one of its parents;
        None where there is none.

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
    """Return the folder of the Git repository that a project is in; its own where it is in none."""
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
        # Somebody else's file: whatever is wrong with it does not concern us.
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
        "%s: the table [tool.%s] is called %s now, and names its managed-schemas and roles; the old"
        " name is read for this version only",
        file,
        former,
        TABLE,
    )


_FIELDS: Final = {"alembic-ini": "alembic_ini_at", "baseline": "baseline_file"}


def _from_table(root: Path, where: str, table: object, defaults: Mapping[str, Any]) -> Project:
    if not isinstance(table, dict):
        raise ConfigurationError(f"{where} should be a table")
    if unknown := [key for key in table if key not in KEYS]:
        raise ConfigurationError(
            f"{where}: unknown key {unknown[0]!r}",
            remedy=f"known keys are {', '.join(sorted(KEYS))}",
        )
    given: dict[str, Any] = {
        _FIELDS.get(key, key.replace("-", "_")): _checked(root, where, key, value)
        for key, value in table.items()
    }
    usual = {"root": root, "script_location": root / "migrations", "environ": os.environ}
    return Project(**{**usual, **defaults, **given})


def _checked(root: Path, where: str, key: str, value: object) -> object:
    """Return an entry of the table as ``Project`` stores it.

    Raises:
        ConfigurationError: The value is of the wrong type or shape.
    """
    shape = "a list of names"
    if key in LISTS and isinstance(value, list) and all(map(_is_text, value)):
        return tuple(value)
    if key in PATHS:
        if isinstance(value, str) and value:
            return root / value
        shape = "a folder's path" if key == "script-location" else "a file's path"
    elif key in TABLE_NAMES:
        if isinstance(value, str) and (name := _TABLE_NAME.fullmatch(value)):
            return (_unquoted(name[1] or "public"), _unquoted(name[2]))
        shape = f"a table's name, such as {TABLE_NAMES[key]!r}"
    elif key in SEVERAL:
        several = value if isinstance(value, list) else [value]
        is_one = _is_text if key == "target" else _names_attribute
        if several and all(map(is_one, several)):
            return tuple(several)
        shape = f"text such as {SEVERAL[key]}, or a list of such texts"
    elif key in TABLES:
        pairs = _checked_table(where, key, value)
        return _divided(where, key, pairs) if key in DIVIDED else pairs
    else:
        shape = {**TEXTS, **NUMBERS}.get(key, shape)
        is_wanted = _PREFIX.fullmatch if key == "prefix" else bool
        if (key in TEXTS and isinstance(value, str) and is_wanted(value)) or (
            key in NUMBERS and type(value) is int
        ):
            return value
    raise ConfigurationError(f"{where}: {key} should be {shape}, not {value!r}")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _checked_table(where: str, key: str, value: object) -> tuple[tuple[str, str], ...]:
    """Check a table of names; ``roles`` is written by part and kept by role."""
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where}: {key} should be a table, not {value!r}")
    pairs: list[tuple[str, str]] = []
    for name, given in value.items():
        names = given if isinstance(given, list) and key == "roles" else [given]
        if not all(isinstance(one, str) and one for one in names):
            raise ConfigurationError(f"{where}: {key}.{name} should be text, not {given!r}")
        pairs.extend((one, name) if key == "roles" else (name, one) for one in names)
    return tuple(sorted(pairs))


def _divided(where: str, key: str, pairs: tuple[tuple[str, str], ...]) -> tuple[object, ...]:
    """Read what is said of tables that are divided by time."""
    found: list[object] = []
    for table, text in pairs:
        name = _TABLE_NAME.fullmatch(table)
        names = name and (_unquoted(name[1] or "public"), _unquoted(name[2]))
        if not names or (one := DIVIDED[key].declared(names, text)) is None:
            raise ConfigurationError(
                f"{where}: {key}.{table} should be the name of a table and text such as"
                f" {DIVIDED[key].SHAPE}, not {text!r}"
            )
        found.append(one)
    return tuple(found)


def _names_attribute(value: object) -> bool:
    return isinstance(value, str) and all(value.partition(":"))
