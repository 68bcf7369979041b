"""The labels of an enum type, from the statement that creates it."""

from schemaproof.sql import sql_tree


@sql_tree.unless_analysed(otherwise=())
def enum_labels(definition: str) -> tuple[str, ...]:
    """Return the labels, in their order.

    >>> enum_labels("CREATE TYPE mood AS ENUM ('good', 'it''s bad')")
    ('good', "it's bad")
    """
    created = [one.tree for one in sql_tree.statements(definition) if hasattr(one.tree, "vals")]
    return tuple(one.string.sval for tree in created for one in tree.vals)
