"""Plot CLV over time, as SVG or PNG."""

from __future__ import annotations

import io
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from itertools import accumulate, pairwise
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from repositories.clv import ClvGroup, ClvSummary
from schemaproof.cli.output import write_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS: Final = ("svg", "png")
"""The formats of a plot, named as the endings of files; a name without an ending: the first."""

_SIZE: Final = (9.0, 5.0)
_DPI: Final = 150
_BLUE, _ORANGE, _LIGHT, _GREY, _PALE = "C0", "C1", "C2", "C3", "C4"
_BAR: Final = 0.8  # The width of a bar, as a part of its period.
_DAYS: Final = {"day": 1, "week": 7}
_LABEL: Final = 0.2
"""The width of the label of a day, as a part of half the axis."""
_AROUND: Final = 4  # Days shown on each side, so that ticks are whole days.
_MANY: Final = 5
"""The least number of matches for an interval to stretch the scale: with two it may be huge."""

_ON_LIGHT: Final = ("#ffffff", "#000000", "#1f5fa8", "#d9730d", "#9dbcdd", "#666666", "#c9d6e6")
_ON_DARK: Final = ("#0f1216", "#e4e8ed", "#79b8ff", "#ffb077", "#48698f", "#98a2ae", "#33475f")
"""Colours of the background, the text, and the cycle that ``C0`` to ``C4`` above refer to."""

