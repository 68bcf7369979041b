"""The keys of the table ``[tool.schemaproof]``, their types, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from schemaproof.errors import ConfigurationError
from schemaproof.schema import hypertable, partitioning

_NAME: Final = r'"(?:[^"]|"")+"|[^".\s]+'
_TABLE_NAME: Final = re.compile(rf"(?:({_NAME})\.)?({_NAME})")
_PREFIX: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_Reader: TypeAlias = Callable[[Path, Any], object | None]
"""A function that turns a value of the table into the value that ``Project`` holds; it gets the
folder of the file, too, and returns None for a value of the wrong type or shape."""


class _WrongPartError(Exception):
    """A part of the table is wrong: its key, its expected form, and its value."""


def project_fields(root: Path, where: str, table: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of ``Project`` that a table sets.

    Args:
        root: The folder of the table's file.
        where: The name of the table in messages.
        table: The keys and values of the table.

    Raises:
        ConfigurationError: A key is unknown, or a value is of the wrong type or shape.
    """
    if unknown := [key for key in table if key not in _ENTRIES]:
        raise ConfigurationError(
            f"{where}: unknown key {unknown[0]!r}", remedy=f"known keys are {', '.join(KEYS)}"
        )
    return {
        _FIELDS.get(key, key.replace("-", "_")): _value(root, where, key, value)
        for key, value in table.items()
    }


def _value(root: Path, where: str, key: str, value: object) -> object:
    read, shape = _ENTRIES[key]
    wrong = key, shape, value
    try:
        if (found := read(root, value)) is not None:
            return found
    except _WrongPartError as error:
        part, *others = error.args
        wrong = f"{key}.{part}", *others
    at, shape, value = wrong
    raise ConfigurationError(f"{where}: {at} should be {shape}, not {value!r}")


def _text(_: Path, value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _names(root: Path, value: object) -> tuple[str, ...] | None:
    is_list = isinstance(value, list) and all(_text(root, one) for one in value)
    return tuple(value) if is_list else None  # type: ignore[arg-type]


def _one_or_several(root: Path, value: object) -> tuple[str, ...] | None:
    return _names(root, value if isinstance(value, list) else [value]) or None


def _attributes(root: Path, value: object) -> tuple[str, ...] | None:
    """Read one ``module:attribute``, or a list of them."""
    found = _one_or_several(root, value) or ()
    return found if found and all(all(one.partition(":")) for one in found) else None


def _path(root: Path, value: object) -> Path | None:
    return root / value if isinstance(value, str) and value else None


def _prefix(_: Path, value: object) -> str | None:
    return value if isinstance(value, str) and _PREFIX.fullmatch(value) else None


def _number(_: Path, value: object) -> int | None:
    return value if type(value) is int else None  # isinstance() would accept True as a number.


def _table_name(_: Path, value: object) -> tuple[str, str] | None:
    found = _TABLE_NAME.fullmatch(value) if isinstance(value, str) else None
    return (_unquoted(found[1] or "public"), _unquoted(found[2])) if found else None


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _pairs(root: Path, value: object) -> tuple[tuple[str, str], ...] | None:
    if not isinstance(value, dict):
        return None
    for name, text in value.items():
        if not _text(root, text):
            raise _WrongPartError(name, "text", text)
    return tuple(sorted(value.items()))


def _roles(root: Path, value: object) -> tuple[tuple[str, str], ...] | None:
    """Return the part of each role; the table in the file lists the roles of each part."""
    if not isinstance(value, dict):
        return None
    for part, given in value.items():
        if given != [] and not _one_or_several(root, given):
            raise _WrongPartError(part, "text", given)
    several = {part: _one_or_several(root, given) or () for part, given in value.items()}
    return tuple(sorted((role, part) for part, roles in several.items() for role in roles))


def _by_table(
    declared: Callable[[tuple[str, str], str], object], shape: str, root: Path, value: object
) -> tuple[object, ...] | None:
    """Read the declarations of several tables."""
    found: list[object] = []
    for table, text in (pairs := _pairs(root, value)) or ():
        name = _table_name(root, table)
        if name is None or (one := declared(name, text)) is None:
            raise _WrongPartError(table, f"the name of a table and text such as {shape}", text)
        found.append(one)
    return None if pairs is None else tuple(found)


def _such_as(example: str) -> str:
    return f"text such as {example}, or a list of such texts"


_FIELDS: Final = {"alembic-ini": "alembic_ini_at", "baseline": "baseline_file"}
_LISTS: Final = (
    *("managed-schemas", "shared-schemas", "ignore", "x-arguments", "database-variables"),
    *("lint-ignore", "lint-enable", "owner-reads", "tenants"),
)
_ENTRIES: Final[Mapping[str, tuple[_Reader, str]]] = {
    "metadata": (_attributes, _such_as("'models:Base.metadata'")),
    "objects": (_attributes, _such_as("'shop.views:VIEWS'")),
    "target": (_one_or_several, _such_as("'main@head'")),
    "version-table": (_table_name, "a table's name, such as 'public.alembic_version'"),
    "ledger-table": (_table_name, "a table's name, such as 'public.schemaproof_ledger'"),
    "script-location": (_path, "a folder's path"),
    **dict.fromkeys(("alembic-ini", "scratch-sql", "baseline"), (_path, "a file's path")),
    "python": (_path, "a file's path"),
    **dict.fromkeys(_LISTS, (_names, "a list of names")),
    "roles": (_roles, "a table"),
    **dict.fromkeys(("settings", "attributes"), (_pairs, "a table")),
    "partitions": (partial(_by_table, partitioning.declared, partitioning.SHAPE), "a table"),
    "hypertables": (partial(_by_table, hypertable.declared, hypertable.SHAPE), "a table"),
    "scratch": (_text, "a provider of PostgreSQL, a URL, or the name of a variable"),
    "url": (_text, "the name of a variable, or text such as 'shop.settings:database_url'"),
    "start": (_text, "a function as text such as 'shop.models:create_all', or a file of SQL"),
    "tenant-schema": (_text, "the name of a schema"),
    "ini-section": (_text, "the name of a section of Alembic's configuration file"),
    "prefix": (_prefix, "a short word of letters, digits, _ and -"),
    "postgresql": (_number, "a major version of PostgreSQL, such as 17"),
}
KEYS: Final = tuple(sorted(_ENTRIES))
