"""Compare triggers, functions, types and other objects by the statement that creates them."""

from collections.abc import Iterator

from schemaproof.compare.attributes import attributes, shown
from schemaproof.compare.difference import Difference
from schemaproof.compare.pairs import pairs_by
from schemaproof.schema.database_objects import DatabaseObject
from schemaproof.schema.kinds import DEFAULT_PRIVILEGES, OBJECTS, Container
from schemaproof.schema.paths import ObjectPath

Objects = tuple[DatabaseObject, ...]


def compare_objects(parent: ObjectPath, expected: Objects, actual: Objects) -> Iterator[Difference]:
    """Compare the objects within one table, schema or database.

    Args:
        parent: The path of their parent; empty for a database.
        expected: The expected objects.
        actual: The actual objects.
    """
    if expected == actual:
        return
    for wanted, found in pairs_by(identity, expected, actual):
        if wanted is not None and found is not None:
            compared = OBJECTS[wanted.kind].compared
            yield from attributes(object_path(parent, wanted), wanted, found, compared)
        elif wanted is not None:
            code = OBJECTS[wanted.kind].missing
            yield Difference(code, object_path(parent, wanted), _described(wanted), None)
        elif found is not None and not found.optional:
            code = OBJECTS[found.kind].unexpected
            yield Difference(code, object_path(parent, found), None, _described(found))


def identity(item: DatabaseObject) -> tuple[str, str]:
    """Return the key that identifies an object among its siblings."""
    return item.kind, item.name


def object_path(parent: ObjectPath, item: DatabaseObject) -> ObjectPath:
    """Return the path of an object; without a schema it begins with the kind."""
    if parent:
        return parent.within(item.name)
    return ObjectPath.in_no_schema(item.kind, item.name)


def mentioned_name(parent: ObjectPath, item: DatabaseObject) -> str:
    """Return the name by which other objects refer to it; empty when none can."""
    kind = OBJECTS[item.kind]
    if kind.container is Container.RELATION or not kind.referable:
        return ""
    name = bare_name(item.name)
    return f"{parent}.{name}" if parent else name


def bare_name(name: str) -> str:
    """Return a name without its arguments, or without its access method.

    >>> bare_name("f(integer)"), bare_name("ops USING btree")
    ('f', 'ops')
    """
    # These imports are here because they take longer than a comparison without differences.
    from postgast.pg_query_pb2 import Token

    from schemaproof.sql.sql_tokens import NotAnalysed, tokens

    try:
        read = tokens(name)
    except NotAnalysed:
        return name
    ends = (one.start for one in read if one.text == "(" or one.kind == Token.USING)
    return name[: next(ends, None)].rstrip()


def _described(item: DatabaseObject) -> str:
    """Return the statement that creates an object, or the grants of default privileges."""
    granted = shown(item.privileges) if item.kind == DEFAULT_PRIVILEGES.name else None
    return granted or str(item.definition)
