"""Short forms of the results of a comparison."""

from schemaproof.compare import compare
from schemaproof.schema.database_objects import Snapshot


def codes(expected: Snapshot, actual: Snapshot) -> list[tuple[str, str]]:
    return [(found.code, found.path) for found in compare(expected, actual).differences]
