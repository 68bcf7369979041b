"""Season files, found and loaded into the table of odds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from core.errors import LoadError
from repositories.loading.football_data import columns, matches, names, odds
from repositories.loading.football_data.csv_file import SeasonFile
from repositories.loading.jsonl import Record
from repositories.loading.merge import Merged, wait_for_others
from repositories.unit_of_work import UnitOfWork

LISTED: Final = 1_000
"""Refused rows that are kept to be listed; beyond, they are only counted."""

_ENDINGS: Final = (".csv", ".csv.gz")


@dataclass
class Account:
    """What is noted while files are read.

    Attributes:
        files: Season files that were read.
        matches: Matches that were read.
        without_time: Of these, matches whose file has no time of kick-off.
        refused: What was refused: file, line and reason; the first ``LISTED``.
        refused_count: How much was refused.
        passed_over: Files of a folder that are no season files.
        unknown: Names that Mon_PS has no name for, in the order in which they were met.
    """

    files: int = 0
    matches: int = 0
    without_time: int = 0
    refused: list[LoadError] = field(default_factory=list)
    refused_count: int = 0
    passed_over: list[Path] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)

    def refuse(self, error: LoadError) -> None:
        """Note something refused."""
        self.refused_count += 1
        if len(self.refused) < LISTED:
            self.refused.append(error)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be loaded.

    Attributes:
        path: The file.
        is_named: Whether it was asked for by name, and not found in a folder.
    """

    path: Path
    is_named: bool


def find(paths: Iterable[Path]) -> list[Source]:
    """Return the files, and those in the folders that end as season files do, at any depth."""
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
        and not path.name.startswith(".")  # what a file manager leaves there
        and not path.is_dir()
    )


def load(
    uow: UnitOfWork,
    sources: Sequence[Source],
    on_progress: Callable[[int], None] = lambda _: None,
    copying: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> tuple[Merged, Account]:
    """Bring the odds of season files into the table; the caller commits.

    What cannot be read is noted, and the rest is loaded.

    Args:
        uow: The unit of work: one transaction for everything.
        sources: The files.
        on_progress: Told how many bytes were read since it was told last.
        copying: What has to be around a bulk write.

    Returns:
        What was done, in rows of odds, and what was noted.

    Raises:
        SchemaMismatchError: The database is not what the model says.
    """
    wait_for_others(uow.session)
    account = Account()
    reader = _Reader(names.known(), account, on_progress)
    rows = (row for source in sources for row in reader.rows(source))
    with copying():
        done = uow.odds.upsert_many(rows)
    return Merged(done.inserted, done.updated, done.unchanged), account


class _Reader:
    """Reads files one by one, and knows which matches it has met."""

    def __init__(
        self, known: names.Names, account: Account, on_progress: Callable[[int], None]
    ) -> None:
        self._known = known
        self._account = account
        self._on_progress = on_progress
        self._met: dict[str, str] = {}

    def rows(self, source: Source) -> Iterator[dict[str, Any]]:
        file = SeasonFile(source.path, self._on_progress)
        try:
            header = file.header()
            if missing := [name for name in columns.REQUIRED if name not in header]:
                if source.is_named:
                    file.refuse(f"has no column {missing[0]}", "give a file with odds of a season")
                self._account.passed_over.append(source.path)
                return
            yield from self._matches(file, header)
        except LoadError as error:
            self._account.refuse(error)

    def _matches(self, file: SeasonFile, header: list[str]) -> Iterator[dict[str, Any]]:
        prices = self._prices(file, header)
        self._account.files += 1
        for record in file.records(header):
            if isinstance(record, LoadError):
                self._account.refuse(record)
                continue
            try:
                match = self._match(record)
            except LoadError as error:
                self._account.refuse(error)
                continue
            for row in odds.rows(record, match, prices):
                if isinstance(row, LoadError):
                    self._account.refuse(row)
                else:
                    yield row

    def _prices(self, file: SeasonFile, header: list[str]) -> list[columns.Price]:
        prices = list(columns.prices(header, self._known))
        used = {
            *columns.REQUIRED,
            "Time",
            *(name for price in prices for name in price.odds.values()),
        }
        used |= {price.line_column for price in prices if price.line_column}
        for name in header:
            if name in used and header.count(name) > 1:
                file.refuse(f"has the column {name} twice", "download it again")
        for prefix in columns.unknown_prefixes(header, self._known):
            self._account.unknown[f"bookmaker {prefix} (not loaded)"] = None
        return prices

    def _match(self, record: Record) -> matches.Match:
        match = matches.read(record, self._known)
        here = f"line {record.line} of {record.file}"
        if (first := self._met.setdefault(match.match_id, here)) != here:
            record.refuse(f"is the match in {first} again", "remove one of the two")
        self._account.matches += 1
        self._account.without_time += not match.has_time
        self._account.unknown.update(dict.fromkeys(match.unknown))
        return match
