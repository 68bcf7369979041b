"""Values that fit no type of a column."""

import math
from decimal import Decimal
from typing import Any


class Float64(float):
    """A float with another repr, like numpy's float64."""

    def __repr__(self) -> str:
        return "np.float64(1.5)"


class Foreign:
    """A scalar of another library, with an attribute that SQL expressions have."""

    def compile(self) -> None: ...


TEXTS: tuple[Any, ...] = (1, b"x", True, 1.5, {}, [], Foreign(), "a\0b", "\ud800", "x" * 101)
NUMBERS: tuple[Any, ...] = ("1", b"1", True, Decimal(1), Float64(1.5), 10**400, {}, Foreign())
NOT_FINITE: tuple[Any, ...] = (math.nan, math.inf, -math.inf)
WHOLE: tuple[Any, ...] = (
    "1",
    True,
    1.0,
    Decimal(1),
    2**31,
    -(2**31) - 1,
    10**5000,
    math.nan,
    b"1",
    {},
    Foreign(),
)
