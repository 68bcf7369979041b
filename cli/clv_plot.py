"""CLV over time as an SVG plot."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cli.output import write_file
from repositories.clv import ClvGroup, ClvSummary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE: Final = (9.0, 5.0)
_BLUE: Final = "#1f5fa8"
_ORANGE: Final = "#d9730d"
_LIGHT: Final = "#9dbcdd"
_GREY: Final = "#8a8a8a"
_BAR: Final = {"day": timedelta(hours=16), "week": timedelta(days=5), "month": timedelta(days=20)}
_MANY: Final = 5
"""Matches from which on an interval is let to stretch the scale: with two it may be enormous."""

_SETTINGS: Final[Any] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "monps-db",  # the same figures give the same file
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write(summary: ClvSummary, every: str, output: Path) -> None:
    """Draw mean CLV with its interval by period, the mean of all until then, and pick counts.

    Args:
        summary: The figures.
        every: What a period is: day, week or month.
        output: The file, written as a whole or not at all.

    Raises:
        MonpsError: The file cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    text = io.StringIO()
    with mpl.rc_context(_SETTINGS):
        figure = Figure(_SIZE, layout="constrained")
        figure.suptitle(f"Closing line value by {every}", x=0.01, ha="left", fontweight="bold")
        if periods := summary.by("period"):
            _draw(figure, periods, every, _headline(summary))
        else:
            figure.text(0.5, 0.5, "no pick has a CLV yet", ha="center", color=_GREY)
        figure.savefig(text, format="svg", metadata={"Date": None})
    write_file(output, text.getvalue())


def _headline(summary: ClvSummary) -> str:
    (everything,) = summary.by("all")
    interval = everything.interval()
    sure = f" (95 %: {interval[0]:+.2f} to {interval[1]:+.2f})" if interval else ""
    return (
        f"{everything.picks:,} picks on {everything.matches:,} matches,"
        f" mean {everything.mean:+.2f} %{sure}"
    )


def _draw(figure: Figure, periods: Sequence[ClvGroup], every: str, headline: str) -> None:
    top, bottom = figure.subplots(2, sharex=True, height_ratios=[4, 1])
    top.set_title(headline, loc="left", fontsize="medium", color=_GREY)
    days: Any = [date.fromisoformat(str(period.name)) for period in periods]
    _draw_means(top, days, periods)
    top.set_ylabel("CLV, %")
    bottom.bar(days, [period.picks for period in periods], width=_BAR[every], color="#c9d6e6")
    bottom.set_ylabel("picks")
    bottom.yaxis.get_major_locator().set_params(integer=True)
    _date_axis(bottom)


def _draw_means(axes: Axes, days: Any, periods: Sequence[ClvGroup]) -> None:
    means = [period.mean for period in periods]
    lows, highs = zip(*(period.interval() or (period.mean,) * 2 for period in periods), strict=True)
    counts = list(accumulate(period.picks for period in periods))
    sums = accumulate(period.mean * period.picks for period in periods)
    running = [total / count for total, count in zip(sums, counts, strict=True)]
    axes.axhline(0, color=_GREY, linewidth=1)
    axes.errorbar(
        days,
        means,
        yerr=[
            [mean - low for mean, low in zip(means, lows, strict=True)],
            [high - mean for mean, high in zip(means, highs, strict=True)],
        ],
        fmt="o",
        color=_BLUE,
        ecolor=_LIGHT,
        markersize=4,
        label="mean, 95 % interval",
    )
    axes.plot(days, running, color=_ORANGE, linewidth=1.8, label="mean of all until then")
    sure = [
        edge
        for period, low, high in zip(periods, lows, highs, strict=True)
        if period.matches >= _MANY
        for edge in (low, high)
    ]
    low, high = min(*sure, *means, 0), max(*sure, *means, 0)
    axes.set_ylim(low - 0.08 * (high - low or 1), high + 0.08 * (high - low or 1))
    axes.legend(loc="best", frameon=False, fontsize="small")


def _date_axis(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
