"""Every print that PostgreSQL gives of a text.

``col IN ('a', 'b')`` on a varchar prints one way when it was created and another way after dump and
restore, on every version. A snapshot that holds both prints needs no scratch object when it is
compared later.
"""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from schemaproof.catalog.catalog import inside_transaction, read_snapshot
from schemaproof.catalog.catalog_queries import answers
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.schema.scope import Scope
from schemaproof.schema.shapes import Snapshot
from schemaproof.schema.values import SqlText

_T = TypeVar("_T")


def read_canonical_snapshot(connection: AnyConnection, scope: Scope) -> Snapshot:
    """Read a scratch database, each text with its print before and after being parsed again.

    Needs a transaction in which the objects may be altered; leaves it as it was.
    """
    with inside_transaction(connection):
        created = read_snapshot(connection, scope)
        answers(connection, "reparse")
        restored = read_snapshot(connection, scope)
    return merged(created, restored)


def merged(first: _T, second: Any) -> _T:
    """Return ``first`` with the prints that ``second`` adds.

    Both describe the same objects. What ``second`` knows under no such name stays as it is.
    """
    if isinstance(first, SqlText) and isinstance(second, SqlText):
        return replace(first, prints=tuple(dict.fromkeys(first.prints + second.prints)))
    if isinstance(first, tuple) and isinstance(second, tuple) and first and is_dataclass(first[0]):
        by_key = {_key(item): item for item in second}
        return type(first)(merged(item, by_key.get(_key(item))) for item in first)
    if is_dataclass(first) and type(first) is type(second):
        changes = {
            field.name: merged(getattr(first, field.name), getattr(second, field.name))
            for field in fields(first)
        }
        return replace(first, **changes)  # type: ignore[type-var]
    return first


def _key(item: Any) -> tuple[str | None, str | None]:
    return getattr(item, "kind", None), getattr(item, "name", None)
