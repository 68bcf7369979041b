"""Primary keys, uniques, foreign keys, checks and exclusion constraints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from introspection.compare.difference import Difference
from introspection.compare.tools import attributes, pairs
from introspection.paths import path
from introspection.shapes import Constraint, Relation

ATTRIBUTES: Final = {"definition": "changed", "comment": "comment"}


def compare_constraints(schema: str, expected: Relation, actual: Relation) -> Iterator[Difference]:
    """Compare the constraints of one table; a code begins with the kind of the constraint."""
    for wanted, found in pairs(expected.constraints, actual.constraints):
        if wanted is not None:
            where = path(schema, expected.name, wanted.name)
            if found is None:
                yield Difference(f"{wanted.kind}-missing", where, str(wanted.definition), None)
            else:
                yield from attributes(where, wanted, found, _codes(wanted))
        elif found is not None:
            where = path(schema, expected.name, found.name)
            yield Difference(f"{found.kind}-unexpected", where, None, str(found.definition))


def _codes(constraint: Constraint) -> dict[str, str]:
    return {attribute: f"{constraint.kind}-{what}" for attribute, what in ATTRIBUTES.items()}
