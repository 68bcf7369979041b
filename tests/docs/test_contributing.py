"""CONTRIBUTING.md names existing files; every rule of the linter is documented."""

import re

import pytest

from schemaproof.lint.rules import RULES
from schemaproof_testing.project import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
WHERE = PAGE[PAGE.index("## Where something new goes") :]
ENGINE = "schemaproof/src/schemaproof/"
FILES = sorted(set(re.findall(r"`([\w*/.]+/[\w*/.]*)`", WHERE)))


def test_the_page_names_files() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_the_page_names_is_there(name: str) -> None:
    pattern = name.replace("NAME", "*")
    assert any([*root.glob(pattern)] for root in (ROOT, ROOT / ENGINE)), name


def test_every_rule_of_the_linter_is_documented() -> None:
    page = (ROOT / "docs" / "migrating.md").read_text("utf-8")
    assert [rule for rule in RULES if f"`{rule}`" not in page] == []
