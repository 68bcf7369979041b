"""Names without a schema, which the search_path resolves.

Where somebody else may create objects in a schema of the path, a function or operator of his with
better-matching arguments is taken instead of the one in pg_catalog, with the migrator's rights.
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
        has_arguments: Whether arguments decide which one is meant.
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

    Not what pg_catalog, which is searched first, has exactly so: a type, and a function without
    arguments such as now(). Everything else is chosen by the types of its arguments.
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
    """Yield the functions, operators and types of casts that stand in statements without a schema.

    What stands in a text (the body of a function, a DO block) is not looked into.
    """
    for node in (node for tree in trees for node in within(tree)):
        if isinstance(node, pg.FuncCall) and len(node.funcname) == 1:
            yield Unqualified("function", texts(node.funcname)[-1], bool(node.args))
        elif isinstance(node, pg.A_Expr) and len(node.name) == 1:
            yield Unqualified("operator", texts(node.name)[-1])
        elif isinstance(node, pg.TypeCast) and len(node.type_name.names) == 1:
            yield Unqualified("type", texts(node.type_name.names)[-1])
