"""Columns in another order than recorded, and differences of order that are not reported."""

from collections.abc import Mapping

import pytest

from schemaproof.compare.column_numbers import ANEW, crosswise, moved

RECORDED = {"id": 1, "home": 2, "away": 4, "note": 5}
"""Number 3 was dropped by a revision."""


@pytest.mark.parametrize(
    "live",
    [
        pytest.param(RECORDED, id="as recorded"),
        pytest.param({"id": 1, "home": 2, "away": 3, "note": 4}, id="restored"),
        pytest.param({**RECORDED, "mine": 6}, id="added by hand"),
        pytest.param({"id": 1, "home": 2, "note": 5}, id="dropped by hand"),
        pytest.param({"id": 1, "theirs": 2, "away": 4, "note": 5}, id="renamed by hand"),
        pytest.param({"id": 1, "home": 2, "note": 4}, id="restored, then dropped by hand"),
        pytest.param({"id": 1, "home": 2, "note": 3}, id="dropped by hand, then restored"),
        pytest.param(
            {"id": 1, "home": 2, "away": 3, "note": 4, "mine": 5}, id="restored, then added"
        ),
        pytest.param({}, id="no column left"),
    ],
)
def test_no_column_is_said_to_have_moved(live: Mapping[str, int]) -> None:
    assert moved(RECORDED, live) == []


@pytest.mark.parametrize(
    "live",
    [
        pytest.param({"id": 1, "home": 6, "away": 4, "note": 5}, id="made anew"),
        pytest.param({"id": 1, "home": 4, "away": 2, "note": 3}, id="made anew, then restored"),
    ],
)
def test_a_generated_column_that_was_made_anew_has_lost_nothing(live: Mapping[str, int]) -> None:
    assert moved(RECORDED, live, ["home"]) == []
    assert moved(RECORDED, {**live, "note": 9}, ["home"]) != []


@pytest.mark.parametrize(
    ("live", "reasons"),
    [
        pytest.param(
            {"id": 1, "home": 4, "away": 2, "note": 5},
            {
                "home": "its name was swapped with that of away",
                "away": "its name was swapped with that of home",
            },
            id="swapped",
        ),
        pytest.param(
            {"id": 1, "home": 3, "away": 2, "note": 4},
            {
                "home": "its name was swapped with that of away",
                "away": "its name was swapped with that of home",
            },
            id="swapped, then restored",
        ),
        pytest.param(
            {"id": 1, "home": 4, "away": 5, "note": 2},
            {
                "home": "renamed: it has the position of away",
                "away": "renamed: it has the position of note",
                "note": "renamed: it has the position of home",
            },
            id="three in a ring",
        ),
        pytest.param({"id": 1, "home": 6, "away": 4, "note": 5}, {"home": ANEW}, id="made anew"),
        pytest.param(
            {"id": 1, "home": 2, "away": 4, "note": 6}, {"note": ANEW}, id="the last made anew"
        ),
        pytest.param(
            {"id": 1, "home": 2, "away": 5, "note": 4},
            {
                "away": "its name was swapped with that of note",
                "note": "its name was swapped with that of away",
            },
            id="the last two swapped",
        ),
        pytest.param(
            {"id": 1, "home": 2, "away": 3, "note": 5}, {"note": ANEW}, id="restored, then anew"
        ),
        pytest.param(
            {"id": 1, "home": 6, "away": 7, "note": 5}, {"home": ANEW, "away": ANEW}, id="two anew"
        ),
    ],
)
def test_each_column_that_moved_is_named_with_the_likely_reason(
    live: Mapping[str, int], reasons: dict[str, str]
) -> None:
    assert {one.name: one.reason for one in moved(RECORDED, live)} == reasons


@pytest.mark.parametrize(
    ("live", "rings"),
    [
        ({"id": 1, "home": 4, "away": 2, "note": 5}, [["home", "away"]]),
        ({"id": 2, "home": 1, "away": 5, "note": 4}, [["id", "home"], ["away", "note"]]),
        ({"id": 1, "home": 4, "away": 5, "note": 2}, [["home", "away", "note"]]),
        ({"id": 1, "home": 6, "away": 4, "note": 5}, []),
        ({"id": 1, "home": 4, "away": 6, "note": 5}, []),
    ],
)
def test_names_are_swapped_back_only_where_each_has_the_place_of_another(
    live: Mapping[str, int], rings: list[list[str]]
) -> None:
    assert [*crosswise(moved(RECORDED, live))] == rings
