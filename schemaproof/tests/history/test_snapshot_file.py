"""Snapshot files: what is written is read again, canonically, and a broken file is refused."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from schemaproof.errors import HistoryError
from schemaproof.history.snapshot_file import FORMAT, RecordedRevision, dumps
from schemaproof.schema.database_objects import Relation, Schema, Snapshot
from schemaproof.schema.values import Grant
from schemaproof_testing import snapshots
from schemaproof_testing.recorded import recorded_in
from schemaproof_testing.snapshots import EXAMPLE, HOSTILE_NAMES, OBJECT_OF, Q, T, at, changed

RECORDED = RecordedRevision(
    revision="0123456789ab", file_checksum="sha256:00", models=None, snapshot=EXAMPLE
)
TEXT = dumps(RECORDED)
OPENING = '{\n "checksum": "'


def sealed(content: Any) -> str:
    """A file with this content and the checksum that belongs to it, whatever the content is."""
    body = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    digest = hashlib.sha256(body[2:].encode()).hexdigest()
    return f'{OPENING}sha256:{digest}",\n{body[2:]}'


def read_content(text: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(text)
    del content["checksum"]
    return content


def with_value(value: Any, *keys: str) -> str:
    """The example's file with one value replaced or added, and its checksum right."""
    content = read_content(TEXT)
    inner = content
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return sealed(content)


def without_value(*keys: str) -> str:
    """The example's file without one value, and its checksum right."""
    content = read_content(TEXT)
    inner = content
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return sealed(content)


@snapshots.unhurried
@given(snapshots.snapshots)
def test_any_snapshot_is_read_as_it_was_written(snapshot: Snapshot) -> None:
    recorded = replace(RECORDED, snapshot=snapshot)
    assert recorded_in(dumps(recorded)) == recorded


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_name_is_read_as_it_was_written(name: str) -> None:
    recorded = replace(RECORDED, snapshot=changed(EXAMPLE, Q, name=name))
    assert recorded_in(dumps(recorded)).snapshot.schemas[0].name == name


@pytest.mark.parametrize("models", [None, "sha256:ff"])
def test_revision_and_checksums_are_read_as_they_were_written(models: str | None) -> None:
    recorded = replace(RECORDED, models=models)
    assert recorded_in(dumps(recorded)) == recorded


def test_order_of_reading_does_not_change_the_file() -> None:
    two = (Schema(name="a", relations=(Relation(name="t"), Relation(name="s"))), Schema(name="b"))
    sides = [replace(RECORDED, snapshot=Snapshot(schemas)) for schemas in (two, two[::-1])]
    assert dumps(sides[0]) == dumps(sides[1])


def test_keys_are_sorted_everywhere() -> None:
    def sorted_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        assert names == sorted(names)
        return dict(pairs)

    json.loads(TEXT, object_pairs_hook=sorted_keys)


def test_file_ends_with_one_newline() -> None:
    assert TEXT.endswith("}\n")


def test_line_holds_one_attribute_so_that_a_diff_shows_what_changed() -> None:
    other = dumps(replace(RECORDED, snapshot=changed(EXAMPLE, Q, comment="theirs")))
    pairs = zip(TEXT.splitlines(), other.splitlines(), strict=True)
    checksum, comment = [(one.strip(), two.strip()) for one, two in pairs if one != two]
    assert comment == ('"comment": "ours",', '"comment": "theirs",')
    assert all(line.startswith('"checksum": ') for line in checksum)


def test_first_entry_is_the_checksum_of_all_that_follows() -> None:
    lines = TEXT.split("\n", 2)
    digest = hashlib.sha256(lines[2].encode()).hexdigest()
    assert lines[:2] == ["{", f' "checksum": "sha256:{digest}",']


def test_what_is_as_usual_takes_no_line() -> None:
    (column,) = [
        column
        for name, column in json.loads(TEXT)["schemas"]["q"]["relations"]["t"]["columns"].items()
        if name == "id"
    ]
    assert column == {"identity": "ALWAYS", "nullable": False, "position": 1, "type": "integer"}


def test_objects_are_written_by_kind_and_name() -> None:
    schema = json.loads(TEXT)["schemas"]["q"]
    assert schema["objects"]["collation"] == {"c": {"definition": "CREATE collation"}}
    assert schema["objects"]["conversion"] == {"c": {"definition": "CREATE conversion"}}
    assert schema["relations"]["t"]["objects"]["trigger"]["t"]["definition"] == "CREATE trigger"
    assert json.loads(TEXT)["objects"]["cast"]["c"]["definition"] == "CREATE cast"


@pytest.mark.parametrize(
    "secret",
    [
        changed(EXAMPLE, Q, owner_role="anna"),
        changed(EXAMPLE, T, privileges=(Grant("PUBLIC", "SELECT", "anna"),)),
        changed(EXAMPLE, OBJECT_OF["default-privileges"], holder="anna"),
    ],
    ids=["owner of a schema", "role of a grant", "holder"],
)
def test_names_of_roles_are_not_written(secret: Snapshot) -> None:
    text = dumps(replace(RECORDED, snapshot=secret))
    assert "anna" not in text
    assert recorded_in(text).snapshot == secret


def test_grants_are_readable_in_the_file() -> None:
    grants = (Grant("PUBLIC", "SELECT"), Grant("my part: readers", "ALL*"))
    text = dumps(replace(RECORDED, snapshot=changed(EXAMPLE, T, privileges=grants)))
    assert '"PUBLIC: SELECT"' in text
    assert at(recorded_in(text).snapshot, T).privileges == grants


