"""A snapshot file that was changed, cut off or has another version is refused."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from schemaproof.errors import HistoryError
from schemaproof.history.snapshot_file import FORMAT, dumps
from schemaproof_testing import snapshots
from schemaproof_testing.recorded import recorded_in
from schemaproof_testing.snapshot_texts import RECORDED, TEXT
from schemaproof_testing.snapshots import EXAMPLE, Q, changed

OPENING = '{\n "checksum": "'


def sealed(content: Any) -> str:
    """Return a file with this content and the right checksum."""
    body = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    digest = hashlib.sha256(body[2:].encode()).hexdigest()
    return f'{OPENING}sha256:{digest}",\n{body[2:]}'


def read_content(text: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(text)
    del content["checksum"]
    return content


def with_value(value: Any, *keys: str) -> str:
    """Return the example's file with one value replaced or added, and the right checksum."""
    content = read_content(TEXT)
    inner = content
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return sealed(content)


def without_value(*keys: str) -> str:
    """Return the example's file without one value, and with the right checksum."""
    content = read_content(TEXT)
    inner = content
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return sealed(content)


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
