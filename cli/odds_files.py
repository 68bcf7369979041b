"""Find the files that ``monps-db load odds`` loads, and report what was refused or skipped."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import click

from cli import unknown_names as unknown
from core.errors import DataAccessError
from loading.football_data import files, matches
from loading.football_data.account import Account
from repositories.clv import ClosedPicks, LeftOpen
from schemaproof.cli import output


def find(paths: Iterable[Path]) -> Sequence[files.Source]:
    """Find the season files that the paths name, or that are in the named folders.

    Raises:
        UsageError: There are no such files.
    """
    found = files.find(paths)
    if not found:
        raise click.UsageError("there is no .csv or .csv.gz file in these folders")
    return found


def total_size(sources: Iterable[files.Source]) -> int:
    """Add up the sizes of the files; a file that cannot be read is reported later."""
    total = 0
    for source in sources:
        with suppress(OSError):
            total += source.path.stat().st_size
    return total


def list_notes(account: Account, unknown_names: Path | None) -> None:
    """List on stderr refused lines, skipped files, unread columns, and unknown names.

    Args:
        account: The notes about the files.
        unknown_names: The file to write the unknown names to; None to write no file.

    Raises:
        ConfigurationError: The file of unknown names cannot be written.
    """
    for error in account.refused:
        _note(str(error))
    if more := account.refused_count - len(account.refused):
        _note(f"... and {more:,} more refused")
    for path in account.passed_over:
        _note(f"{path}: passed over, because it has no header of a season file")
    for path in account.without_prices:
        _note(f"{path}: passed over, because it has no price columns of a known bookmaker")
    for path in account.either_order:
        _note(
            f"{path}: nothing in it shows whether its dates are day-first, as they were read;"
            " --dates month-first reads them the other way"
        )
    if account.without_time:
        _note(
            f"matches without a time of kick-off: {account.without_time},"
            f" stored with {matches.NO_TIME:%H:%M} UK time"
        )
    if account.unread:
        listed = ", ".join(f"{name} (files: {count})" for name, count in account.unread.items())
        _note(f"columns without a known meaning are not read: {listed}")
    written = unknown_names if unknown_names and account.unknown else None
    if written:
        unknown.write(account.unknown, written)
    for sentence in unknown.sentences(account.unknown, written):
        _note(sentence)


def refused(account: Account, *, kept: bool) -> DataAccessError:
    """Return the error with which the command ends after refusals."""
    return DataAccessError(
        f"{account.refused_count:,} refused, {'the rest is loaded' if kept else 'nothing is kept'}",
        remedy="correct what is listed above, and load again",
    )


def describe(closed: ClosedPicks) -> list[str]:
    """Describe the number of closed picks, and why other picks stay open."""
    fall_backs = "".join(f", {count} by {name}" for name, count in closed.by_fall_back.items())
    summary = (
        f"picks: {closed.closed} closed ({closed.by_own_bookmaker} by their own bookmaker"
        f"{fall_backs}), {closed.left_open} left open"
    )
    return [summary, *(f"  left open: {left.picks} {_why(left)}" for left in closed.reasons)]


def _why(left: LeftOpen) -> str:
    reasons = {
        "no market": f"in market {left.market!r}, for which no odds are stored",
        "no selection": (
            f"in market {left.market!r} with selection {left.selection!r}, which"
            " names no side and line of that market"
        ),
        "no match": "without closing odds of these teams on that day",
        "no price": "whose match has closing odds, but not this price",
    }
    return reasons[left.reason]


def _note(text: str) -> None:
    output.say(text, err=True)
