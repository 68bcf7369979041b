"""Private folders and files, locks, and the messages of failures."""

import errno
import os
from pathlib import Path

import pytest

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded import cluster, files, process


def test_private_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = files.private_directory(tmp_path / "new")
    finally:
        os.umask(before)
    assert made.stat().st_mode & 0o777 == 0o700


def test_private_folder_is_accepted_again(tmp_path: Path) -> None:
    files.private_directory(tmp_path / "new")
    assert files.private_directory(tmp_path / "new") == tmp_path / "new"


@pytest.mark.parametrize("mode", [0o710, 0o701, 0o777, 0o720])
def test_folder_open_to_others_is_refused_and_left_as_it_is(tmp_path: Path, mode: int) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(mode)
    with pytest.raises(LocalServerError, match="is open to other accounts"):
        files.private_directory(tmp_path / "open")
    assert (tmp_path / "open").stat().st_mode & 0o777 == mode


def test_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch(mode=0o600)
    with pytest.raises(LocalServerError, match="is not a folder"):
        files.private_directory(tmp_path / "file")


def test_private_file_is_readable_for_its_owner_only_from_the_start(tmp_path: Path) -> None:
    target = tmp_path / "secret"
    target.write_text("old")
    target.chmod(0o644)
    before = os.umask(0)
    try:
        files.write_private(target, "new")
    finally:
        os.umask(before)
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_private_file_does_not_follow_a_planted_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    (tmp_path / "secret.new").symlink_to(elsewhere)
    files.write_private(tmp_path / "secret", "ours")
    assert elsewhere.read_text() == "theirs"


def test_lock_keeps_the_second_out_and_says_so(tmp_path: Path) -> None:
    with (
        files.locked(tmp_path / "lock"),
        pytest.raises(LocalServerError, match="another process"),
        files.locked(tmp_path / "lock", seconds=0.1),
    ):
        pass


def test_lock_ends_with_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with files.locked(tmp_path / "lock", seconds=0):
            pass


def test_what_the_system_refuses_is_one_line_with_the_place() -> None:
    with (
        pytest.raises(LocalServerError) as caught,
        files.one_line_failures("start the local server"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/some/file")
    assert "cannot start the local server: No space left on device" in str(caught.value)
    assert "/some/file" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "no reason given"),
        ("\n \n", "no reason given"),
        ("first\nlast\n", "last"),
        ("LOG:  fine\nFATAL:  the reason\nHINT:  more\nLOG:  down\n", "the reason"),
        ("initdb: error: could not\ninitdb: removing contents\n", "could not"),
        ("FATAL:  first\nFATAL:  second\n", "second"),
    ],
)
def test_failure_is_told_by_its_last_telling_line(text: str, line: str) -> None:
    assert process.failure_line(text) == line


def test_failure_is_cut_when_it_is_endless() -> None:
    assert len(process.failure_line("x" * 10_000)) == process.LONGEST_QUOTE


def test_program_that_does_not_end_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(LocalServerError, match="sleep did not end within 0 seconds"):
        process.run(["sleep", "60"], seconds=0.2, directory=tmp_path)


@pytest.mark.parametrize(
    ("value", "quoted"),
    [("off", "'off'"), ("it's", "'it''s'"), ("a\\b", "'a\\\\b'"), ("a\nb", "'a\\nb'"), ("", "''")],
)
def test_setting_is_quoted_as_the_configuration_file_wants(value: str, quoted: str) -> None:
    assert cluster.quoted(value) == quoted


def test_locale_is_the_builtin_one_where_postgresql_brings_it() -> None:
    assert "--builtin-locale=C.UTF-8" in cluster.locale_options(17)
    assert not any("builtin" in option for option in cluster.locale_options(16))


def test_program_that_does_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    script = "sleep 600 & echo $! > child; wait"
    with pytest.raises(LocalServerError):
        process.run(["sh", "-c", script], seconds=0.5, directory=tmp_path)
    child = Path("/proc", (tmp_path / "child").read_text().strip(), "cmdline")
    assert not child.exists() or child.read_bytes() == b""  # The process has ended, or is a zombie.
