"""Convert SQL of files to the form that the driver takes."""

import pytest

from schemaproof.sql import sql_files


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("a = :name", "a = %(name)s"),
        ("CAST(:names AS text[])", "CAST(%(names)s AS text[])"),
        ("a::text", "a::text"),
        ("format('%I')", "format('%%I')"),
        ("'12:30'", "'12:30'"),
    ],
)
def test_parameters_and_percent_signs_are_those_of_the_driver(written: str, sent: str) -> None:
    assert sql_files.in_style_of_driver(written) == sent
