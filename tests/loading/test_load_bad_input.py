"""Files that cannot be loaded: the error has file, line and reason, and no row is kept."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loading.merge import BATCH
from tests.support.quantum_files import (
    FRICTION,
    STRATEGIES,
    TEAMS,
    Files,
    load,
    pair_line,
    refused,
    strategy_line,
    team_line,
)
from tests.support.repository_rows import Store, team

pytestmark = pytest.mark.slow


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


GOOD = json.dumps(team_line(5))
LINES: dict[str, tuple[bytes, str]] = {
    "truncated": (GOOD[:-9].encode(), "is not JSON"),
    "truncated in a text": (GOOD[:30].encode(), "is not JSON"),
    "blank": (b"", "is not JSON"),
    "spaces": (b"  \t", "is not JSON"),
    "array": (b"[1, 2]", "is not a JSON object"),
    "text": (b'"text"', "is not a JSON object"),
    "null": (b"null", "is not a JSON object"),
    "two objects": (b'{"a": 1} {"b": 2}', "is not JSON"),
    "comma": (b'{"a": 1,}', "is not JSON"),
    "single quotes": (b"{'a': 1}", "is not JSON"),
    "not UTF-8": (GOOD.encode().replace(b"Team", b"T\xe9am"), "is not UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "is not UTF-8"),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD.encode(), "is not JSON"),
    "NUL byte": (b"\0", "is not JSON"),
    "NaN": (b'{"team_name": "n", "league": "L", "total_pnl": NaN}', "NaN is not a JSON number"),
    "Infinity": (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
    "NaN in a vector": (
        b'{"team_name": "n", "luck_dna": {"a": [NaN]}}',
        ("NaN is not a JSON number"),
    ),
    "duplicate key": (b'{"team_id": 5, "team_id": 6}', "the key 'team_id' occurs twice"),
    "duplicate key inside": (b'{"a": [{"b": 1, "b": 1}]}', "the key 'b' occurs twice"),
    "duplicate key escaped": (b'{"a": 1, "\\u0061": 1}', "the key 'a' occurs twice"),
    "key with a line end": (b'{"a\\nb": 1, "a\\nb": 1}', r"the key 'a\\nb' occurs twice"),
    "nested too deeply": (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
    "huge integer": (b'{"team_id": ' + b"9" * 5000 + b"}", "is not JSON"),
}


@pytest.mark.parametrize(("content", "reason"), LINES.values(), ids=LINES)
@pytest.mark.parametrize("line", [2, 3], ids=["within", "last"])
def test_a_line_that_is_no_object_is_refused(
    store: Store, files: Files, content: bytes, reason: str, line: int
) -> None:
    lines = files.path(TEAMS).read_bytes().splitlines()
    lines[line - 1] = content
    end = b"" if line == 3 and content else b"\n"
    files.path(TEAMS).write_bytes(b"\n".join(lines) + end)
    with refused(store, TEAMS, line, reason):
        load(store, files.folder)


def nested(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


VALUES: dict[str, tuple[str, dict[str, Any], str]] = {
    "text for a number": (TEAMS, {"total_pnl": "22"}, "team_quantum_dna.total_pnl should be a num"),
    "number for text": (TEAMS, {"tier": 5}, "tier should be text"),
    "object for text": (TEAMS, {"league": {}}, "league should be text"),
    "boolean for a number": (FRICTION, {"friction_score": True}, "friction_score should be a numb"),
    "text for an id": (STRATEGIES, {"strategy_id": "8"}, "strategy_id should be a whole number"),
    "fraction for an id": (TEAMS, {"team_id": 5.0}, "team_id should be a whole number"),
    "large id": (TEAMS, {"team_id": 2**31}, "team_id is too large"),
    "over-long": (TEAMS, {"team_name": "x" * 101}, "team_name is longer than 100"),
    "NUL": (TEAMS, {"team_name": "a\0b"}, "team_name holds a character"),
    "surrogate": (TEAMS, {"league": "\ud800"}, "league holds a character"),
    "surrogate in a vector": (TEAMS, {"luck_dna": {"\udfff": 1}}, "luck_dna holds a character"),
    "surrogate in what is left over": (TEAMS, {"x": "\ud800"}, "legacy_facts holds a character"),
    "array for a vector": (TEAMS, {"luck_dna": [1]}, "luck_dna is outside"),
    "array for facts": (TEAMS, {"legacy_facts": [1]}, "legacy_facts that are not a JSON object"),
    "text for facts": (TEAMS, {"legacy_facts": "x", "y": 1}, "legacy_facts that are not a JSON"),
    "deep vector": (TEAMS, {"luck_dna": {"a": nested(300)}}, "luck_dna is nested more than 100"),
    "null league": (TEAMS, {"league": None}, "league needs a value"),
    "null name": (TEAMS, {"team_name": None}, "has no team_name"),
    "null season": (STRATEGIES, {"season": None}, "has no season"),
    "time as text": (TEAMS, {"created_at": "2026-01-01"}, "created_at should be a date"),
    "score": (FRICTION, {"friction_score": 100.5}, "friction_score is outside"),
    "probability": (FRICTION, {"confidence": 1.5}, "confidence is outside"),
    "one team": (FRICTION, {"team_away_id": 5}, "team_home_id, team_away_id is outside"),
    "no such home": (
        FRICTION,
        {"team_home_id": 77},
        "team_home_id refers to a row that does not exist",
    ),
    "no such team": (STRATEGIES, {"team_id": 77}, "team_id refers to a row that does not exist"),
    "same id": (TEAMS, {"team_id": 11}, "has an id that another row has"),
    "same pair id": (FRICTION, {"friction_id": 9}, "has an id that another row has"),
    "same name": (TEAMS, {"team_name": "Team 11"}, "has the same team_name as line 1"),
    "same strategy": (
        STRATEGIES,
        {"strategy_name": "S4"},
        "has the same team_id, strategy_name, season as line 1",
    ),
}


@pytest.mark.parametrize(("table", "values", "reason"), VALUES.values(), ids=VALUES)
def test_a_line_that_fits_no_row_is_refused(
    store: Store, files: Files, table: str, values: dict[str, Any], reason: str
) -> None:
    files.lines[table][1].update(values)
    files.path(table).write_text("\n".join(map(json.dumps, files.lines[table])), "utf-8")
    with refused(store, table, 2, reason):
        load(store, files.folder)


@pytest.mark.parametrize("name", ["over-long", "array for a vector", "null league", "score"])
def test_a_change_that_fits_no_row_is_refused(store: Store, files: Files, name: str) -> None:
    load(store, files.folder)
    table, values, reason = VALUES[name]
    files.change(table, 2, **values)
    with refused(store, table, 2, reason):
        load(store, files.folder)


@pytest.mark.parametrize("exponent", ["1e400", "-1e400"])
def test_a_number_beyond_all_floats_is_refused(store: Store, files: Files, exponent: str) -> None:
    for text in (
        f'"total_pnl": {exponent}',
        f'"luck_dna": {{"a": {exponent}}}',
        f'"x": {exponent}',
    ):
        files.path(TEAMS).write_text(f'{{"team_name": "n", "league": "L", {text}}}\n', "utf-8")
        with refused(store, TEAMS, 1, "finite|JSON does not have"):
            load(store, files.folder)


def replaced_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replaced_by_what_cannot_be_read(path: Path) -> None:
    path.unlink()
    path.symlink_to("/proc/self/mem")


only_on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
SPOILT: dict[str, Any] = {
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "missing": (Path.unlink, "cannot be read .No such file"),
    "byte order mark": (
        lambda path: path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes()),
        "begins with a byte order mark",
    ),
    "folder": (replaced_by_folder, "cannot be read .Is a directory"),
    "fails": pytest.param(
        replaced_by_what_cannot_be_read, "cannot be read .Input/output error", marks=only_on_linux
    ),
}


@pytest.mark.parametrize("table", [TEAMS, STRATEGIES, FRICTION])
@pytest.mark.parametrize(("spoil", "reason"), SPOILT.values(), ids=SPOILT)
def test_a_file_that_cannot_be_read_whole_is_refused(
    store: Store, files: Files, table: str, spoil: Callable[[Path], object], reason: str
) -> None:
    spoil(files.path(table))
    with refused(store, table, None, reason):
        load(store, files.folder)


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (("Mine", 30), "has an id that another row has"),
        (("Team 30", 7), "has another id than the stored row with the same key"),
    ],
    ids=["id", "key"],
)
def test_an_id_or_a_key_that_a_row_of_the_database_has_is_refused(
    store: Store, files: Files, stored: tuple[str, int], reason: str
) -> None:
    store.add(team(stored[0], team_id=stored[1]))
    with refused(store, TEAMS, 3, reason):
        load(store, files.folder)


@pytest.mark.parametrize(
    ("number", "name", "reason"),
    [(1, "other", "has an id that another row has"), (9999, "S1", "as line 1$|as line 1:")],
    ids=["id", "key"],
)
def test_an_id_or_a_key_of_an_earlier_batch_is_refused(
    store: Store, files: Files, number: int, name: str, reason: str
) -> None:
    lines = [strategy_line(number) for number in range(1, BATCH + 2)]
    files.lines[STRATEGIES] = [*lines, strategy_line(number, strategy_name=name)]
    files.write()
    with refused(store, STRATEGIES, BATCH + 2, reason):
        load(store, files.folder)


def test_the_culprit_of_a_batch_is_found(store: Store, files: Files) -> None:
    files.lines[STRATEGIES] = [strategy_line(number) for number in range(1, 400)]
    files.change(STRATEGIES, 333, sample_size=-1)
    with refused(store, STRATEGIES, 333, "sample_size is outside"):
        load(store, files.folder)


def test_nothing_of_earlier_files_is_kept(store: Store, files: Files) -> None:
    load(store, files.folder)
    files.change(TEAMS, 1, tier="NEW")
    files.change(STRATEGIES, 1, roi=5)
    files.lines[FRICTION].append(pair_line(77, 11, 4242))
    files.write()
    with refused(store, FRICTION, 4, "team_away_id refers"):
        load(store, files.folder)
