"""Repair default privileges."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from schemaproof.compare.objects import object_path
from schemaproof.findings.steps import Step
from schemaproof.repair import access
from schemaproof.repair.access import Roles, Target
from schemaproof.schema.database_objects import DatabaseObject
from schemaproof.schema.kinds import DEFAULT_PRIVILEGES
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.values import Grant
from schemaproof.sql import quoting

_NAME: Final = re.compile("^for (.*) on (.*)$")


def repair_default_privileges(
    parent: ObjectPath,
    schema: str,
    wanted: DatabaseObject | None,
    found: DatabaseObject | None,
    roles: Roles,
) -> Iterator[Step]:
    """Yield the steps that repair default privileges.

    Args:
        parent: The path of the schema; empty for every schema.
        schema: The schema, quoted; empty for every schema.
        wanted: The expected ones; None for the usual ones.
        found: The actual ones; None for the usual ones.
        roles: The role of each part.
    """
    item = wanted or found
    match = _NAME.match(item.name) if item else None
    if item is None or match is None:
        return
    holder = _holder(match[1], found, roles)
    if holder is None:
        return
    within = f" IN SCHEMA {schema}" if schema else ""
    target = Target(
        object_path(parent, item),
        match[2].upper(),
        "",
        prefix=f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoting.name(holder)}{within} ",
        usual=not schema,
    )
    expected = wanted.privileges if wanted else None
    actual = found.privileges if found else None
    yield from access.privileges(target, expected, actual, replace(roles, owner=holder))


def given(objects: Iterable[DatabaseObject]) -> dict[str, tuple[Grant, ...]]:
    """Return the owner's default privileges by kind of object."""
    start = "for the owner on "
    return {
        item.name.removeprefix(start): item.privileges
        for item in objects
        if item.kind == DEFAULT_PRIVILEGES.name and item.name.startswith(start) and item.privileges
    }


def _holder(part: str, found: DatabaseObject | None, roles: Roles) -> str | None:
    if found is not None and found.holder is not None:
        return found.holder
    return roles.owner if part == "the owner" else roles.parts.get(part)
