"""Compare tables, views and other relations."""

from collections.abc import Iterator

from schemaproof.compare.attributes import attributes
from schemaproof.compare.columns import compare_columns
from schemaproof.compare.constraints import compare_constraints
from schemaproof.compare.difference import Difference
from schemaproof.compare.indexes import compare_indexes
from schemaproof.compare.objects import compare_objects
from schemaproof.compare.pairs import pairs
from schemaproof.output.counts import counted
from schemaproof.schema.database_objects import Relation, Schema
from schemaproof.schema.kinds import RELATIONS
from schemaproof.schema.paths import path


def compare_relations(expected: Schema, actual: Schema) -> Iterator[Difference]:
    """Compare the tables of one schema with everything in them."""
    if expected.relations == actual.relations:
        return
    for wanted, found in pairs(expected.relations, actual.relations):
        if wanted is not None and found is not None:
            if wanted != found:
                yield from _compare(expected.name, wanted, found)
        elif wanted is not None:
            where = path(expected.name, wanted.name)
            code = RELATIONS[wanted.kind].missing
            yield Difference(code, where, _described(wanted), None)
        elif found is not None:
            where = path(expected.name, found.name)
            code = RELATIONS[found.kind].unexpected
            yield Difference(code, where, None, _described(found))


def _compare(schema: str, wanted: Relation, found: Relation) -> Iterator[Difference]:
    where = path(schema, wanted.name)
    kind = RELATIONS[wanted.kind]
    if wanted.kind == found.kind:
        yield from attributes(where, wanted, found, kind.compared)
    else:
        yield Difference(kind.code("kind"), where, wanted.kind, found.kind)
    yield from compare_columns(schema, wanted, found)
    yield from compare_constraints(schema, wanted, found)
    yield from compare_indexes(schema, wanted, found)
    yield from compare_objects(where, wanted.objects, found.objects)


def _described(relation: Relation) -> str:
    return f"{relation.kind} of {counted(len(relation.columns), 'column')}"
