"""A password is masked where it stands as a password; a short one leaves messages readable."""

import pytest

from schemaproof.connection.masked_password import masked

LONG = "k7:r@ff/2Qz"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"refused {LONG}", "refused ***"),
        (f"got '{LONG}', {LONG}", "got '***', ***"),
        (f"host=h password='{LONG}' port=1", "host=h password='***' port=1"),
        ("postgresql://u:k7%3Ar%40ff%2F2Qz@h/d", "postgresql://u:***@h/d"),
    ],
)
def test_a_long_password_is_masked_wherever_it_stands(text: str, shown: str) -> None:
    assert masked(text, LONG) == shown


@pytest.mark.parametrize("password", ["a", "1", "in", "connection", "password", "authentication"])
def test_what_any_message_may_hold_is_masked_only_where_a_password_is_written(
    password: str,
) -> None:
    text = 'connection to "a" at 1 in use: password authentication failed'
    assert masked(text, password) == text
    assert masked(f"dbname=a password={password} port=1", password) == (
        "dbname=a password=*** port=1"
    )
    assert masked(f"PASSWORD = '{password}'", password) == "PASSWORD = '***'"
    assert masked(f"postgresql://a:{password}@a/a", password) == "postgresql://a:***@a/a"


def test_what_is_shown_anyway_is_no_secret() -> None:
    assert masked('role "monps_app1" is not there', "monps_app1", {"monps_app1"}) == (
        'role "monps_app1" is not there'
    )


def test_no_password_masks_nothing() -> None:
    assert masked("password= x", "") == "password= x"
