"""Two readings of one schema are merged into one, with the canonical texts of both."""

import doctest
from typing import Any

import pytest

from schemaproof.catalog import catalog_values
from schemaproof.catalog.canonical_text import merged
from schemaproof.output import documents
from schemaproof.schema import paths
from schemaproof.schema.database_objects import Column, Snapshot
from schemaproof_testing.catalog_rows import snapshot
from schemaproof_testing.snapshot_strategies import sql
from schemaproof_testing.snapshots import EXAMPLE, OBJECT_OF, at, changed, without


def test_snapshot_knows_the_major_version_it_was_read_from() -> None:
    assert snapshot(major=16).major == 16


def test_prints_of_both_readings_are_kept_in_the_order_of_the_readings() -> None:
    assert merged(sql("a", "b"), sql("b", "c")) == sql("a", "b", "c")


def test_prints_are_merged_wherever_they_are() -> None:
    again = EXAMPLE
    for kind in ("check", "view", "trigger", "function", "cast"):
        again = changed(again, OBJECT_OF[kind], definition=sql("again"))
    found = merged(EXAMPLE, again)
    for kind in ("check", "view", "trigger", "function", "cast"):
        before = at(EXAMPLE, OBJECT_OF[kind]).definition
        assert at(found, OBJECT_OF[kind]).definition == sql(str(before), "again")


def test_objects_are_merged_by_kind_and_name() -> None:
    # Both are called "c", and each gets the text of its own kind, in whatever order they come.
    again = changed(EXAMPLE, OBJECT_OF["collation"], definition=sql("collation again"))
    again = changed(again, OBJECT_OF["conversion"], definition=sql("conversion again"))
    (schema,) = again.schemas
    turned = changed(again, OBJECT_OF["table"][:1], objects=schema.objects[::-1])
    found = merged(EXAMPLE, turned)
    for kind in ("collation", "conversion"):
        assert at(found, OBJECT_OF[kind]).definition == sql(f"CREATE {kind}", f"{kind} again")


@pytest.mark.parametrize("kind", OBJECT_OF)
def test_what_the_second_reading_does_not_know_stays_as_it_is(kind: str) -> None:
    assert merged(EXAMPLE, without(EXAMPLE, OBJECT_OF[kind])) == EXAMPLE


def test_what_only_the_second_reading_knows_is_left_out() -> None:
    poorer = without(EXAMPLE, OBJECT_OF["trigger"])
    assert merged(poorer, EXAMPLE) == poorer


def test_default_that_only_one_reading_has_is_the_one_of_the_first() -> None:
    one = Column(name="c", position=1, type="integer", default=sql("1"))
    other = Column(name="c", position=1, type="integer")
    assert (merged(one, other), merged(other, one)) == (one, other)


def test_merging_keeps_what_is_not_compared() -> None:
    first = Snapshot(EXAMPLE.schemas, EXAMPLE.objects, 16)
    assert merged(first, EXAMPLE).major == 16


@pytest.mark.parametrize(
    ("names", "path"),
    [
        (("q", "t", "c"), "q.t.c"),
        (("q", "a.b"), 'q."a.b"'),
        (("q", "T"), 'q."T"'),
        (("q", "1st"), 'q."1st"'),
        (("q", "t\n"), 'q."t\n"'),
        (("q", 'a"b'), 'q."a""b"'),
        (("q", ""), 'q.""'),
        (("q", "_x$1"), "q._x$1"),
    ],
)
def test_path_quotes_what_would_be_read_otherwise(names: tuple[str, ...], path: str) -> None:
    assert paths.path(*names) == path


@pytest.mark.parametrize("module", [catalog_values, documents, paths])
def test_examples_in_the_docstrings_hold(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
