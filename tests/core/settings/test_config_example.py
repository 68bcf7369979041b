""".env.example and the settings describe the same variables."""

import re
from pathlib import Path

import pytest

from core.config import DatabaseSettings
from core.errors import ConfigurationError

EXAMPLE = Path(__file__).parents[3] / ".env.example"
LINES = dict(re.findall(r"(?m)^(?:# )?([A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8")))
GIVEN = {"DB_USER": "u", "DB_PASSWORD": "p", "DB_NAME": "d"}


def test_every_variable_is_documented_and_every_line_is_a_variable() -> None:
    assert set(LINES) == set(DatabaseSettings.model_fields)


def test_required_variables_have_no_value() -> None:
    assert {name for name in GIVEN if LINES[name]} == set()


def test_values_shown_are_the_defaults() -> None:
    shown = {name: text for name, text in LINES.items() if text}
    assert DatabaseSettings(_env_file=None, **{**shown, **GIVEN}) == DatabaseSettings(
        _env_file=None, **GIVEN
    )


def test_unchanged_copy_is_refused() -> None:
    with pytest.raises(ConfigurationError) as caught:
        DatabaseSettings(_env_file=EXAMPLE)
    names = [line.partition(":")[0] for line in caught.value.message.splitlines()]
    assert names == ["DB_NAME", "DB_PASSWORD", "DB_USER"]
