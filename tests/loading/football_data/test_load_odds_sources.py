"""Which files a load of odds reads."""

from pathlib import Path

from loading.football_data import files
from loading.merge import Merged
from tests.support.loading_odds import load, reasons
from tests.support.repository_rows import Store
from tests.support.season_files import MATCH, ROWS, line, write


def test_a_folder_is_searched_to_its_depth(store: Store, tmp_path: Path) -> None:
    write(tmp_path / "2425" / "E0.csv", line(Date="01/12/2024"))
    write(tmp_path / "2526" / "E0.csv", line())
    (tmp_path / "names.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "notes.txt").write_text("not looked at", "utf-8")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "._E0.csv").write_bytes(b"\0")
    write(tmp_path / "I1.CSV", line(Div="I1"))
    _, account = load(store, tmp_path)
    assert (account.files, account.matches, account.refused_count) == (3, 3, 0)
    assert account.passed_over == [tmp_path / "names.csv"]


def test_a_file_that_is_given_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "E0.csv", line())
    assert [source.path for source in files.find([path, tmp_path, path])] == [path]


def test_a_file_that_is_named_has_to_be_a_season_file(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    _, account = load(store, path)
    assert reasons(account) == [
        f"{path}: has no header of a season file (Div, Date, HomeTeam, AwayTeam)"
    ]
    assert account.passed_over == []


def test_a_file_without_matches_is_no_fault(store: Store, tmp_path: Path) -> None:
    merged, account = load(store, write(tmp_path / "E0.csv", columns=[*MATCH, "PSH"]))
    assert (merged, account.files, account.refused_count) == (Merged(), 1, 0)


def test_a_broken_file_does_not_take_the_others_with_it(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.csv.gz").write_bytes(b"no gzip")
    write(tmp_path / "c.csv", line())
    merged, account = load(store, tmp_path)
    assert merged.created == ROWS
    assert [error.file for error in account.refused] == [
        str(tmp_path / "a.csv"),
        str(tmp_path / "b.csv.gz"),
    ]
