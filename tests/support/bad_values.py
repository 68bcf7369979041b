"""Values that are of no column's type."""

import math
from decimal import Decimal
from typing import Any


class Float64(float):
    """As numpy's: a float that does not write itself as one."""

    def __repr__(self) -> str:
        return "np.float64(1.5)"


class Foreign:
    """As a scalar of another library; it even has what SQL expressions have."""

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
