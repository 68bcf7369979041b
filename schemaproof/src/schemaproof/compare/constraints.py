"""Compare primary keys, unique constraints, foreign keys, CHECK and exclusion constraints."""

from collections.abc import Iterator
from dataclasses import replace

from schemaproof.compare.attributes import attributes
from schemaproof.compare.difference import Difference
from schemaproof.compare.pairs import pairs
from schemaproof.schema.database_objects import Constraint, Relation
from schemaproof.schema.kinds import CONSTRAINTS
from schemaproof.schema.paths import path


def compare_constraints(schema: str, expected: Relation, actual: Relation) -> Iterator[Difference]:
    """Compare the constraints of one table; a code begins with the kind of the constraint.

    Constraints that belong to a parent's constraint are reported for the parent: PostgreSQL
    refuses to drop them alone.
    """
    if expected.constraints == actual.constraints:
        return
    for wanted, found in pairs(expected.constraints, actual.constraints):
        if wanted is not None:
            where = path(schema, expected.name, wanted.name)
            if found is None and not wanted.inherited:
                yield Difference(
                    CONSTRAINTS[wanted.kind].missing,
                    where,
                    str(wanted.definition),
                    None,
                )
            elif found is not None:
                is_part = is_part_of_key(found, actual)
                same = replace(found, validated=wanted.validated) if is_part else found
                yield from attributes(where, wanted, same, CONSTRAINTS[wanted.kind].compared)
        elif found is not None and not found.inherited:
            yield Difference(
                CONSTRAINTS[found.kind].unexpected,
                path(schema, expected.name, found.name),
                None,
                str(found.definition),
            )


def is_part_of_key(constraint: Constraint, relation: Relation) -> bool:
    """Whether a constraint is the part of a foreign key for one partition of the referenced table.

    Only the key itself shows whether it is valid: before PostgreSQL 18, VALIDATE CONSTRAINT does
    not change its parts.
    """
    is_key = constraint.inherited and constraint.kind == "foreign-key"
    return is_key and relation.partition_of is None


def changed_constraints(expected: Relation, actual: Relation) -> frozenset[str]:
    """Return the names of the constraints whose definition differs."""
    return frozenset(
        wanted.name
        for wanted, found in pairs(expected.constraints, actual.constraints)
        if wanted and found and not wanted.definition.same_as(found.definition)
    )
