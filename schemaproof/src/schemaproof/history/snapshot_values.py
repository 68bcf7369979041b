"""Database objects ↔ JSON values, by their annotations; default values are left out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Final, get_args, get_origin, get_type_hints

from schemaproof.schema.database_objects import DatabaseObject
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.values import Grant, SqlText


def encode_children(children: Iterable[Any]) -> dict[str, Any]:
    """Return named values as a JSON object, by their names."""
    return {child.name: _encode(child) for child in children}


def encode_objects(objects: Iterable[DatabaseObject]) -> dict[str, dict[str, Any]]:
    """Return database objects as a JSON object, by kind and name."""
    encoded: dict[str, dict[str, Any]] = {}
    for item in objects:
        value = _encode(item)
        encoded.setdefault(value.pop("kind"), {})[item.name] = value
    return encoded


def decode_children(kind: type, content: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values of :func:`encode_children`, in the order of the names.

    Raises:
        TypeError: A value is not of the type that its field is annotated with.
        KeyError: There is no such field.
    """
    return tuple(_decode(kind, name, child) for name, child in sorted(content.items()))


def decode_objects(content: Mapping[str, Mapping[str, Any]]) -> tuple[DatabaseObject, ...]:
    """Return the objects of :func:`encode_objects`; raises as :func:`decode_children`."""
    return tuple(
        _decode(DatabaseObject, name, {"kind": kind, **value})
        for kind, named in sorted(content.items())
        for name, value in sorted(named.items())
    )


def plain(kind: type, field: str, value: Any) -> Any:
    """Refuse a value that is not of the type that the field is annotated with.

    Raises:
        TypeError: The value has another type.
    """
    return _plain(field, _hints(kind)[field], value)


def _plain(field: str, kinds: Any, value: Any) -> Any:
    if not isinstance(value, kinds):
        raise TypeError(f"{field} is {value!r}")
    return value


def _encode(item: Any) -> dict[str, Any]:
    encoded = {}
    for field in _compared(item.__class__):
        value = getattr(item, field.name)
        if field.name != "name" and value != field.default:
            encoded[field.name] = _encode_value(value)
    return encoded


def _encode_value(value: Any) -> Any:
    if isinstance(value, SqlText):
        return value.prints[0] if len(value.prints) == 1 else list(value.prints)
    if not isinstance(value, tuple):
        return value
    if not value or isinstance(value[0], Grant):
        return [str(grant) for grant in value]
    if isinstance(value[0], DatabaseObject):
        return encode_objects(value)
    return encode_children(value)


def _decode(kind: type, name: str, content: Mapping[str, Any]) -> Any:
    decoders, kinds = _decoders(kind)
    values = {}
    for field, value in content.items():
        if field in decoders:
            values[field] = decoders[field](value)
        else:
            values[field] = _plain(field, kinds[field], value)
    return kind(name=name, **values)


@cache
def _decoders(kind: type) -> tuple[dict[str, Callable[[Any], Any]], dict[str, Any]]:
    """Return the decoders of fields with values, and the types of all other fields."""
    hints = {field.name: _hints(kind)[field.name] for field in _compared(kind)}
    found = {name: _decoder(hint) for name, hint in hints.items()}
    return (
        {name: decoder for name, decoder in found.items() if decoder is not None},
        {name: tuple(get_args(hint)) or hint for name, hint in hints.items() if not found[name]},
    )


def _decoder(hint: Any) -> Callable[[Any], Any] | None:
    """Return the decoder of a field; None for a field of plain values."""
    kinds = get_args(hint) or (hint,)
    many = [get_args(one)[0] for one in (hint, *kinds) if get_origin(one) is tuple]
    if SqlText in kinds:
        return _sql_text
    if ObjectPath in kinds:
        return _object_path
    if not many:
        return None
    if many[0] is Grant:
        return _grants
    if many[0] is DatabaseObject:
        return decode_objects
    return lambda value: decode_children(many[0], value)


def _sql_text(value: Any) -> SqlText:
    if isinstance(value, str):
        return SqlText((value,))
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return SqlText(tuple(value))
    raise TypeError("neither a text nor a list of texts")


def _object_path(value: Any) -> ObjectPath:
    if not isinstance(value, str):
        raise TypeError("not a path")
    return ObjectPath.parse(value)


def _grants(value: Any) -> tuple[Grant, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list of grants")
    return tuple(_grant(one) for one in value)


def _grant(text: str) -> Grant:
    part, separator, privileges = text.rpartition(": ")
    if not separator:
        raise ValueError(f"not a grant: {text!r}")
    return Grant(part, privileges)


_POSITION: Final = "position"


@cache
def _compared(kind: type) -> tuple[Any, ...]:
    """Return the fields that are compared, and the position, which readers need."""
    return tuple(field for field in fields(kind) if field.compare or field.name == _POSITION)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
