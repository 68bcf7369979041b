"""A check reports every change of the corpus by its code, and its script undoes it."""

from collections.abc import Iterator
from typing import Final

import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.corpus import Outcome, outcomes
from schemaproof_testing.servers import SUPPORTED
from tests.docs.findings.examples import examples
from tests.docs.findings.pages import has_example, pages, sections, whole_page

pytestmark = pytest.mark.slow

# A check finds these elsewhere than in the catalogs of the project's schemas.
ELSEWHERE: Final = frozenset(
    {
        *("column-order", "sequence-behind", "sequence-exhausted", "collation-version"),
        *("database-setting", "role-setting", "database-collation-version", "schema-open"),
        *("version-empty", "version-rows", "revision-unknown", "table-inherited", "table-shadowed"),
    }
)
# Publications of whole schemas and default privileges affect the project's tables from outside.
FROM_OUTSIDE: Final = frozenset(
    {"shared schema published", "default privileges for PUBLIC in a shared schema"}
)
# When these are created again, PostgreSQL prints other texts. A scratch database shows that the
# meaning is the same, or the settings at the start of a script are needed to create them.
NEEDS_A_SCRIPT: Final = frozenset({"check-changed", "policy-definition"})
NEEDS_ITS_SETTINGS: Final = frozenset({"schema dropped", "schema renamed", "domain check dropped"})


@pytest.fixture(scope="module")
def found(any_server: LocalServer) -> list[Outcome]:
    newest = any_server.binaries.major == SUPPORTED[-1]
    return [one for one in outcomes(any_server, zoo=newest) if not one.mutation.kind.here]


def in_catalogs(found: list[Outcome]) -> Iterator[Outcome]:
    for one in found:
        if one.mutation.kind.name not in FROM_OUTSIDE and not one.mutation.codes & ELSEWHERE:
            yield one


def test_every_change_is_named_by_its_code(found: list[Outcome]) -> None:
    assert [one.mutation for one in in_catalogs(found) if not one.coded] == []


def test_every_change_is_taken_back_by_its_repair(found: list[Outcome]) -> None:
    wrong = {}
    for one in in_catalogs(found):
        left = [str(still.path) for still in one.left if still.code not in NEEDS_A_SCRIPT]
        kind = one.mutation.kind
        if (one.error or left) and not kind.lost and kind.name not in NEEDS_ITS_SETTINGS:
            wrong[one.mutation.statement] = (one.error, left)
    assert wrong == {}


def test_pages_show_the_first_change_of_their_code(
    found: list[Outcome], any_server: LocalServer
) -> None:
    if any_server.binaries.major != SUPPORTED[-1]:
        pytest.skip("the pages show what the newest major says")
    shown = examples(found)
    texts = {page: page.read_text("utf-8") for page in pages()}
    other = [page.stem for page, text in texts.items() if whole_page(page, text, shown) != text]
    assert other == [], "write them again: python -m tests.docs.findings"
    written = {code: each for text in texts.values() for code, each in sections(text).items()}
    assert {code for code, each in written.items() if has_example(each)} == set(shown)
