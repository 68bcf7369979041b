"""Rename a schema in a snapshot, because each tenant's schema is compared with the same one."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from schemaproof.schema.database_objects import Schema, Snapshot
from schemaproof.schema.paths import ObjectPath, path

# PostgreSQL stores the body of a function as it was written, so nothing in it is renamed.
_BODY: Final = re.compile(r"(\$\w*\$.*?\$\w*\$)", re.DOTALL)
_AS_WRITTEN: Final = frozenset({"comment", "kind", "owner", "owner_role"})


def renamed(snapshot: Snapshot, old: str, new: str) -> Snapshot:
    """Return the expected schema under another name.

    Texts name objects with their schema. It is replaced for the objects in the snapshot; other
    objects in the schema (the functions of an extension) keep their names.

    Args:
        snapshot: The recorded schema.
        old: The name of the schema in the snapshot.
        new: The new name of the schema.
    """
    whole = next((one for one in snapshot.schemas if one.name == old), None)
    if whole is None or old == new:
        return snapshot
    own = sorted({_bare(name) for name in _names(whole)}, key=len, reverse=True)
    mention = re.compile(
        rf'(?<![\w$".]){re.escape(path(old))}\.({"|".join(map(re.escape, own))})(?![\w$"])'
    )
    put = f"{path(new)}."

    def in_text(text: str) -> str:
        parts = _BODY.split(text)
        parts[::2] = [mention.sub(lambda found: put + found[1], part) for part in parts[::2]]
        return "".join(parts)

    schemas = (replace(one, name=new) if one is whole else one for one in snapshot.schemas)
    ordered = tuple(sorted(schemas, key=lambda one: one.name))
    changed: Snapshot = _with_texts(replace(snapshot, schemas=ordered), in_text if own else str)
    return changed


def _names(schema: Schema) -> list[str]:
    return [
        *(one.name for one in schema.relations),
        *(index.name for one in schema.relations for index in one.indexes),
        *(one.name for one in schema.sequences),
        *(one.name for one in schema.objects),
    ]


def _bare(name: str) -> str:
    """Return a name as texts have it; that of a function without its arguments."""
    bare, _, arguments = name.partition("(")
    return bare if arguments else path(name)


def _with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value in which a function has changed every text."""
    if isinstance(value, ObjectPath):
        return ObjectPath.parse(change(value))
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_with_texts(one, change) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    parts = {
        field.name: _with_texts(getattr(value, field.name), change)
        for field in fields(value)
        if field.name not in _AS_WRITTEN
    }
    return replace(value, **parts)
