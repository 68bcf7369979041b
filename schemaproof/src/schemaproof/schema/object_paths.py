"""Tables as the statements of a revision name them."""

from __future__ import annotations

from typing import Final

from schemaproof.schema.paths import ObjectPath

SEARCHED: Final = "public"
"""The search_path in which a revision runs."""


def table_of(path: str) -> tuple[str, str]:
    """Return schema and name of a table, as a revision's statement means it.

    >>> table_of("odds"), table_of('quantum."Team DNA"')
    (('public', 'odds'), ('quantum', 'Team DNA'))
    """
    schema, name = (SEARCHED, *ObjectPath.parse(path).object)[-2:]
    return schema, name
