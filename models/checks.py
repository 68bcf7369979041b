"""CHECK constraints on the units of a column.

Each also refuses NaN: PostgreSQL sorts it above every number (manual, "Numeric Types"), so an upper
bound catches it. NULL passes, as in every CHECK.
"""

from typing import Any, Final

from sqlalchemy import CheckConstraint, ColumnElement, and_, column, func, literal_column

_INFINITY: Final[ColumnElement[Any]] = literal_column("'Infinity'::double precision")


def decimal_odds(name: str) -> CheckConstraint:
    """Decimal odds: finite and above 1.0."""
    value: ColumnElement[Any] = column(name)
    return CheckConstraint(and_(value > literal_column("1.0"), value < _INFINITY), name=name)


def ratio(name: str) -> CheckConstraint:
    """A probability or a confidence, from 0 to 1."""
    return CheckConstraint(column(name).between(0, 1), name=name)


def score(name: str) -> CheckConstraint:
    """A score from 0 to 100."""
    return CheckConstraint(column(name).between(0, 100), name=name)


def not_negative(name: str) -> CheckConstraint:
    """A quantity that is finite and not below 0."""
    value: ColumnElement[Any] = column(name)
    return CheckConstraint(and_(value >= 0, value < _INFINITY), name=name)


def count(name: str) -> CheckConstraint:
    """An integer that is not below 0."""
    return CheckConstraint(column(name) >= 0, name=name)


def finite(name: str) -> CheckConstraint:
    """Any number but NaN and the infinities."""
    value: ColumnElement[Any] = column(name)
    return CheckConstraint(and_(value > -_INFINITY, value < _INFINITY), name=name)


def json_object(name: str) -> CheckConstraint:
    """A JSON object, neither array nor scalar nor JSON null."""
    return CheckConstraint(
        func.jsonb_typeof(column(name)) == literal_column("'object'"), name=f"{name}_object"
    )
