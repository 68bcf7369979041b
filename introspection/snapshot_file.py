"""Snapshots as JSON text: canonical, sorted, an attribute a line, so that diffs can be reviewed."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final, get_type_hints

from core.errors import HistoryError
from introspection.shapes import (
    Column,
    Constraint,
    Index,
    Relation,
    Schema,
    Sequence,
    Snapshot,
    SqlText,
)

FORMAT: Final = 1

_CHILDREN: Final[dict[type, dict[str, type]]] = {
    Schema: {"relations": Relation, "sequences": Sequence},
    Relation: {"columns": Column, "constraints": Constraint, "indexes": Index},
}
_TEXTS: Final[dict[type, frozenset[str]]] = {
    Column: frozenset({"default", "generated"}),
    Constraint: frozenset({"definition"}),
    Index: frozenset({"definition"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRevision:
    """What a revision produces, recorded when it was made.

    Attributes:
        revision: The revision's id.
        file_checksum: Of the revision's file, line endings normalised.
        models: Fingerprint of the models when this revision was the head.
        model_sources: Digest of the models' source files at that time.
        snapshot: The schema after the revision.
    """

    revision: str
    file_checksum: str
    models: str | None
    snapshot: Snapshot
    model_sources: str | None = None


def dumps(recorded: RecordedRevision) -> str:
    """Return the canonical JSON text."""
    content = {
        "format": FORMAT,
        "revision": recorded.revision,
        "file_checksum": recorded.file_checksum,
        "models": recorded.models,
        "model_sources": recorded.model_sources,
        "schemas": _encode_children(recorded.snapshot.schemas),
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def loads(text: str) -> RecordedRevision:
    """Read what :func:`dumps` wrote.

    Raises:
        HistoryError: The text is not a snapshot, or of a newer format.
    """
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise HistoryError(
                f"the snapshot has format {content['format']}, and only {FORMAT} is known here",
                remedy="install the version of monps-db that recorded it",
            )
        return RecordedRevision(
            revision=_plain(RecordedRevision, "revision", content["revision"]),
            file_checksum=_plain(RecordedRevision, "file_checksum", content["file_checksum"]),
            models=_plain(RecordedRevision, "models", content["models"]),
            model_sources=_plain(RecordedRevision, "model_sources", content.get("model_sources")),
            snapshot=Snapshot(_decode_children(Schema, content["schemas"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HistoryError(
            "this is not a whole snapshot",
            remedy="restore the file from version control, or record it again: monps-db snapshot",
        ) from error


def _encode_children(children: tuple[Any, ...]) -> dict[str, Any]:
    return {child.name: _encode(child) for child in children}


def _encode(item: Any) -> dict[str, Any]:
    encoded = {}
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name == "name" or value == field.default:
            continue
        if isinstance(value, SqlText):
            value = value.prints[0] if len(value.prints) == 1 else list(value.prints)
        elif isinstance(value, tuple):
            value = _encode_children(value)
        encoded[field.name] = value
    return encoded


def _decode_children(kind: type, content: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(_decode(kind, name, child) for name, child in sorted(content.items()))


def _decode(kind: type, name: str, content: dict[str, Any]) -> Any:
    children = _CHILDREN.get(kind, {})
    texts = _TEXTS.get(kind, frozenset())
    values: dict[str, Any] = {}
    for field, value in content.items():
        if field in children:
            values[field] = _decode_children(children[field], value)
        elif field in texts:
            values[field] = _sql_text(value)
        else:
            values[field] = _plain(kind, field, value)
    return kind(name=name, **values)


def _sql_text(value: Any) -> SqlText:
    prints = [value] if isinstance(value, str) else value
    if (
        not isinstance(prints, list)
        or not prints
        or not all(isinstance(one, str) for one in prints)
    ):
        raise TypeError("neither a text nor a list of texts")
    return SqlText(tuple(prints))


def _plain(kind: type, field: str, value: Any) -> Any:
    """Refuse a value that is not of the type that the field is annotated with."""
    if not isinstance(value, _types(kind)[field]):
        raise TypeError(f"{field} is {value!r}")
    return value


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
