"""Snapshot files: what is written is read again, canonically, and a broken file is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from core.errors import HistoryError
from introspection.shapes import Relation, Schema, Snapshot
from introspection.snapshot_file import RecordedRevision, dumps, loads
from tests.unit import snapshots
from tests.unit.snapshots import EXAMPLE, HOSTILE_NAMES, Q, changed

RECORDED = RecordedRevision(
    revision="0123456789ab", file_checksum="sha256:00", models=None, snapshot=EXAMPLE
)
TEXT = dumps(RECORDED)


def with_value(value: Any, *keys: str) -> str:
    """The example's file with one value replaced or added."""
    content = json.loads(TEXT)
    inner = content
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return json.dumps(content)


@snapshots.unhurried
@given(snapshots.snapshots)
def test_any_snapshot_is_read_as_it_was_written(snapshot: Snapshot) -> None:
    recorded = replace(RECORDED, snapshot=snapshot)
    assert loads(dumps(recorded)) == recorded


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_name_is_read_as_it_was_written(name: str) -> None:
    recorded = replace(RECORDED, snapshot=changed(EXAMPLE, Q, name=name))
    assert loads(dumps(recorded)).snapshot.schemas[0].name == name


@pytest.mark.parametrize("models", [None, "sha256:ff"])
def test_revision_and_checksums_are_read_as_they_were_written(models: str | None) -> None:
    recorded = replace(RECORDED, models=models)
    assert loads(dumps(recorded)) == recorded


def test_order_of_reading_does_not_change_the_file() -> None:
    two = (Schema(name="a", relations=(Relation(name="t"), Relation(name="s"))), Schema(name="b"))
    sides = [replace(RECORDED, snapshot=Snapshot(schemas)) for schemas in (two, two[::-1])]
    assert dumps(sides[0]) == dumps(sides[1])


def test_order_of_the_keys_in_a_file_means_nothing() -> None:
    def reversed_(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(pairs[::-1])

    assert loads(json.dumps(json.loads(TEXT, object_pairs_hook=reversed_))) == RECORDED


def test_keys_are_sorted_everywhere() -> None:
    def keys_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        assert names == sorted(names)
        return dict(pairs)

    json.loads(TEXT, object_pairs_hook=keys_of)


def test_file_ends_with_one_newline() -> None:
    assert TEXT.endswith("}\n")


def test_line_holds_one_attribute_so_that_a_diff_shows_what_changed() -> None:
    other = dumps(replace(RECORDED, snapshot=changed(EXAMPLE, Q, comment="theirs")))
    pairs = zip(TEXT.splitlines(), other.splitlines(), strict=True)
    assert [(one.strip(), two.strip()) for one, two in pairs if one != two] == [
        ('"comment": "ours",', '"comment": "theirs",')
    ]


def test_letters_are_readable_in_the_file() -> None:
    assert "größe" in dumps(replace(RECORDED, snapshot=changed(EXAMPLE, Q, comment="größe")))


COLUMN = ("schemas", "q", "relations", "t", "columns", "id")
BROKEN = {
    "empty": "",
    "truncated": TEXT[: len(TEXT) // 2],
    "one character short": TEXT.rstrip()[:-1],
    "conflict markers": "<<<<<<< HEAD\n" + TEXT,
    "not an object": "[]",
    "null": "null",
    "a number": "1",
    "empty object": "{}",
    "no format": TEXT.replace('"format"', '"fromat"'),
    "no schemas": TEXT.replace('"schemas"', '"schemes"'),
    "no revision": TEXT.replace('"revision"', '"revisoin"'),
    "revision of another type": with_value(7, "revision"),
    "checksum of another type": with_value(None, "file_checksum"),
    "schemas is a list": with_value([], "schemas"),
    "schemas is null": with_value(None, "schemas"),
    "a schema is null": with_value(None, "schemas", "q"),
    "relations is a list": with_value([], "schemas", "q", "relations"),
    "a column is a text": with_value("integer", *COLUMN),
    "unknown attribute": with_value("red", *COLUMN, "colour"),
    "attribute of another type": with_value("no", *COLUMN, "nullable"),
    "number of another type": with_value("1", *COLUMN, "position"),
    "text of another type": with_value(1, *COLUMN, "type"),
    "SQL of another type": with_value(1, *COLUMN, "default"),
    "SQL without a print": with_value([], *COLUMN, "default"),
    "SQL as an object": with_value({"now()": 1}, *COLUMN, "default"),
    "print of another type": with_value([1], *COLUMN, "default"),
    "name said twice": with_value("id", *COLUMN, "name"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_file_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(HistoryError) as refused:
        loads(text)
    assert refused.value.message == "this is not a whole snapshot"
    assert "version control" in refused.value.remedy


@pytest.mark.parametrize("attribute", ["position", "type"])
def test_attribute_that_has_no_default_must_be_there(attribute: str) -> None:
    content = json.loads(TEXT)
    del content["schemas"]["q"]["relations"]["t"]["columns"]["id"][attribute]
    with pytest.raises(HistoryError, match="not a whole snapshot"):
        loads(json.dumps(content))


@pytest.mark.parametrize("version", [2, 0, "1"])
def test_another_format_is_refused_by_its_number(version: object) -> None:
    with pytest.raises(HistoryError) as refused:
        loads(with_value(version, "format"))
    assert f"format {version}" in refused.value.message
    assert refused.value.remedy == "install the version of monps-db that recorded it"
