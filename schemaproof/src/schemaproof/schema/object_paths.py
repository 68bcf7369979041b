"""From the path of a finding back to the object that it is about."""

from __future__ import annotations

import re
from typing import Final

SEARCHED: Final = "public"
"""The search_path in which a revision runs."""
_NAME: Final = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')


def object_of(path: str) -> tuple[str, ...]:
    """Return schema and name of the object that a path is about, or is within.

    >>> object_of('quantum."Team DNA".id')
    ('quantum', 'Team DNA')
    >>> object_of('quantum')
    ('quantum',)
    """
    names = (
        quoted.replace('""', '"') if quoted or not plain else plain
        for quoted, plain in _NAME.findall(path)
    )
    return tuple(names)[:2]


def table_of(path: str) -> tuple[str, str]:
    """Return schema and name of a table, as a revision's statement means it.

    >>> table_of("odds"), table_of('quantum."Team DNA"')
    (('public', 'odds'), ('quantum', 'Team DNA'))
    """
    schema, name = (SEARCHED, *(object_of(path) or ("",)))[-2:]
    return schema, name