@pytest.mark.parametrize("privileges", [None, ()])
def test_nothing_granted_is_told_from_the_default(privileges: tuple[Grant, ...] | None) -> None:
    recorded = replace(RECORDED, snapshot=changed(EXAMPLE, T, privileges=privileges))
    assert at(recorded_in(dumps(recorded)).snapshot, T).privileges == privileges


@pytest.mark.parametrize("major", [None, 15, 18])
def test_major_version_of_the_server_is_read_as_it_was_written(major: int | None) -> None:
    recorded = replace(RECORDED, snapshot=replace(EXAMPLE, major=major))
    assert recorded_in(dumps(recorded)).snapshot.major == major


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
    "no format": without_value("format"),
    "no schemas": without_value("schemas"),
    "no objects": without_value("objects"),
    "no revision": without_value("revision"),
    "deeply nested": "[" * 100_000,
    "revision of another type": with_value(7, "revision"),
    "checksum of another type": with_value(None, "file_checksum"),
    "major version of another type": with_value("18", "postgresql"),
    "objects is a list": with_value([], "objects"),
    "an object is a text": with_value("CREATE cast", "objects", "cast", "c"),
    "an object without a definition": without_value("objects", "cast", "c", "definition"),
    "grants are a text": with_value("PUBLIC: ALL", "schemas", "q", "privileges"),
    "a grant is a number": with_value([1], "schemas", "q", "privileges"),
    "a grant without a part": with_value(["ALL"], "schemas", "q", "privileges"),
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
    "attribute that is not written": with_value("anna", "schemas", "q", "owner_role"),
    "column without a position": without_value(*COLUMN, "position"),
    "column without a type": without_value(*COLUMN, "type"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_file_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(HistoryError) as refused:
        recorded_in(text)
    assert refused.value.message.endswith(("is not a whole snapshot", "after it was recorded"))
    assert "version control" in refused.value.remedy


def test_files_of_these_tests_are_sealed_as_the_real_ones() -> None:
    assert sealed(read_content(TEXT)) == TEXT


@snapshots.unhurried
@given(st.integers(0, len(TEXT) - 1), st.characters(exclude_categories=["Cs"]))
@example(0, " ")
@example(TEXT.index('"checksum"') - 1, "\t")
@example(TEXT.index('"checksum": ') + len('"checksum":'), "\t")
@example(len(TEXT) - 1, " ")
def test_file_with_one_character_changed_is_refused(position: int, character: str) -> None:
    assume(TEXT[position] != character)
    with pytest.raises(HistoryError) as refused:
        recorded_in(TEXT[:position] + character + TEXT[position + 1 :])
    assert refused.value.remedy


@snapshots.unhurried
@given(st.integers(0, len(TEXT) - 1))
def test_file_without_one_of_its_characters_is_refused(position: int) -> None:
    with pytest.raises(HistoryError):
        recorded_in(TEXT[:position] + TEXT[position + 1 :])


@pytest.mark.parametrize("added", [" ", "\n", "\n\n", "{}"])
@pytest.mark.parametrize("end", [True, False], ids=["end", "beginning"])
def test_file_with_something_added_is_refused(added: str, *, end: bool) -> None:
    with pytest.raises(HistoryError):
        recorded_in(TEXT + added if end else added + TEXT)


def test_file_without_a_checksum_is_refused() -> None:
    with pytest.raises(HistoryError):
        recorded_in(json.dumps(read_content(TEXT), indent=1, sort_keys=True))


def test_changed_value_is_said_to_be_changed() -> None:
    with pytest.raises(HistoryError) as refused:
        recorded_in(TEXT.replace('"ours"', '"yours"'))
    assert refused.value.message == "the snapshot was changed after it was recorded"
    assert "schemaproof snapshot --rewrite" in refused.value.remedy


def test_line_endings_of_a_checkout_mean_nothing(tmp_path: Path) -> None:
    file = tmp_path / "snapshot.json"
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert recorded_in(file.read_text("utf-8")) == RECORDED


def test_line_endings_within_a_value_are_part_of_it() -> None:
    recorded = replace(RECORDED, snapshot=changed(EXAMPLE, Q, comment="two\r\nlines"))
    assert recorded_in(dumps(recorded)) == recorded
    with pytest.raises(HistoryError):
        recorded_in(dumps(recorded).replace("\\r", ""))


@pytest.mark.parametrize("version", [0, 1])
def test_old_format_is_recorded_again(version: int) -> None:
    with pytest.raises(HistoryError) as refused:
        recorded_in(with_value(version, "format"))
    assert f"format {version}" in refused.value.message
    assert refused.value.remedy == "record it again: schemaproof snapshot --rewrite"


def test_old_format_had_no_checksum() -> None:
    with pytest.raises(HistoryError, match="old format 1"):
        recorded_in('{"format": 1}')


@pytest.mark.parametrize("version", [FORMAT + 1, "1", None])
def test_unknown_format_needs_another_version_of_the_program(version: object) -> None:
    with pytest.raises(HistoryError) as refused:
        recorded_in(with_value(version, "format"))
    assert f"format {version}" in refused.value.message
    assert refused.value.remedy == "install the version of schemaproof that recorded it"
