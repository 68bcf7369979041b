"""Closing line value (CLV): the values that describe closed picks and CLV by group."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

FALL_BACKS: Final = ("Pinnacle", "Betfair Exchange")
"""Bookmakers whose closing price stands in for that of the pick's own bookmaker, in this order."""

LEVEL: Final = 0.95
"""The level of the confidence interval."""


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """Picks that stay open for one reason.

    Attributes:
        reason: ``no market``: no odds of this market are stored. ``no selection``: the selection
            names no side (and line) of its market. ``no match``: there are no closing odds of these
            teams on that day. ``no price``: the match has closing odds, but not this price.
        market: The market as the picks name it, if it is the reason; else None.
        selection: The selection as the picks name it, if it is the reason; else None.
        picks: The number of picks.
    """

    reason: str
    market: str | None
    selection: str | None
    picks: int


@dataclass(frozen=True, slots=True)
class ClosedPicks:
    """The result of closing open picks.

    Attributes:
        by_own_bookmaker: The number of picks closed with the price of their own bookmaker.
        by_fall_back: The number of picks closed with the price of another bookmaker, for each.
        kept: The number of picks that had a closing price, and only got the missing CLV.
        no_market: Picks left open because no odds of their market are stored.
        no_match: Picks left open because there are no closing odds of these teams on that day.
        no_price: Picks left open because only their price is missing among the odds of the match.
        no_selection: Picks left open because their selection names no side (and line) of their
            market.
        reasons: The same open picks, grouped by reason, market and selection.
    """

    by_own_bookmaker: int
    by_fall_back: Mapping[str, int]
    kept: int
    no_market: int
    no_match: int
    no_price: int
    no_selection: int = 0
    reasons: tuple[LeftOpen, ...] = field(default=(), compare=False)

    @property
    def closed(self) -> int:
        """The number of changed picks."""
        return self.by_own_bookmaker + sum(self.by_fall_back.values()) + self.kept

    @property
    def left_open(self) -> int:
        """The number of picks without a closing price."""
        return self.no_market + self.no_match + self.no_price + self.no_selection

    @classmethod
    def from_rows(cls, rows: Iterable[Any]) -> Self:
        """Sum up the result rows: outcome, bookmaker, market, selection, picks, ids.

        ``ids`` are the primary keys of the changed picks.
        """
        counts: Counter[str] = Counter()
        fall_backs: dict[str, int] = {}
        reasons = []
        for outcome, bookmaker, market, selection, picks, _ in rows:
            counts[outcome] += picks
            if outcome == "fall-back":
                fall_backs[bookmaker] = picks
            elif outcome.startswith("no "):
                reasons.append(LeftOpen(outcome, market, selection, picks))
        return cls(
            by_own_bookmaker=counts["own"],
            by_fall_back=fall_backs,
            kept=counts["kept"],
            no_market=counts["no market"],
            no_match=counts["no match"],
            no_price=counts["no price"],
            no_selection=counts["no selection"],
            reasons=tuple(reasons),
        )


@dataclass(frozen=True, slots=True)
class ClvGroup:
    """CLV of the closed picks of a group, in percent.

    Attributes:
        dimension: The name of the grouping: all, league, market, agent, bookmaker or period.
        name: The name of the group; the first day of a period; None for picks without an agent.
        picks: The number of picks.
        matches: The number of matches of these picks.
        mean: The mean CLV.
        median: The median CLV.
        standard_error: The standard error of the mean; None when there is only one match. See
            ``queries/clv.sql``.
    """

    dimension: str
    name: str | None
    picks: int
    matches: int
    mean: float
    median: float
    standard_error: float | None

    def interval(self) -> tuple[float, float] | None:
        """Return the confidence interval of the mean; None when there is only one match.

        It follows Student's t; the degrees of freedom are the number of matches less one.

        Raises:
            ImportError: The extra ``report`` is not installed.
        """
        if self.standard_error is None:
            return None
        from scipy.special import stdtrit

        reach = float(stdtrit(self.matches - 1, (1 + LEVEL) / 2)) * self.standard_error
        return (self.mean - reach, self.mean + reach) if math.isfinite(reach) else None


@dataclass(frozen=True, slots=True)
class ClvSummary:
    """CLV of all closed picks, by group.

    Attributes:
        groups: The groups; the largest first within a dimension, periods in order of time.
        open_picks: The number of picks in the same interval without CLV.
    """

    groups: tuple[ClvGroup, ...]
    open_picks: int

    def by(self, dimension: str) -> tuple[ClvGroup, ...]:
        """Return the groups of a dimension."""
        return tuple(group for group in self.groups if group.dimension == dimension)

    @classmethod
    def from_rows(cls, rows: Iterable[Any]) -> Self:
        """Return the summary of result rows, each with the fields of a group."""
        groups = [ClvGroup(*row) for row in rows]
        return cls(
            tuple(sorted((group for group in groups if group.dimension != "open"), key=_order)),
            sum(group.picks for group in groups if group.dimension == "open"),
        )


def _order(group: ClvGroup) -> tuple[str, int, str]:
    size = 0 if group.dimension == "period" else -group.picks
    return group.dimension, size, group.name or ""