_SETTINGS: Final[Any] = {
    "font.size": 13,  # The text stays readable in a column of 400 pixels.
    "svg.fonttype": "none",  # The SVG contains text, and not outlines of letters.
    "svg.hashsalt": "monps-db",  # The same figures give the same file.
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write(summary: ClvSummary, every: str, output: Path, *, dark: bool = False) -> None:
    """Draw the mean CLV of each period with its interval, the running mean and the pick counts.

    Args:
        summary: The figures.
        every: The length of a period: day, week or month.
        output: The file, written as a whole or not at all; its ending is one of ``FORMATS``.
        dark: Whether a PNG gets the colours for dark pages. An SVG has both sets of colours.

    Raises:
        MonpsError: The file cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    format_ = output.suffix[1:].lower() or FORMATS[0]
    drawn = io.BytesIO()
    on_dark = dark and format_ != "svg"
    colours = _colours(_ON_DARK if on_dark else _ON_LIGHT)
    with mpl.rc_context(_SETTINGS), mpl.rc_context(colours):
        figure = Figure(_SIZE, layout="constrained")
        figure.suptitle(f"Closing line value by {every}", x=0.01, ha="left", fontweight="bold")
        if periods := summary.by("period"):
            _draw(figure, periods, every, _headline(summary))
        else:
            figure.text(0.5, 0.5, "no pick has a CLV yet", ha="center", color=_GREY)
        undated: Any = {"Date": None} if format_ == "svg" else {}
        figure.savefig(drawn, format=format_, dpi=_DPI, metadata=undated)
    plot = drawn.getvalue()
    write_file(output, _with_dark_colours(plot) if format_ == "svg" else plot)


def _colours(chosen: Sequence[str]) -> Any:
    """Return matplotlib's settings for these colours."""
    from matplotlib.rcsetup import cycler

    ground, text, *drawn = chosen
    of_text = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    return {
        "figure.facecolor": ground,
        "axes.facecolor": ground,
        "axes.prop_cycle": cycler(color=drawn),
        **dict.fromkeys(of_text, text),
    }


def _with_dark_colours(svg: bytes) -> bytes:
    """Return the SVG with a style sheet for dark pages."""
    rules = [
        f'[style*="{what}: {light}"] {{ {what}: {dark} !important }}'
        for light, dark in zip(_ON_LIGHT, _ON_DARK, strict=True)
        for what in ("fill", "stroke")
    ]
    text = f"text {{ fill: {_ON_DARK[1]} }}"
    sheet = f"@media (prefers-color-scheme: dark) {{ {text} {' '.join(rules)} }}"
    return svg.replace(b"</style>", f"\n{sheet}</style>".encode(), 1)


def _headline(summary: ClvSummary) -> str:
    (everything,) = summary.by("all")
    interval = everything.interval()
    sure = f" (95 %: {interval[0]:+.2f} to {interval[1]:+.2f})" if interval else ""
    return (
        f"picks: {everything.picks:,}, matches: {everything.matches:,},"
        f" mean: {everything.mean:+.2f} %{sure}"
    )


def _draw(figure: Figure, periods: Sequence[ClvGroup], every: str, headline: str) -> None:
    top, bottom = figure.subplots(2, sharex=True, height_ratios=[4, 1])
    top.set_title(headline, loc="left", fontsize="medium", color=_GREY)
    centres, lengths = zip(*(_span(str(period.name), every) for period in periods), strict=True)
    _draw_means(top, centres, periods)
    top.set_ylabel("CLV, %")
    picks = [period.picks for period in periods]
    bottom.bar(centres, picks, width=[_BAR * length for length in lengths], color=_PALE)
    bottom.set_ylabel("picks")
    bottom.yaxis.get_major_locator().set_params(integer=True)
    _date_axis(bottom, centres[0] - lengths[0] / 2, centres[-1] + lengths[-1] / 2)
    # The legend is outside of the data area.
    figure.legend(loc="outside lower left", ncols=3, frameon=False, fontsize="small")


def _span(first_day: str, every: str) -> tuple[float, int]:
    """Return the middle of a period on matplotlib's axis, and its length in days.

    On the axis a day has the length 1, and its tick is taken as its middle.
    """
    from matplotlib.dates import date2num

    day = date.fromisoformat(first_day)
    days = _DAYS.get(every) or monthrange(day.year, day.month)[1]
    return float(date2num(day)) + (days - 1) / 2, days  # type: ignore[no-untyped-call]


def _draw_means(axes: Axes, centres: Sequence[float], periods: Sequence[ClvGroup]) -> None:
    means = [period.mean for period in periods]
    intervals = [period.interval() or (period.mean, period.mean) for period in periods]
    counts = list(accumulate(period.picks for period in periods))
    sums = accumulate(period.mean * period.picks for period in periods)
    running = [total / count for total, count in zip(sums, counts, strict=True)]
    axes.axhline(0, color=_GREY, linewidth=1)
    axes.errorbar(
        centres,
        means,
        yerr=[
            [mean - low for mean, (low, _) in zip(means, intervals, strict=True)],
            [high - mean for mean, (_, high) in zip(means, intervals, strict=True)],
        ],
        fmt="o",
        color=_BLUE,
        ecolor=_LIGHT,
        markersize=4,
        label="mean, 95 % interval",
    )
    if len(periods) > 1:  # A line needs two points.
        axes.plot(centres, running, color=_ORANGE, linewidth=1.8, label="mean of all picks so far")
    sure = [
        edge
        for period, interval in zip(periods, intervals, strict=True)
        if period.matches >= _MANY
        for edge in interval
    ]
    low, high = min(*sure, *means, 0), max(*sure, *means, 0)
    margin = 0.08 * (high - low or 1)
    axes.set_ylim(low - margin, high + margin)
    _mark_clipped(axes, centres, intervals)


def _mark_clipped(
    axes: Axes, centres: Sequence[float], intervals: Sequence[tuple[float, float]]
) -> None:
    """Draw a triangle where an interval continues beyond the scale."""
    bottom, top = axes.get_ylim()
    below = [at for at, (low, _) in zip(centres, intervals, strict=True) if low < bottom]
    above = [at for at, (_, high) in zip(centres, intervals, strict=True) if high > top]
    label = "interval continues"
    for where, edge, marker in ((above, top, "^"), (below, bottom, "v")):
        if where:
            axes.plot(
                where, [edge] * len(where), marker, color=_BLUE, markersize=4, clip_on=False,
                label=label,
            )  # fmt: skip
            label = "_"  # Both directions share one line of the legend.


def _date_axis(axes: Axes, first: float, last: float) -> None:
    """Label days; the year is below the first label, and below each label where it changes."""
    from matplotlib.dates import AutoDateLocator, num2date

    middle, reach = (first + last) / 2, max((last - first) / 2 * 1.03, _AROUND)
    axes.set_xlim(middle - reach, middle + reach)
    locator = AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    shown = [tick for tick in locator() if abs(tick - middle) <= reach]
    # A label that would touch the next one is left out: 29 Nov in favour of 1 Dec.
    ticks = [at for at, after in pairwise([*shown, inf]) if after - at > _LABEL * reach]
    days = [num2date(tick) for tick in ticks]  # type: ignore[no-untyped-call]
    years = [None, *(day.year for day in days)]
    axes.set_xticks(
        ticks,
        [
            f"{day.day} {day:%b}\n{day.year if day.year != before else ''}"
            for day, before in zip(days, years, strict=False)
        ],
    )
