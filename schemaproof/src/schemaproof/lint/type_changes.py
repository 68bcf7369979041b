"""Whether a change of type leaves the values on disk unchanged. Pure.

ATColumnChangeRequiresRewrite() of PostgreSQL's tablecmds.c decides that, with the support functions
of the types: varchar_support(), varbit_support(), numeric_support(), TemporalSimplify(),
interval_support(). The tests compare with what servers do. An unknown change, such as that of a
domain, counts as one that changes the values.
"""

from enum import Enum, auto
from typing import Final

from schemaproof.schema.database_objects import Column
from schemaproof.sql import sql_tree

# The old and the new type have the same bytes in the same order.
_ALIKE: Final = frozenset(
    {
        ("character varying", "text"),
        ("text", "character varying"),
        ("cidr", "inet"),
        ("xml", "text"),
        ("xml", "character varying"),
    }
)
# The text is the same, but indexes may use another operator class.
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
# These are digits of a second: MAX_TIMESTAMP_PRECISION and MAX_INTERVAL_PRECISION.
_FINEST: Final = 6
# These bits in the modifier of an interval stand for its fields, from the smallest on (datetime.h).
_SECOND, _MINUTE, _HOUR, _DAY, _MONTH, _YEAR = (1 << bit for bit in (12, 11, 10, 3, 1, 2))
_FIELDS: Final = (_SECOND, _MINUTE, _HOUR, _DAY, _MONTH, _YEAR)


class Stays(Enum):
    """The parts of a column that a change of its type leaves unchanged."""

    NOTHING = auto()
    IN_UTC = auto()
    """The values stay when the session's TimeZone is UTC; in other zones nothing stays."""
    VALUES = auto()
    """The values stay, and their order does not: indexes are built anew."""
    ALL = auto()


def stays(old: Column, new: Column) -> Stays:
    """Return which parts a change of type without USING leaves unchanged."""
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
    """Whether the new length or precision is at least as large as the old one."""
    if new.type_modifier in {None, old.type_modifier}:
        return True
    before, after = _numbers(old), _numbers(new)
    if new.type in {"character varying", "bit varying"}:
        return bool(before) and after >= before
    if new.type == "numeric":
        return bool(before) and after[1] == before[1] and after[0] >= before[0]
    if new.type in _TIMES:
        return after[0] >= _FINEST or (bool(before) and after >= before)
    if new.type == "interval":
        return _interval_widens(old, new)
    return False


def _interval_widens(old: Column, new: Column) -> bool:
    """Whether the finest field of an interval stays, with at least as many digits of a second."""
    (before, digits), (after, kept) = _field_and_digits(old), _field_and_digits(new)
    return after <= before and (before > 0 or kept >= digits)


def _field_and_digits(column: Column) -> tuple[int, int]:
    """Return the position of the finest field in ``_FIELDS``, and the digits of a second."""
    fields, *digits = _numbers(column) or (_SECOND,)
    place = next(place for place, field in enumerate(_FIELDS) if fields & field)
    return place, digits[0] if digits else _FINEST


def _numbers(column: Column) -> tuple[int, ...]:
    if column.type_modifier is None:
        return ()
    name = "interval " if column.type == "interval" else "t"
    cast = sql_tree.expression(f"CAST(NULL AS {name}{column.type_modifier})")
    return tuple(one.a_const.ival.ival for one in cast.type_name.typmods)
