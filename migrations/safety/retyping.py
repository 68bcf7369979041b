"""Whether a column's values stay on disk as they are when it gets another type. Pure.

ATColumnChangeRequiresRewrite() of PostgreSQL's tablecmds.c decides that, with the support functions
of the types: varchar_support(), varbit_support(), numeric_support(), TemporalSimplify(),
interval_support(). The tests compare with what servers do. What is not known here, such as a
domain, counts as another representation.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

from introspection.shapes import Column

# Old type and new type with the same bytes in the same order.
_ALIKE: Final = frozenset(
    {
        ("character varying", "text"),
        ("text", "character varying"),
        ("cidr", "inet"),
        ("xml", "text"),
        ("xml", "character varying"),
    }
)
# The same bytes in another order: the operator class of an index is another one.
_SORTED_OTHERWISE: Final = frozenset(
    {
        ("text", "character"),
        ("character varying", "character"),
        ("bit", "bit varying"),
        ("integer", "oid"),
        ("oid", "integer"),
    }
)
_ZONES: Final = frozenset({"timestamp without time zone", "timestamp with time zone"})
_TIMES: Final = frozenset({*_ZONES, "time without time zone", "time with time zone"})
_FINEST: Final = 6  # digits of a second, MAX_TIMESTAMP_PRECISION and MAX_INTERVAL_PRECISION
_FIELDS: Final = ("second", "minute", "hour", "day", "month", "year")


class Stays(Enum):
    """What stays when a column gets another type."""

    NOTHING = auto()
    IN_UTC = auto()
    """The values, when the session's TimeZone is UTC; in other zones nothing."""
    VALUES = auto()
    """The values, and not their order: indexes are built anew."""
    ALL = auto()


def stays(old: Column, new: Column) -> Stays:
    """Say what stays of a column when its new type is given without USING."""
    pair = (old.type, new.type)
    if set(pair) == _ZONES:
        return Stays.IN_UTC if new.type_modifier is None else Stays.NOTHING
    if pair in _SORTED_OTHERWISE and new.type_modifier is None:
        return Stays.VALUES
    is_alike = pair in _ALIKE and new.type_modifier is None
    if not is_alike and not (old.type == new.type and _widens(old, new)):
        return Stays.NOTHING
    return Stays.ALL if old.collation == new.collation else Stays.VALUES


def _widens(old: Column, new: Column) -> bool:
    """Whether the new length or precision holds whatever the old one held."""
    if new.type_modifier in {None, old.type_modifier}:
        return True
    before, after = _numbers(old.type_modifier), _numbers(new.type_modifier)
    if new.type in {"character varying", "bit varying"}:
        return bool(before) and after >= before
    if new.type == "numeric":
        return bool(before) and after[1] == before[1] and after[0] >= before[0]
    if new.type in _TIMES:
        return after[0] >= _FINEST or (bool(before) and after >= before)
    if new.type == "interval":
        return _interval_widens(old.type_modifier or "", new.type_modifier or "")
    return False


def _interval_widens(old: str, new: str) -> bool:
    """Compare the finest fields, and where that is the second the digits of it."""
    if _finest_field(old) < _finest_field(new):
        return False
    kept = (_numbers(new) or (_FINEST,))[0]
    return _finest_field(old) > 0 or kept >= (_numbers(old) or (_FINEST,))[0]


def _finest_field(modifier: str) -> int:
    """Return its place in ``_FIELDS``; without fields it is the second."""
    words = re.findall("[a-z]+", modifier)  # such as "day to second(3)", which is no SQL alone
    return _FIELDS.index(words[-1]) if words else 0


def _numbers(modifier: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"-?\d+", modifier or ""))
