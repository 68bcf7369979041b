"""Triggers, functions, types and whatever else is told by the statement that creates it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemaproof.compare.difference import Difference
from schemaproof.compare.tools import attributes, pairs_by, shown
from schemaproof.schema.shapes import DatabaseObject

ATTRIBUTES: Final = {
    "definition": "definition",
    "enabled": "enabled",
    "owner": "owner",
    "privileges": "privileges",
    "comment": "comment",
}

_DEFAULTS: Final = "default-privileges"
Objects = tuple[DatabaseObject, ...]


def compare_objects(parent: str, expected: Objects, actual: Objects) -> Iterator[Difference]:
    """Compare the objects within one table, schema or database.

    Args:
        parent: The path of what they are in; empty for a database.
        expected: As they should be.
        actual: As they are.
    """
    if expected == actual:
        return
    for wanted, found in pairs_by(identity, expected, actual):
        if wanted is not None and found is not None:
            yield from attributes(object_path(parent, wanted), wanted, found, _codes(wanted))
        elif wanted is not None:
            code = f"{wanted.kind}-missing"
            yield Difference(code, object_path(parent, wanted), _described(wanted), None)
        elif found is not None and not found.optional:
            code = f"{found.kind}-unexpected"
            yield Difference(code, object_path(parent, found), None, _described(found))


def identity(item: DatabaseObject) -> tuple[str, str]:
    """Return what tells an object from its siblings."""
    return item.kind, item.name


def object_path(parent: str, item: DatabaseObject) -> str:
    """Return the path of an object; what is in no schema begins with its kind."""
    return f"{parent}.{item.name}" if parent else f"{item.kind} {item.name}"


def _described(item: DatabaseObject) -> str:
    """Return the statement that creates it; what default privileges grant."""
    granted = shown(item.privileges) if item.kind == _DEFAULTS else None
    return granted or str(item.definition)


def _codes(item: DatabaseObject) -> dict[str, str]:
    codes = {attribute: f"{item.kind}-{what}" for attribute, what in ATTRIBUTES.items()}
    if item.kind == _DEFAULTS:
        codes["privileges"] = codes["definition"]
    return codes
