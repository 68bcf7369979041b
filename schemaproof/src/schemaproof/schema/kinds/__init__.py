"""Every kind of object: where it is, what is compared, the meaning of findings, its repair.

Codes, comparison, repair and the pages of findings follow from it.
"""

from typing import Final

from schemaproof.schema.kinds.kind import Container, ObjectKind
from schemaproof.schema.kinds.objects import DEFAULT_PRIVILEGES, OBJECTS, StatementKind
from schemaproof.schema.kinds.parts import COLUMN, CONSTRAINTS, INDEX, UNIQUE_INDEX
from schemaproof.schema.kinds.relations import RELATIONS, SCHEMA, SEQUENCE

__all__ = [
    "COLUMN",
    "CONSTRAINTS",
    "DEFAULT_PRIVILEGES",
    "INDEX",
    "KINDS",
    "OBJECTS",
    "RELATIONS",
    "SCHEMA",
    "SEQUENCE",
    "UNIQUE_INDEX",
    "Container",
    "ObjectKind",
    "StatementKind",
]

KINDS: Final = {
    kind.name: kind
    for kind in (
        SCHEMA,
        *RELATIONS.values(),
        COLUMN,
        *CONSTRAINTS.values(),
        INDEX,
        UNIQUE_INDEX,
        SEQUENCE,
        *OBJECTS.values(),
    )
}
"""All kinds, by the name with which their codes begin."""
