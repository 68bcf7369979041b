"""Find season files, and load them into the table of odds."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.errors import LoadError
from loading.football_data import columns, dates, matches, names, odds
from loading.football_data.account import Account, Unknown
from loading.football_data.csv_file import SeasonFile
from loading.football_data.dates import Order
from loading.football_data.layout import Head
from loading.football_data.names import Names
from loading.jsonl import Record
from loading.merge import Merged, wait_for_others
from repositories.unit_of_work import UnitOfWork

_ENDINGS: Final = (".csv", ".csv.gz")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to load.

    Attributes:
        path: The file.
        is_named: Whether the user named the file; False if it was found in a folder.
    """

    path: Path
    is_named: bool


def find(paths: Iterable[Path]) -> list[Source]:
    """Return the named files, and season files in the named folders, at any depth."""
    found: dict[Path, Source] = {}
    for path in paths:
        for file in _inside(path) if path.is_dir() else [path]:
            found.setdefault(file.resolve(), Source(file, is_named=file == path))
    return list(found.values())


def _inside(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.name.lower().endswith(_ENDINGS)
        and not path.name.startswith(".")  # File managers write hidden files into folders.
        and not path.is_dir()
    )


def load(
    uow: UnitOfWork,
    sources: Sequence[Source],
    *,
    known: Names | None = None,
    order: Order | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> tuple[Merged, Account]:
    """Load the odds of season files into the table; the caller commits.

    Refused lines are recorded, and the rest is loaded. Stored prices that a file no longer contains
    are kept and counted.

    Args:
        uow: The unit of work; all files are one transaction.
        sources: The files.
        known: The names of leagues, teams and bookmakers in Mon_PS; None for ``names.toml``.
        order: The order of day and month in dates; None means day first, and refuses a file with
            another order.
        on_progress: The function that is called with the number of bytes read since the last call.

    Returns:
        The numbers of inserted, updated and unchanged rows of odds, and the notes about the files.

    Raises:
        SchemaMismatchError: The database differs from the model.
    """
    wait_for_others(uow.session)
    reader = _Reader(known or names.known(), order, on_progress)
    rows = (row for source in sources for row in reader.rows(source))
    done = uow.odds.upsert_many(rows)
    account = reader.account
    stored = uow.odds.count_by_match(list(reader.prices_of))
    account.withdrawn = sum(stored[match] - reader.prices_of[match] for match in stored)
    return Merged(done.inserted, done.updated, done.unchanged), account


class _Reader:
    """Reads files one by one, and records the matches that it has read.

    Attributes:
        account: The notes about the files.
        prices_of: The rows of odds of each match, except for matches with refused rows.
    """

    def __init__(
        self, known: Names, order: Order | None, on_progress: Callable[[int], None]
    ) -> None:
        self.account = Account()
        self.prices_of: dict[str, int] = {}
        self._names = known
        self._order = order
        self._on_progress = on_progress
        self._met: dict[str, str] = {}

    def rows(self, source: Source) -> Iterator[dict[str, Any]]:
        """Yield the rows of odds of a file."""
        with SeasonFile(source.path, self._on_progress) as file:
            try:
                head = file.head(self._names)
                prices = self._prices(file, head, source) if head else None
                if head is None:
                    self._pass_over(file, source)
                elif prices is not None:
                    self._judge_dates(file, head)
                    yield from self._matches(file, head, prices)
            except LoadError as error:
                self.account.refuse(error)

    def _pass_over(self, file: SeasonFile, source: Source) -> None:
        if source.is_named:
            file.refuse(
                "has no header of a season file (Div, Date, HomeTeam, AwayTeam)",
                "give a file with odds of a season",
            )
        self.account.passed_over.append(source.path)

    def _prices(self, file: SeasonFile, head: Head, source: Source) -> list[columns.Price] | None:
        """Return the prices in a file; None if it has no prices and was found in a folder."""
        if head.missing:
            file.refuse(
                f"has no column {' and no column '.join(head.missing)}; it looks like a"
                f" {head.layout.name} with columns separated by {head.separator!r}",
                "download it again",
            )
        prices = list(columns.prices(head.columns, self._names, head.layout.marks))
        self._refuse_used_twice(file, head, prices)
        for prefix in columns.unknown_prefixes(head.columns, self._names):
            self.account.unknown[Unknown("bookmakers", prefix)] += 1
        for name, count in columns.unread(head.columns, self._names).items():
            self.account.unread[f"{name} ({count} times)" if count > 1 else name] += 1
        if not prices:
            if source.is_named:
                file.refuse("has no price columns of a known bookmaker", "give a file with odds")
            self.account.without_prices.append(source.path)
            return None
        return prices

    def _refuse_used_twice(
        self, file: SeasonFile, head: Head, prices: Sequence[columns.Price]
    ) -> None:
        used = {*head.layout.required, "Time"}
        used |= {name for price in prices for name in price.odds.values()}
        used |= {price.line_column for price in prices if price.line_column}
        for name in head.columns:
            if name in used and head.columns.count(name) > 1:
                file.refuse(f"has the column {name} twice", "download it again")

    def _judge_dates(self, file: SeasonFile, head: Head) -> None:
        found = dates.evidence(self._dates(file, head))
        if not found and self._order is None:
            is_open = any(dates.fits_both_orders(text) for _, text in self._dates(file, head))
            self.account.either_order += [file.path] if is_open else []
        order = self._order or Order.DAY_FIRST
        against = found.get(order.other)
        if against is None or (self._order is not None and against.line is None):
            return
        where = "sorted" if against.line is None else f"line {against.line}:"
        if len(found) > 1:
            file.refuse(
                f"mixes {order} with {order.other} dates ({where} {against.text})",
                "download it again",
            )
        file.refuse(
            f"has {order.other} dates ({where} {against.text})",
            f"load it with --dates {order.other}",
        )

    def _dates(self, file: SeasonFile, head: Head) -> Iterator[tuple[int, str]]:
        for record in file.records(head):
            if isinstance(record, Record):
                yield record.line, record.values["Date"]
            elif record.line is None:
                raise record  # This error is about the whole file, so no line can be skipped.

    def _matches(
        self, file: SeasonFile, head: Head, prices: Sequence[columns.Price]
    ) -> Iterator[dict[str, Any]]:
        self.account.files += 1
        for record in file.records(head):
            try:
                if isinstance(record, LoadError):
                    raise record
                match = self._match(record)
            except LoadError as error:
                self.account.refuse(error)
                continue
            found = list(odds.rows(record, match, prices, has_commas=head.separator != ","))
            made = [row for row in found if not isinstance(row, LoadError)]
            if len(made) == len(found):
                self.prices_of[match.match_id] = len(made)
            for row in found:
                if isinstance(row, LoadError):
                    self.account.refuse(row)
            yield from made

    def _match(self, record: Record) -> matches.Match:
        match = matches.read(record, self._names, self._order or Order.DAY_FIRST)
        here = f"line {record.line} of {record.file}"
        if (first := self._met.setdefault(match.match_id, here)) != here:
            record.refuse(f"repeats the match in {first}", "remove one of the two")
        self.account.matches += 1
        self.account.without_time += not match.has_time
        self.account.unknown.update(match.unknown)
        return match
