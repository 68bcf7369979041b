"""Season files that are half broken: what can be read is read, the rest is refused by line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import LoadError
from repositories.loading.football_data.csv_file import LONGEST, SeasonFile
from repositories.loading.jsonl import Record


def read(path: Path) -> tuple[list[str], list[str]]:
    """The header, and what each line gives: its ``b``, or why it is refused."""
    file = SeasonFile(path, lambda _: None)
    header = file.header()
    return header, [
        f"{found.line}: {found.values['b']}" if isinstance(found, Record) else found.message
        for found in file.records(header)
    ]


def lines(path: Path, content: bytes) -> list[str]:
    path.write_bytes(content)
    header, found = read(path)
    assert header == ["a", "b", "c"]
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "E0.csv"


@pytest.mark.parametrize(
    "content",
    [
        b"a,b,c\n1,2,3\n",
        b"\xef\xbb\xbfa,b,c\n1,2,3\n",
        b"a,b,c\r\n1,2,3\r\n",
        b"a,b,c\n1,2,3",
        b'"a","b","c"\n"1","2","3"\n',
        b" a , b , c \n1, 2 ,3\n",
        b"a,b,c\n1,2,3,,,\n",
    ],
    ids=str,
)
def test_a_line_is_read_by_column_name(path: Path, content: bytes) -> None:
    assert lines(path, content) == ["2: 2"]


def test_names_with_comparison_signs_are_names(path: Path) -> None:
    path.write_bytes(b"Div,B365>2.5,AvgC<2.5\nE0,1.5,2.5\n")
    file = SeasonFile(path, lambda _: None)
    (record,) = file.records(file.header())
    assert isinstance(record, Record)
    assert record.values == {"Div": "E0", "B365>2.5": "1.5", "AvgC<2.5": "2.5"}


@pytest.mark.parametrize("blank", [b"", b",,", b",,,,,,", b" , ,\t", b"\r"])
def test_blank_lines_are_no_matches(path: Path, blank: bytes) -> None:
    assert lines(path, b"a,b,c\n" + blank + b"\n1,2,3\n") == ["3: 2"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"1,2", "has 2 fields, and the header 3"),
        (b"1,2,3,4", "has 4 fields, and the header 3"),
        (b'1,"2,3', "is not CSV"),
        (b'1,"2"x,3', "is not CSV"),
        (b"1,2\r,3", "is not CSV"),
        (b"1," + b"2" * LONGEST + b",3", f"is longer than {LONGEST:,} bytes"),
        (b"x" * (5 * LONGEST), f"is longer than {LONGEST:,} bytes"),
    ],
    ids=lambda value: str(value[:12]),
)
def test_a_broken_line_is_refused_and_the_next_is_read(path: Path, bad: bytes, reason: str) -> None:
    refused, read = lines(path, b"a,b,c\n" + bad + b"\n1,2,3\n")
    assert refused.startswith(f"{path}, line 2: {reason}")
    assert read == "3: 2"


def test_a_line_as_long_as_the_limit_is_read(path: Path) -> None:
    long = b"2" * (LONGEST - len(b"1,,3\n"))
    assert lines(path, b"a,b,c\n1," + long + b",3\n1,2,3\n") == [f"2: {long.decode()}", "3: 2"]


def test_a_compressed_file_is_read(path: Path) -> None:
    assert lines(path.with_suffix(".csv.gz"), gzip.compress(b"a,b,c\n1,2,3\n")) == ["2: 2"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\xff\xfea\0,\0", "is UTF-16 text, not UTF-8"),
        (b"\xfe\xff\0a\0,", "is UTF-16 text, not UTF-8"),
        (b"a" * (LONGEST + 1), f"is longer than {LONGEST:,} bytes"),
        (b'a,"b\n', "is not CSV"),
        (b"a,b\r1,2\r", "is not CSV"),
    ],
    ids=lambda value: str(value[:12]),
)
def test_a_file_without_a_header_is_refused(path: Path, content: bytes, reason: str) -> None:
    path.write_bytes(content)
    with pytest.raises(LoadError) as caught:
        read(path)
    assert reason in caught.value.message
    assert caught.value.file == str(path)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b"a,b,c\n" * 999)[:-9], b""],
    ids=["no gzip", "cut off", "empty"],
)
def test_a_damaged_compressed_file_is_refused(path: Path, content: bytes) -> None:
    compressed = path.with_suffix(".csv.gz")
    compressed.write_bytes(content)
    with pytest.raises(LoadError, match=r"cannot be read|is empty"):
        read(compressed)


def test_a_file_that_cannot_be_read_is_refused(path: Path) -> None:
    path.symlink_to("/proc/self/mem")
    with pytest.raises(LoadError, match="cannot be read"):
        read(path)


@pytest.mark.parametrize("name", ["E0.csv", "E0.csv.gz"])
def test_progress_counts_the_bytes_of_the_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = b"a,b,c\n" + b"1,2,3\n" * 5000
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    told: list[int] = []
    file = SeasonFile(path, told.append)
    assert len(list(file.records(file.header()))) == 5000
    assert sum(told) == path.stat().st_size
    assert len(told) > 10


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(), st.lists(st.text(alphabet='ab,"\\n\\r\\0é', max_size=12)))
def test_whatever_a_file_holds_its_good_lines_are_read(
    path: Path, noise: bytes, texts: list[str]
) -> None:
    bad = b"\n".join([noise, *(text.encode() for text in texts)])
    path.write_bytes(b"a,b,c\n" + bad + b"\n1,good,3\n")
    header, found = read(path)
    assert header == ["a", "b", "c"]
    assert found[-1].endswith(": good")
    assert len(found) <= bad.count(b"\n") + 2
