"""A snapshot file is canonical, and is read as it was written; a broken file is refused."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from schemaproof.history.snapshot_file import dumps
from schemaproof.schema.database_objects import Relation, Schema, Snapshot
from schemaproof.schema.values import Grant
from schemaproof_testing import snapshot_strategies, snapshots
from schemaproof_testing.recorded import recorded_in
from schemaproof_testing.snapshot_strategies import HOSTILE_NAMES
from schemaproof_testing.snapshot_texts import RECORDED, TEXT
from schemaproof_testing.snapshots import EXAMPLE, OBJECT_OF, Q, T, at, changed


@snapshots.unhurried
@given(snapshot_strategies.snapshots)
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
