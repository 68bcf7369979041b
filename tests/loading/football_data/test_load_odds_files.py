"""Season files as people keep them: all historic layouts, saved again, corrected, month-first."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from loading.football_data import files
from loading.football_data.dates import Order
from loading.merge import Merged
from schemaproof_testing.project import ROOT
from tests.support import historic_files
from tests.support.historic_files import ERAS, FIRST_SEASON, find_era, rows_of_a_match
from tests.support.loading_odds import load, reasons
from tests.support.repository_rows import Store
from tests.support.season_files import MATCH, ROWS, line, text, write

SEASONS = [
    (division, max(era.first, FIRST_SEASON[division]))
    for division in (*historic_files.ENGLAND, *historic_files.SCOTLAND, *historic_files.OTHERS)
    for era in (*ERAS, find_era(2003))
    if era is find_era(max(era.first, FIRST_SEASON[division]))
]


def test_every_historic_layout_of_every_division_is_read(store: Store, tmp_path: Path) -> None:
    seasons = {*SEASONS, *((division, 2003) for division in ("G1", "T1", "P1"))}
    for division, year in seasons:
        path = tmp_path / f"{division}-{year}.csv"
        path.write_bytes(historic_files.season(division, year).encode())
    merged, account = load(store, tmp_path)
    with_prices = [year for _, year in seasons if rows_of_a_match(find_era(year))]
    assert reasons(account) == []
    assert merged.created == sum(3 * rows_of_a_match(find_era(year)) for year in with_prices)
    assert (account.files, account.matches) == (len(with_prices), 3 * len(with_prices))
    assert len(account.without_prices) == len(seasons) - len(with_prices)
    assert not [name for name in account.unknown if name.table != "teams"]
    assert account.unread == {}


def saved_with(separator: str) -> Callable[[str], str]:
    return lambda content: content.replace(",", separator)


SAVED = {
    "semicolons": saved_with(";"),
    "tabs": saved_with("\t"),
    "decimal commas": lambda content: (
        content.replace(",", ";")
        .replace(".", ",")
        .replace(*(">2,5", ">2.5"))
        .replace("<2,5", "<2.5")
    ),
    "sep line": lambda content: "sep=,\n" + content,
    "title": lambda content: "Premier League\n\n" + content,
    "lower-case header": lambda content: (
        content.partition("\n")[0].lower() + "\n" + content.partition("\n")[2]
    ),
    "blanks cut": lambda content: "\n".join(row.rstrip(",") for row in content.split("\n")),
    "CRLF": lambda content: content.replace("\n", "\r\n"),
    "short names": lambda content: content.replace("HomeTeam", "HT").replace("AwayTeam", "AT"),
}


@pytest.mark.parametrize("save", SAVED.values(), ids=SAVED)
def test_a_file_that_was_saved_again_gives_the_same_rows(
    store: Store, tmp_path: Path, save: Callable[[str], str]
) -> None:
    matches = (line(), line(Date="30/11/2025", MaxCH="", AvgCH="", PCAHA="", PCAHH=""))
    write(tmp_path / "plain.csv", *matches)
    load(store, tmp_path / "plain.csv")
    saved = tmp_path / "saved.csv"
    saved.write_text(save(text(*matches)), "utf-8")
    merged, account = load(store, saved)
    assert reasons(account) == []
    assert merged == Merged(unchanged=2 * ROWS - 1)


def month_first(*days: str) -> list[dict[str, str]]:
    return [line(Date=day, HomeTeam=f"Home {number}") for number, day in enumerate(days)]


@pytest.mark.parametrize(
    "days", [("8/3/2024", "8/17/2024"), ("8/3/2024", "8/10/2024", "9/2/2024")], ids=str
)
def test_a_file_with_month_first_dates_is_refused_whole(
    store: Store, tmp_path: Path, days: tuple[str, ...]
) -> None:
    path = write(tmp_path / "E0.csv", *month_first(*days))
    merged, account = load(store, path)
    assert merged == Merged()
    (reason,) = reasons(account)
    assert "has month-first dates" in reason
    assert account.refused[0].remedy == "load it with --dates month-first"


def test_month_first_dates_are_read_when_that_is_asked_for(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "E0.csv", *month_first("8/3/2024", "8/17/2024"))
    with store.unit_of_work() as uow:
        _, account = files.load(uow, files.find([path]), order=Order.MONTH_FIRST)
        uow.commit()
    assert reasons(account) == []
    days = "SELECT DISTINCT commence_time::date::text FROM odds ORDER BY 1"
    assert store.ask(days) == [("2024-08-03",), ("2024-08-17",)]


@pytest.mark.parametrize(
    ("order", "days", "reason"),
    [
        (Order.MONTH_FIRST, ("17/08/2024",), "has day-first dates (line 2: 17/08/2024)"),
        (None, ("17/08/2024", "08/18/2024"), "mixes day-first with month-first dates"),
    ],
)
def test_dates_that_contradict_what_was_asked_for_refuse_the_file(
    store: Store, tmp_path: Path, order: Order | None, days: tuple[str, ...], reason: str
) -> None:
    path = write(tmp_path / "E0.csv", *month_first(*days))
    with store.unit_of_work() as uow:
        merged, account = files.load(uow, files.find([path]), order=order)
    assert merged == Merged()
    assert reason in reasons(account)[0]


@pytest.mark.parametrize(
    ("changes", "withdrawn"),
    [
        ({}, 0),
        ({"B365H": "1.55"}, 0),
        ({"PSCH": "", "PSCD": "", "PSCA": ""}, 1),
        ({"AHCh": "-1.5"}, 1),
        (dict.fromkeys(("B365>2.5", "B365<2.5", "P>2.5", "P<2.5"), "0"), 2),
        ({"PSH": "x"}, 0),
    ],
    ids=str,
)
def test_prices_that_a_corrected_file_withdraws_stay_and_are_counted(
    store: Store, tmp_path: Path, changes: dict[str, str], withdrawn: int
) -> None:
    path = write(tmp_path / "E0.csv", line())
    load(store, path)
    before = store.count("odds")
    _, account = load(store, write(path, line(**changes)))
    assert account.withdrawn == withdrawn
    assert store.count("odds") >= before


def test_a_file_without_prices_is_told_from_one_of_another_kind(
    store: Store, tmp_path: Path
) -> None:
    path = write(tmp_path / "E0.csv", MATCH)
    _, account = load(store, tmp_path)
    assert (account.without_prices, account.passed_over, reasons(account)) == ([path], [], [])
    _, named = load(store, path)
    assert reasons(named) == [f"{path}: has no price columns of a known bookmaker"]


def test_a_header_that_lacks_a_column_is_refused_with_its_separator(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "E0.csv").write_text("Div;Date;HomeTeam;PSH\nE0;1/1/25;A;2\n", "utf-8")
    _, account = load(store, tmp_path)
    assert "has no column AwayTeam; it looks like a season file" in reasons(account)[0]
    assert "separated by ';'" in reasons(account)[0]


CASES = ROOT.parent / "shared" / "cases" / "odds"


@pytest.mark.skipif(not CASES.is_dir(), reason="the files of others are not on this machine")
def test_files_of_others_are_read_or_refused_with_the_reason(store: Store) -> None:
    _, account = load(store, CASES)
    assert account.passed_over == account.without_prices == []
    assert {Path(error.file or "").name for error in account.refused if not error.line} == {
        "us_date.csv"
    }
    assert [name for name in account.unread if name.startswith("LB")] == ["LB (3 times)"]


def again(*names: str) -> str:
    return text(line(), columns=names)


@pytest.mark.parametrize("columns", [["Date", *sorted(line())], [*line(), "Date2", "X"]])
def test_another_header_further_down_refuses_the_file(
    store: Store, tmp_path: Path, columns: list[str]
) -> None:
    """The lines after it would be read with the wrong columns."""
    path = tmp_path / "E0.csv"
    path.write_text(text(line()) + again(*columns), "utf-8")
    _, account = load(store, path)
    assert reasons(account) == [f"{path}: has another header in line 3"]
    assert store.count("odds") == 0


def test_the_same_header_further_down_is_a_line_that_is_refused(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "E0.csv"
    path.write_text(text(line()) + text(line(HomeTeam="Leeds")), "utf-8")
    _, account = load(store, path)
    assert reasons(account) == [f"{path}, line 3: repeats the header"]
    assert (account.matches, store.count("odds")) == (2, 2 * ROWS)


def test_a_compressed_file_may_have_any_name(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "E0.csv"
    path.write_bytes(gzip.compress(text(line()).encode()))
    assert load(store, path)[0].created == ROWS


@pytest.mark.parametrize(
    ("days", "is_listed"),
    [
        (["03/04/2025"], True),
        (["01/02/2025", "02/03/2025"], True),
        (["03/03/2025", "04/04/2025"], False),
        (["03/04/2025", "13/04/2025"], False),
        (["2025-04-03"], False),
    ],
)
def test_a_file_whose_dates_fit_both_orders_is_listed(
    store: Store, tmp_path: Path, days: list[str], *, is_listed: bool
) -> None:
    lines = [line(Date=day, HomeTeam=f"T{number}") for number, day in enumerate(days)]
    path = write(tmp_path / "E0.csv", *lines)
    _, account = load(store, path)
    assert (account.either_order == [path], account.matches) == (is_listed, len(days))
