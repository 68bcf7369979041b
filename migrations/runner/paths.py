"""From the path of a finding back to the object that it is about."""

from __future__ import annotations

import re
from typing import Final

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
