"""Names without a schema, which the search_path resolves.

Another role may be allowed to create objects in a schema of the path. PostgreSQL prefers its
function or operator to that of pg_catalog if the types of its arguments match better, and runs it
with the migrator's rights.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from postgast import pg_query_pb2 as pg

from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.lint.queries import SQL
from schemaproof.sql.sql_tree import texts, within


@dataclass(frozen=True, slots=True, order=True)
class Unqualified:
    """A name without a schema.

    Attributes:
        kind: ``function``, ``operator`` or ``type``.
        name: The name.
        has_arguments: Whether the types of arguments decide which object the name means.
    """

    kind: str
    name: str
    has_arguments: bool = True

    def __str__(self) -> str:
        return f"{self.name}()" if self.kind == "function" else f"{self.kind} {self.name}"


def creators(connection: AnyConnection, schema: str) -> list[str]:
    """Return the other roles that may create objects in the schema that revisions search."""
    found = rows(connection, SQL.for_driver("schema_creators"), {"schema": schema})
    return [row["creator"] for row in found]


def exposed(connection: AnyConnection, trees: Iterable[Any]) -> list[Unqualified]:
    """Return the names in statements that another role's object could take over, sorted.

    PostgreSQL searches pg_catalog first. So a type of pg_catalog, or its function without arguments
    such as now(), cannot be taken over. All others are chosen by the types of their arguments.
    """
    found = sorted(set(_names(trees)))
    asked = {"names": [one.name for one in found]}
    exact = {
        (row["kind"], row["name"])
        for row in rows(connection, SQL.for_driver("builtin_names"), asked)
    }
    return [
        one
        for one in found
        if (one.kind, one.name) not in exact or (one.kind == "function" and one.has_arguments)
    ]


def _names(trees: Iterable[Any]) -> Iterator[Unqualified]:
    """Yield the functions, operators and types of casts that statements name without a schema.

    Texts within a statement (the body of a function, a DO block) are not searched.
    """
    for node in (node for tree in trees for node in within(tree)):
        if isinstance(node, pg.FuncCall) and len(node.funcname) == 1:
            yield Unqualified("function", texts(node.funcname)[-1], bool(node.args))
        elif isinstance(node, pg.A_Expr) and len(node.name) == 1:
            yield Unqualified("operator", texts(node.name)[-1])
        elif isinstance(node, pg.TypeCast) and len(node.type_name.names) == 1:
            yield Unqualified("type", texts(node.type_name.names)[-1])
