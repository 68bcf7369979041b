"""The uses of an index, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from schemaproof.diagram.references import Reference
from schemaproof.schema.database_objects import Index, Relation
from schemaproof.sql import sql_tree

_METHODS: Final = {
    "gin": "containment in",
    "gist": "overlap and distance of",
    "spgist": "parts of",
    "brin": "ranges of",
    "hash": "equal",
}
_OTHERWISE: Final = "searches and sorts by"


def uses(index: Index, relation: Relation, keys: Iterable[Reference]) -> tuple[str, ...]:
    """Return the uses of an index.

    Args:
        index: The index.
        relation: Its table.
        keys: The foreign keys of the table.
    """
    return tuple(_uses(index, relation, keys)) or ("it could not be read",)


def _uses(index: Index, relation: Relation, keys: Iterable[Reference]) -> Iterator[str]:
    of_constraint = (one for one in relation.constraints if one.name == index.constraint)
    for constraint in of_constraint:
        yield f"enforces the {constraint.kind.replace('-', ' ')} {constraint.name}"
    tree = _read(str(index.definition))
    if tree is None:
        return
    columns = [one.index_elem.name or "an expression" for one in tree.index_params]
    listed = ", ".join(columns)
    only = " of the rows in its condition" if tree.HasField("where_clause") else ""
    if tree.unique and index.constraint is None:
        yield f"no two{only or ' rows'} have the same {listed}"
    for key in keys:
        if set(columns[: len(key.columns)]) == {*key.columns}:
            yield f"finds the rows of the foreign key {key.name}"
    yield f"{_METHODS.get(tree.access_method, _OTHERWISE)} {listed}{only}"


@sql_tree.unless_analysed(otherwise=None)
def _read(definition: str) -> Any:
    found = [one.tree for one in sql_tree.statements(definition)]
    return next((tree for tree in found if hasattr(tree, "index_params")), None)
