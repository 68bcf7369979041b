"""Replace the new names of renamed objects by their former names in the texts of a snapshot."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from schemaproof.schema.database_objects import DatabaseObject, Snapshot
from schemaproof.schema.kinds import OBJECTS
from schemaproof.schema.paths import ObjectPath, listed_paths, path
from schemaproof.schema.values import SqlText
from schemaproof.sql.sql_names import with_former_names

_T = TypeVar("_T")
# These attributes contain the name of another object.
_NAMES: Final = frozenset({"type", "of_type", "inherits", "parent", "disabled_on"})
_LIST: Final = re.compile(r'\(((?:"[^"]+"|\w+)(?:, (?:"[^"]+"|\w+))+)\)')
_REFERENCED: Final = " REFERENCES "


def formerly_named(former: Mapping[str, str], value: _T) -> _T:
    """Return a value whose texts use the former names.

    Args:
        former: Current names, qualified as PostgreSQL prints them, to former names.
        value: Any part of a snapshot.
    """
    return _formerly_named(former, value) if former else value


def _formerly_named(former: Mapping[str, str], value: Any) -> Any:
    if isinstance(value, SqlText):
        return replace(value, prints=tuple(_text(former, one) for one in value.prints))
    if isinstance(value, ObjectPath):
        return ObjectPath.parse(_text(former, value))
    if isinstance(value, tuple):
        return tuple(_formerly_named(former, one) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {
        field.name: _text(former, current)
        if _names_another(value, field.name, current)
        else _formerly_named(former, current)
        for field in fields(value)
        if (current := getattr(value, field.name)) is not None
    }
    return replace(value, **changes)


def _text(former: Mapping[str, str], text: str) -> str:
    named = {new: old for new, old in former.items() if new in text}
    if not named:
        return text
    # A query also contains the bare name of a table, before the name of a column.
    alone = {new.rpartition(".")[2]: old.rpartition(".")[2] for new, old in named.items()}
    return with_former_names(text, named, alone)


def _names_another(owner: Any, field: str, value: Any) -> bool:
    """Whether a field holds the name of another object."""
    if isinstance(owner, DatabaseObject) and field == "name":
        return OBJECTS[owner.kind].named_by_types
    return isinstance(value, str) and field in _NAMES


def with_former_columns(
    former: Mapping[ObjectPath, ObjectPath], expected: Snapshot, actual: Snapshot
) -> Snapshot:
    """Return a snapshot whose texts use the former names of columns.

    A text names a column without its table, so the name may mean another column. Therefore a text
    is changed only when the result is the expected text.
    """
    if not former:
        return actual
    names: dict[str, str] = {
        path(new.names[-1]): path(old.names[-1]) for new, old in former.items()
    }
    merged: Snapshot = _merged(names, expected, _with_owners(former, actual))
    return merged


def _with_owners(former: Mapping[ObjectPath, ObjectPath], actual: Snapshot) -> Snapshot:
    return replace(
        actual,
        schemas=tuple(
            replace(
                schema,
                sequences=tuple(
                    replace(one, owned_by=former.get(one.owned_by, one.owned_by))
                    if one.owned_by is not None
                    else one
                    for one in schema.sequences
                ),
            )
            for schema in actual.schemas
        ),
    )


def _merged(names: Mapping[str, str], wanted: Any, found: Any) -> Any:
    if wanted == found:
        return found
    if isinstance(wanted, SqlText) and isinstance(found, SqlText):
        return wanted if _says_the_same(names, wanted, found) else found
    if isinstance(wanted, tuple) and isinstance(found, tuple) and found and is_dataclass(found[0]):
        by_key = {_key(item): item for item in wanted}
        return tuple(_merged(names, by_key.get(_key(item)), item) for item in found)
    if is_dataclass(found) and not isinstance(found, type) and type(wanted) is type(found):
        changes = {
            field.name: _merged(names, getattr(wanted, field.name), getattr(found, field.name))
            for field in fields(found)
        }
        return replace(found, **changes)
    return found


def _key(item: Any) -> tuple[str | None, str | None]:
    return getattr(item, "kind", None), getattr(item, "name", None)


def _says_the_same(names: Mapping[str, str], wanted: SqlText, found: SqlText) -> bool:
    forms = tuple(one for text in found.prints for one in _forms(names, text))
    return wanted.same_as(SqlText(forms))


def _forms(names: Mapping[str, str], text: str) -> Iterator[str]:
    """Yield possible former forms of a text: a foreign key names columns of two tables."""
    own, key, other = text.rpartition(_REFERENCED)
    if key:
        yield f"{_former(names, own)}{key}{other}"
        yield f"{own}{key}{_former(names, other)}"
    whole = _former(names, text)
    yield whole
    # PostgreSQL lists the columns of a publication in the order of their names.
    yield _LIST.sub(_sorted_list, whole)
    # The column of a view keeps its name when the table's column is renamed: "new AS old".
    again = "|".join(re.escape(old) for old in names.values())
    yield re.sub(rf"(?<![\w\"])((?:[^\s,()]+\.)?({again})) AS \2(?![\w\"])", r"\1", whole)


def _sorted_list(found: re.Match[str]) -> str:
    names = sorted(listed_paths(found[1]), key=lambda column: column.names)
    return f"({', '.join(names)})"


def _former(names: Mapping[str, str], text: str) -> str:
    return with_former_names(text, names, last=names)
