"""Prices of a line: decimal odds, no price, or a reason for refusal."""

from typing import Any

import pytest

from core.errors import LoadError
from loading.football_data import columns, matches, names, odds
from loading.jsonl import Record
from tests.support.season_files import MATCH, PRICES, ROWS, line


def rows(values: dict[str, str]) -> list[dict[str, Any] | LoadError]:
    record = Record("E0.csv", 7, values)
    prices = list(columns.prices(values, names.known()))
    return list(odds.rows(record, matches.read(record, names.known()), prices))


def only(**values: str) -> Any:
    (row,) = rows({**MATCH, **{name.replace("_", ">"): value for name, value in values.items()}})
    return row


def test_a_line_gives_a_row_for_each_bookmaker_market_and_price_type() -> None:
    made = [row for row in rows(line()) if isinstance(row, dict)]
    keys = ("bookmaker", "market", "price_type", "line", "home_odds", "over_odds")
    assert len(made) == ROWS
    assert {tuple(row[key] for key in keys) for row in made} == {
        ("Bet365", "h2h", "opening", None, 1.5, None),
        ("Pinnacle", "h2h", "opening", None, 1.52, None),
        ("Bet365", "totals", "opening", 2.5, None, 1.8),
        ("Pinnacle", "totals", "opening", 2.5, None, 1.83),
        ("Pinnacle", "asian_handicap", "opening", -1.0, 1.9, None),
        ("Bet365", "h2h", "closing", None, 1.4, None),
        ("Pinnacle", "h2h", "closing", None, 1.45, None),
        ("Pinnacle", "totals", "closing", 2.5, None, 1.7),
        ("Pinnacle", "asian_handicap", "closing", -1.25, 1.95, None),
    }


def test_closing_prices_are_those_of_the_kick_off_and_opening_ones_are_older() -> None:
    for row in rows(line()):
        assert isinstance(row, dict)
        is_closing = row["price_type"] == "closing"
        assert (row["collected_at"] == row["commence_time"]) == is_closing
        assert row["collected_at"] <= row["commence_time"]
        assert row["is_live"] is False


@pytest.mark.parametrize("column", ["PSH", "PH"])
def test_the_first_prefix_of_a_bookmaker_is_its_key(column: str) -> None:
    assert only(**{column: "2"})["bookmaker_key"] == "PS"


def test_numbers_may_have_a_decimal_comma_where_another_sign_separates_columns() -> None:
    record = Record("E0.csv", 7, {**MATCH, "PSH": "1,85", "AHh": "-0,25", "PAHH": "1,9"})
    match = matches.read(record, names.known())
    prices = list(columns.prices(record.values, names.known()))
    made = list(odds.rows(record, match, prices, has_commas=True))
    assert [(row["home_odds"], row["line"]) for row in made if isinstance(row, dict)] == [
        (1.85, None),
        (1.9, -0.25),
    ]


@pytest.mark.parametrize("blank", ["", "0", "0.0", "0.00"])
def test_blank_and_zero_mean_that_there_is_no_price(blank: str) -> None:
    assert rows({**MATCH, "PSH": blank, "PSD": blank, "PSA": blank}) == []
    row = rows({**MATCH, "PSH": "2.5", "PSD": blank, "PSA": "3"})[0]
    assert isinstance(row, dict)
    assert (row["home_odds"], row["draw_odds"], row["away_odds"]) == (2.5, None, 3.0)


@pytest.mark.parametrize(("text", "value"), [("1.01", 1.01), ("7", 7.0), ("1000.", 1000.0)])
def test_decimal_odds_are_read(text: str, value: float) -> None:
    assert only(PSH=text)["home_odds"] == value


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "0.5",
        "-2",
        "1,5",
        "abc",
        "nan",
        "inf",
        "1e3",
        "1_000",
        "\uff12",
        "5/2",
        "12345678",
        "#N/A",
    ],
)
def test_what_is_no_decimal_odds_is_refused_with_its_column(text: str) -> None:
    error = only(PSH=text)
    assert isinstance(error, LoadError)
    assert error.message == (f"E0.csv, line 7: PSH is {text!r}, and not decimal odds above 1")


def test_a_bad_price_refuses_its_own_row_only() -> None:
    made = rows(line(B365D="x"))
    assert sum(isinstance(row, LoadError) for row in made) == 1
    assert len(made) == ROWS


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("-0", 0), ("-2.75", -2.75), ("+1.5", 1.5), ("0.25", 0.25)]
)
def test_a_handicap_is_that_of_the_home_team(text: str, value: float) -> None:
    row = only(PAHH="1.9", AHh=text)
    assert (row["market"], row["line"]) == ("asian_handicap", value)


@pytest.mark.parametrize("text", ["x", "-", "1/4", "0,-0.5", "nan", "999"])
def test_what_is_no_handicap_is_refused(text: str) -> None:
    assert "and not a handicap" in str(only(PAHH="1.9", AHh=text))


def test_a_handicap_price_needs_its_handicap() -> None:
    assert "without its handicap (AHh)" in str(only(PAHH="1.9", AHh=""))
    assert "without its handicap (AHh)" in str(only(PAHH="1.9"))


def test_a_handicap_without_prices_is_nothing() -> None:
    assert rows({**MATCH, "PAHH": "", "PAHA": "", "AHh": ""}) == []


def test_every_price_of_the_sample_belongs_to_a_row_or_an_aggregate() -> None:
    used = {name for price in columns.prices(PRICES, names.known()) for name in price.odds.values()}
    rest = set(PRICES) - used - {"AHh", "AHCh"}
    assert all(name.startswith(names.known().aggregates) for name in rest)
