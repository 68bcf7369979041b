"""Headers of season files: which prices they contain, of which bookmaker, and the line column."""

from typing import Final

import pytest

from loading.football_data import columns, layout, names
from loading.football_data.columns import Price

KNOWN: Final = names.known()


def found(*header: str) -> list[tuple[str, str, str, dict[str, str], str | None]]:
    return [
        (price.bookmaker, price.market, price.price_type, dict(price.odds), price.line_column)
        for price in columns.prices(header, KNOWN)
    ]


@pytest.mark.parametrize(
    ("header", "bookmaker", "market", "price_type", "odds"),
    [
        (("PSH", "PSD", "PSA"), "Pinnacle", "h2h", "opening", "home draw away"),
        (("PSCH", "PSCD", "PSCA"), "Pinnacle", "h2h", "closing", "home draw away"),
        (("PH", "PD", "PA"), "Pinnacle", "h2h", "opening", "home draw away"),
        (("BFH", "BFD", "BFA"), "Betfair", "h2h", "opening", "home draw away"),
        (("BFDH", "BFDD", "BFDA"), "Betfred", "h2h", "opening", "home draw away"),
        (("BFEH", "BFED", "BFEA"), "Betfair Exchange", "h2h", "opening", "home draw away"),
        (("CLH", "CLD", "CLA"), "Coral", "h2h", "opening", "home draw away"),
        (("CLCH", "CLCD", "CLCA"), "Coral", "h2h", "closing", "home draw away"),
        (("VCH", "VCD", "VCA"), "VC Bet", "h2h", "opening", "home draw away"),
        (("VCCH", "VCCD", "VCCA"), "VC Bet", "h2h", "closing", "home draw away"),
        (("1XBCH", "1XBCD", "1XBCA"), "1xBet", "h2h", "closing", "home draw away"),
        (("B365>2.5", "B365<2.5"), "Bet365", "totals", "opening", "over under"),
        (("PC>2.5", "PC<2.5"), "Pinnacle", "totals", "closing", "over under"),
        (("PAHH", "PAHA"), "Pinnacle", "asian_handicap", "opening", "home away"),
        (("BFECAHH", "BFECAHA"), "Betfair Exchange", "asian_handicap", "closing", "home away"),
        (("WHD",), "William Hill", "h2h", "opening", "draw"),
    ],
)
def test_a_column_belongs_to_one_bookmaker_market_and_price_type(
    header: tuple[str, ...], bookmaker: str, market: str, price_type: str, odds: str
) -> None:
    fields = [f"{side}_odds" for side in odds.split()]
    expected = dict(zip(fields, header, strict=True))
    assert found(*header) == [(bookmaker, market, price_type, expected, None)]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (("AHh", "PAHH", "PAHA"), "AHh"),
        (("AHh", "AHCh", "PCAHH", "PCAHA"), "AHCh"),
        (("BbAHh", "GBAHH", "GBAHA"), "BbAHh"),
        (("BbAHh", "GBAH", "GBAHH", "GBAHA"), "GBAH"),
        (("AHh", "PCAHH", "PCAHA"), None),
    ],
)
def test_a_handicap_has_its_line_in_a_column(header: tuple[str, ...], line: str | None) -> None:
    ((*_, column),) = found(*header)
    assert column == line


@pytest.mark.parametrize("prefix", ["Max", "Avg", "BbMx", "BbAv"])
@pytest.mark.parametrize("suffix", ["H", "D", "A", ">2.5", "<2.5", "AHH", "AHA"])
@pytest.mark.parametrize("mark", ["", "C"])
def test_what_sums_up_bookmakers_is_no_bookmaker(prefix: str, suffix: str, mark: str) -> None:
    assert found("AHh", f"{prefix}{mark}{suffix}") == []


def test_figures_of_the_match_are_no_prices() -> None:
    assert found(*columns.FIGURES) == []
    assert columns.unknown_prefixes(list(columns.FIGURES), KNOWN) == []
    assert columns.unread(list(columns.FIGURES), KNOWN) == {}


@pytest.mark.parametrize(
    ("header", "unread"),
    [
        (("LB", "LB", "LB", "", ""), {"LB": 3}),
        (("PSH", "PSD", "PSA", "AHh", "GBAH", "GBAHH", "BbMx>2.5", "MaxCA"), {}),
        (("Weather", "NEWH", "NEWD", "NEWA"), {"Weather": 1}),
        (("PSX", "psh"), {"PSX": 1, "psh": 1}),
    ],
    ids=str,
)
def test_columns_without_a_known_meaning_are_found(
    header: tuple[str, ...], unread: dict[str, int]
) -> None:
    assert columns.unread(header, KNOWN) == unread


def test_files_of_the_extra_leagues_have_closing_prices_only() -> None:
    header = ["PH", "PD", "PA", "B365CH", "B365CD", "B365CA"]
    found = columns.prices(header, KNOWN, layout.EXTRA.marks)
    assert [(price.bookmaker, price.price_type) for price in found] == [
        ("Bet365", "closing"),
        ("Pinnacle", "closing"),
    ]


def test_of_two_prefixes_of_a_bookmaker_the_first_is_taken() -> None:
    (price,) = columns.prices(["PH", "PD", "PA", "PSH", "PSD", "PSA"], KNOWN)
    assert price.odds["home_odds"] == "PSH"


@pytest.mark.parametrize("header", [("PSH", "P>2.5", "PAHH"), ("PH", "PS>2.5", "PSAHH")])
def test_a_bookmaker_has_one_name_and_one_key_whatever_its_columns_begin_with(
    header: tuple[str, ...],
) -> None:
    prices = columns.prices(header, KNOWN)
    assert {(price.bookmaker, price.key) for price in prices} == {("Pinnacle", "PS")}


def test_no_two_prices_share_a_column() -> None:
    """The names of columns are composed, so two bookmakers must not get the same column."""

    class Everything(list[str]):
        def __contains__(self, _: object) -> bool:
            return True

    everything: list[Price] = [
        price
        for prefix, name in KNOWN.bookmakers.items()
        for price in columns.prices(
            Everything(), names.Names({}, {prefix: name}, KNOWN.aggregates, {})
        )
    ]
    used = [column for price in everything for column in price.odds.values()]
    assert len(used) == len(set(used)) == len(KNOWN.bookmakers) * 14


@pytest.mark.parametrize(
    ("header", "prefixes"),
    [
        (("NEWH", "NEWD", "NEWA"), ["NEW"]),
        (("NEWH", "NEWD", "NEWA", "NEWCH", "NEWCD", "NEWCA"), ["NEW"]),
        (("NEW>2.5", "NEW<2.5"), ["NEW"]),
        (("NEWCAHH", "NEWCAHA"), ["NEWC"]),
        (("NEWH", "NEWD"), []),
        (("PSH", "PSD", "PSA", "MaxH", "MaxD", "MaxA", "BFD", "BFDD"), []),
    ],
)
def test_prefixes_that_look_like_a_bookmaker_are_found(
    header: tuple[str, ...], prefixes: list[str]
) -> None:
    assert columns.unknown_prefixes(header, KNOWN) == prefixes
