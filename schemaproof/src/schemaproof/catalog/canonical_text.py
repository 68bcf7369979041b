"""All texts that PostgreSQL prints for the same expression.

PostgreSQL prints ``col IN ('a', 'b')`` on a varchar differently after a dump and restore, in every
version. A snapshot that holds both prints can be compared later without a scratch database.
"""

import re
from collections.abc import Callable
from dataclasses import is_dataclass, replace
from functools import cache
from operator import is_not
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_type_hints

from schemaproof.catalog.catalog import inside_transaction, read_snapshot
from schemaproof.catalog.catalog_queries import query_rows
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope
from schemaproof.schema.values import SqlText

_T = TypeVar("_T")
_Join: TypeAlias = Callable[[SqlText, SqlText | None], SqlText]
_ONE_PRINT: Final = re.compile(
    r"""
    (?:PRIMARY\ KEY|UNIQUE) \ \([^()]*\)
    | FOREIGN\ KEY\ \([^()]*\)\ REFERENCES\ [^()]*\([^()]*\) [A-Z ]*
    | CREATE\ (?:UNIQUE\ )?INDEX\ [^()']*\ USING\ \w+\ \([^()]*\)
    | nextval\('[^']*'::regclass\) | now\(\) | CURRENT_TIMESTAMP
    | true | false | [0-9]+ | '[^']*'::[\w\ ."\[\]]+
    | CREATE\ TYPE\ [^()]*\ AS\ ENUM\ .*
    """,
    re.VERBOSE,
)
"""Texts that PostgreSQL prints in the same form before and after it parses them again."""


def read_canonical_snapshot(
    connection: AnyConnection, scope: Scope, before: Snapshot | None = None
) -> Snapshot:
    """Read a scratch database, with each text as PostgreSQL prints it now and after a new parse.

    The objects are altered within the current transaction, and restored afterwards.

    Args:
        connection: The connection to the database.
        scope: The schemas and objects to read.
        before: The snapshot that was read of this database earlier, or None. The prints of its
            texts are reused; when the database has no other texts, nothing is parsed again.
    """
    with inside_transaction(connection):
        created = read_snapshot(connection, scope)
        known = None if before is None else _with_known_prints(created, before)
        if known is not None:
            return known
        query_rows(connection, "reparse")
        restored = read_snapshot(connection, scope)
    return merged(created, restored)


def merged(first: _T, second: Any) -> _T:
    """Return ``first`` with the prints of ``second`` added.

    Both describe the same objects. An object that ``second`` does not have stays as it is.
    """
    whole: _T = _joined(first, second, _both)
    return whole


def with_known_prints(found: _T, known: Any) -> _T:
    """Return ``found``; each text that ``known`` has too gets the prints of both."""

    def if_same(text: SqlText, other: SqlText | None) -> SqlText:
        return _both(text, other) if other is not None and text.same_as(other) else text

    whole: _T = _joined(found, known, if_same)
    return whole


def _both(text: SqlText, other: SqlText | None) -> SqlText:
    if other is None or other.prints == text.prints:
        return text
    return replace(text, prints=tuple(dict.fromkeys(text.prints + other.prints)))


def _with_known_prints(created: Snapshot, before: Snapshot) -> Snapshot | None:
    """Return ``created`` with the known prints of its texts; None when a text is unknown."""
    unknown: list[SqlText] = []

    def as_before(text: SqlText, other: SqlText | None) -> SqlText:
        if other is not None and other.prints[0] == text.prints[0]:
            return other
        if _ONE_PRINT.fullmatch(text.prints[0]) is None:
            unknown.append(text)
        return text

    known: Snapshot = _joined(created, before, as_before)
    return None if unknown else known


def _joined(first: Any, second: Any, join: _Join) -> Any:
    """Return ``first`` with each text joined with the text at the same place in ``second``."""
    if isinstance(first, SqlText):
        return join(first, second if isinstance(second, SqlText) else None)
    if isinstance(first, tuple):
        by_key = {_key(item): item for item in second or ()}
        items = [_joined(item, by_key.get(_key(item)), join) for item in first]
        return type(first)(items) if any(map(is_not, items, first)) else first
    changes = {}
    shape: Any = type(first)
    for name in _with_texts(shape):
        value = getattr(first, name)
        if value:
            joined = _joined(value, getattr(second, name, None), join)
            if joined is not value:
                changes[name] = joined
    return replace(first, **changes) if changes else first


@cache
def _with_texts(shape: type) -> tuple[str, ...]:
    """Return the attributes of a class that hold texts, or values that contain texts."""
    if not is_dataclass(shape):
        return ()
    return tuple(name for name, hint in get_type_hints(shape).items() if _may_hold_texts(hint))


def _may_hold_texts(hint: Any) -> bool:
    return is_dataclass(hint) or any(map(_may_hold_texts, get_args(hint)))


def _key(item: Any) -> tuple[str | None, str | None]:
    return getattr(item, "kind", None), getattr(item, "name", None)
