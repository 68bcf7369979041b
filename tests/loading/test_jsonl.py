"""JSON Lines are read line by line; a refusal names the line and the reason."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core.errors import LoadError
from loading.jsonl import Record, read


def written(folder: Path, content: bytes) -> Path:
    path = folder / "rows.jsonl"
    path.write_bytes(content)
    return path


def test_each_line_is_a_record_that_knows_where_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"a": 1}\n{"b": [null, 2.5]}\r\n{}')
    assert list(read(path)) == [
        Record("rows.jsonl", 1, {"a": 1}),
        Record("rows.jsonl", 2, {"b": [None, 2.5]}),
        Record("rows.jsonl", 3, {}),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.lists(
        some.dictionaries(
            some.text(), some.none() | some.text() | some.integers() | some.booleans()
        ),
        min_size=1,
    )
)
def test_what_json_writes_is_read_back(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = written(tmp_path, "".join(json.dumps(row) + "\n" for row in rows).encode())
    assert [record.values for record in read(path)] == rows
    assert [record.line for record in read(path)] == list(range(1, len(rows) + 1))


def test_lines_before_a_bad_one_are_given_as_they_are_read(tmp_path: Path) -> None:
    records = read(written(tmp_path, b'{"a": 1}\n{"a": \n'))
    assert next(records).values == {"a": 1}
    with pytest.raises(LoadError, match=r"^rows.jsonl, line 2: is not JSON"):
        next(records)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", None, "is empty"),
        (b"\n", 1, "is not JSON"),
        (b"{}\n\n{}\n", 2, "is not JSON"),
        (b"\xef\xbb\xbf{}\n", None, "byte order mark"),
        (b"\xef\xbb\xbf", None, "byte order mark"),
        (b'{"a": "\xff"}', 1, "is not UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', 1, "is not UTF-8"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', 1, "the key 'c' occurs twice"),
        (b'{"a": NaN}', 1, "NaN is not a JSON number"),
        (b'{"a": Infinity}', 1, "Infinity is not a JSON number"),
        (b'{"a": -Infinity}', 1, "-Infinity is not a JSON number"),
        (b"[{}]", 1, "is not a JSON object"),
        (b"[" * 100_000, 1, "nested too deeply"),
        (b'{"a": ' * 100_000, 1, "nested too deeply"),
        (b'{"a": "tab\there"}', 1, "is not JSON"),
        (b'{"a": 01}', 1, "is not JSON"),
        (b'{"a"', 1, "is not JSON"),
    ],
)
def test_a_file_that_is_not_json_lines_is_refused(
    tmp_path: Path, content: bytes, line: int | None, reason: str
) -> None:
    with pytest.raises(LoadError, match=reason) as caught:
        list(read(written(tmp_path, content)))
    assert (caught.value.file, caught.value.line) == ("rows.jsonl", line)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"cannot be read \(No such file"):
        list(read(tmp_path / "rows.jsonl"))
