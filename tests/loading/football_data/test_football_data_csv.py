"""Season files with broken lines: valid lines are read, the others are refused one by one."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import LoadError
from loading.football_data import names
from loading.football_data.csv_file import LONGEST, SeasonFile
from loading.jsonl import Record

HEADER = b"Div,Date,HomeTeam"


def read(path: Path) -> list[str]:
    """Return the date of each line, or the reason why it is refused."""
    with SeasonFile(path, lambda _: None) as file:
        head = file.head(names.known())
        assert head is not None
        assert head.columns[:3] == ("Div", "Date", "HomeTeam")
        return [
            f"{found.line}: {found.values['Date']}" if isinstance(found, Record) else found.message
            for found in file.records(head)
        ]


def lines(path: Path, content: bytes) -> list[str]:
    path.write_bytes(content)
    return read(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "E0.csv"


@pytest.mark.parametrize(
    "content",
    [
        HEADER + b"\n1,2,3\n",
        b"\xef\xbb\xbf" + HEADER + b"\n1,2,3\n",
        HEADER + b"\r\n1,2,3\r\n",
        HEADER + b"\n1,2,3",
        b'"Div","Date","HomeTeam"\n"1","2","3"\n',
        b" Div , Date , HomeTeam \n1, 2 ,3\n",
        b"Div;Date;HomeTeam\n1;2;3\n",
        b"Div\tDate\tHomeTeam\n1\t2\t3\n",
        b"Div|Date|HomeTeam\n1|2|3\n",
        b"div,DATE,hometeam\n1,2,3\n",
        b"Div,Date,HT\n1,2,3\n",
        HEADER + b"\n1,2,3,,,\n",
    ],
    ids=str,
)
def test_a_line_is_read_by_column_name(path: Path, content: bytes) -> None:
    assert lines(path, content) == ["2: 2"]


def test_names_with_comparison_signs_are_names(path: Path) -> None:
    path.write_bytes(b"Div,Date,B365>2.5,AvgC<2.5\nE0,1/1/25,1.5,2.5\n")
    with SeasonFile(path, lambda _: None) as file:
        head = file.head(names.known())
        assert head is not None
        (record,) = file.records(head)
    assert isinstance(record, Record)
    assert record.values == {"Div": "E0", "Date": "1/1/25", "B365>2.5": "1.5", "AvgC<2.5": "2.5"}


@pytest.mark.parametrize("above", [b"sep=,", b"Data of the season", b"", b"a,b\n\nc"])
def test_lines_above_the_header_are_left_out(path: Path, above: bytes) -> None:
    number = above.count(b"\n") + 3
    assert lines(path, above + b"\n" + HEADER + b"\n1,2,3\n") == [f"{number}: 2"]


def test_blank_cells_at_the_end_of_a_line_may_be_cut_off(path: Path) -> None:
    assert lines(path, HEADER + b",PSH,PSD\n1,2,3\n1,2,3,4\n1,2,3,4,5\n") == [
        *("2: 2", "3: 2", "4: 2")
    ]


def test_a_last_line_that_was_cut_off_is_refused(path: Path) -> None:
    (refused,) = lines(path, HEADER + b",PSH,PSD\n1,2,3,1.9")
    assert "ends before its last field and without a line end" in refused


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (b"Alav\xc3\xa9s", "Alav\u00e9s"),
        (b"Alav\xe9s", "Alav\u00e9s"),
        (b"King\x92s Lynn", "King\u2019s Lynn"),
        (b"Ko\x81ln", "Ko\udc81ln"),
    ],
)
def test_a_line_is_utf_8_else_windows_1252(path: Path, name: bytes, text: str) -> None:
    assert lines(path, HEADER + b"\n1," + name + b",3\n") == [f"2: {text}"]


@pytest.mark.parametrize("blank", [b"", b",,", b",,,,,,", b" , ,\t", b"\r"])
def test_blank_lines_are_no_matches(path: Path, blank: bytes) -> None:
    assert lines(path, HEADER + b"\n" + blank + b"\n1,2,3\n") == ["3: 2"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
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
    refused, read = lines(path, HEADER + b"\n" + bad + b"\n1,2,3\n")
    assert refused.startswith(f"{path}, line 2: {reason}")
    assert read == "3: 2"


def test_a_line_as_long_as_the_limit_is_read(path: Path) -> None:
    long = b"2" * (LONGEST - len(b"1,,3\n"))
    assert lines(path, HEADER + b"\n1," + long + b",3\n1,2,3\n") == [f"2: {long.decode()}", "3: 2"]


def test_a_compressed_file_is_read(path: Path) -> None:
    assert lines(path.with_suffix(".csv.gz"), gzip.compress(HEADER + b"\n1,2,3\n")) == ["2: 2"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\xff\xfea\0,\0", "is UTF-16 text, not UTF-8"),
        (b"\xfe\xff\0a\0,", "is UTF-16 text, not UTF-8"),
        (b"D\0i\0v\0,\0", "is UTF-16 text or no text"),
        (b"\0D\0i\0v\0,", "is UTF-16 text or no text"),
        (b"\0" * 99, "is UTF-16 text or no text"),
        (b"\n\r\n \n", "is empty"),
        (b"PK\x03\x04 Div,Date", "is a ZIP archive or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an Excel workbook"),
        (b"%PDF-1.4", "is a PDF document"),
        (b"BZh91AY", "is compressed by bzip2"),
        (b"\xfd7zXZ\0", "is compressed by xz"),
        (b"\n <!DOCTYPE html><p>404", "is a web page"),
        (b"Div,Date,HomeTeam,AwayTeam\rE0,1,2,3\r", "has lines that end in CR alone"),
    ],
    ids=lambda value: str(value[:12]),
)
def test_a_file_that_is_no_text_of_lines_is_refused(
    path: Path, content: bytes, reason: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(LoadError) as caught:
        read(path)
    assert reason in caught.value.message
    assert caught.value.file == str(path)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(HEADER + b"\n" * 999)[:-9], b""],
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
    content = HEADER + b"\n" + b"1,2,3\n" * 50_000
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    told: list[int] = []
    with SeasonFile(path, told.append) as file:
        head = file.head(names.known())
        assert head is not None
        assert len(list(file.records(head))) == 50_000
    assert sum(told) == path.stat().st_size
    assert len(told) > (1 if name.endswith(".gz") else 4)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(), st.lists(st.text(alphabet='ab,"\\n\\r\\0é', max_size=12)))
def test_whatever_a_file_holds_its_good_lines_are_read(
    path: Path, noise: bytes, texts: list[str]
) -> None:
    bad = b"\n".join([noise, *(text.encode() for text in texts)])
    path.write_bytes(HEADER + b"\n" + bad + b"\n1,good,3\n")
    found = read(path)
    assert found[-1].endswith(": good")
    assert len(found) <= bad.count(b"\n") + 2


@pytest.mark.parametrize(
    "content",
    [b"a,b\n1,2\n", b"a" * (LONGEST + 1), b'a,"b\n'],
    ids=lambda value: str(value[:12]),
)
def test_a_file_of_another_kind_has_no_header(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with SeasonFile(path, lambda _: None) as file:
        assert file.head(names.known()) is None
