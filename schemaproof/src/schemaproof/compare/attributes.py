"""Compare the attributes of one object."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemaproof.compare.difference import Difference
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.values import UNNAMED_PARTS, Grant, SqlText

Grants = tuple[Grant, ...] | None


def attributes(
    path: ObjectPath, expected: Any, actual: Any, codes: Mapping[str, Code]
) -> Iterator[Difference]:
    """Compare the attributes that ``codes`` names, each with the code of its difference."""
    for attribute, code in codes.items():
        one, other = getattr(expected, attribute), getattr(actual, attribute)
        if not _same(one, other):
            textual = isinstance(one, SqlText) and isinstance(other, SqlText)
            yield Difference(code, path, shown(one), shown(other), textual=textual)


def shown(value: Any) -> str | None:
    """Format a value for a report."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(str(item) for item in value) or "none"
    return str(value)


def differing(expected: Any, actual: Any, codes: Mapping[str, Code]) -> set[str]:
    """Return the attributes named in ``codes`` that differ."""
    return {
        attribute
        for attribute in codes
        if not _same(getattr(expected, attribute), getattr(actual, attribute))
    }


def same_grants(expected: Grants, actual: Grants) -> bool:
    """Whether the grants on an object are as expected.

    Each environment decides the privileges of the project's roles (the command ``roles`` compares
    them), unless a revision grants some.
    """
    decided_here = {grant.part for grant in expected or ()} | UNNAMED_PARTS
    counted = tuple(grant for grant in actual or () if grant.part in decided_here)
    if actual and not counted:
        return not expected
    return expected == (None if actual is None else counted)


def _same(one: Any, other: Any) -> bool:
    # Almost all values are equal, so the cheap comparison comes first.
    if one == other:
        return True
    if isinstance(one, SqlText) and isinstance(other, SqlText):
        return one.same_as(other)
    if isinstance(one, tuple) or isinstance(other, tuple):
        return same_grants(one, other)
    return False
