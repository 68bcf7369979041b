"""Build CHECK constraints for the units of columns.

Each also refuses NaN: PostgreSQL sorts it above every number (manual, "Numeric Types"), so it
exceeds the upper bound. NULL passes, as in every CHECK.
"""

from typing import Any, Final

from sqlalchemy import CheckConstraint, ColumnElement, and_, column, func, literal_column

_INFINITY: Final[ColumnElement[Any]] = literal_column("'Infinity'::double precision")


def decimal_odds(name: str) -> CheckConstraint:
    """Require decimal odds: finite and above 1.0."""
    value: ColumnElement[Any] = column(name)
    return CheckConstraint(and_(value > literal_column("1.0"), value < _INFINITY), name=name)


def ratio(name: str) -> CheckConstraint:
    """Require a probability or a confidence, from 0 to 1."""
    return CheckConstraint(column(name).between(0, 1), name=name)


def score(name: str) -> CheckConstraint:
    """Require a score from 0 to 100."""
    return CheckConstraint(column(name).between(0, 100), name=name)


def not_negative(name: str) -> CheckConstraint:
    """Require a finite quantity that is at least 0."""
    value: ColumnElement[Any] = column(name)
    return CheckConstraint(and_(value >= 0, value < _INFINITY), name=name)


def count(name: str) -> CheckConstraint:
    """Require an integer that is at least 0."""
    return CheckConstraint(column(name) >= 0, name=name)


def finite(name: str) -> CheckConstraint:
    """Require a number other than NaN and the infinities."""
    value: ColumnElement[Any] = column(name)
    return CheckConstraint(and_(value > -_INFINITY, value < _INFINITY), name=name)


def json_object(name: str) -> CheckConstraint:
    """Require a JSON object, not an array, a scalar or JSON null."""
    return CheckConstraint(
        func.jsonb_typeof(column(name)) == literal_column("'object'"), name=f"{name}_object"
    )
