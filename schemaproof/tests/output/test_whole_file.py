"""Files are written completely or not at all, also in folders where others may write."""

import os
from pathlib import Path

import pytest

from schemaproof.output import whole_file


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "victim"
    path.write_text("untouched")
    return path


def test_a_link_is_replaced_and_not_followed(tmp_path: Path, victim: Path) -> None:
    out = tmp_path / "report"
    for target in (victim, tmp_path / "nowhere"):
        out.symlink_to(target)
        whole_file.write(out, "new")
        assert (out.is_symlink(), out.read_text()) == (False, "new")
        out.unlink()
    assert victim.read_text() == "untouched"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["victim"]


@pytest.mark.parametrize("dangling", [False, True])
def test_a_name_that_was_guessed_is_not_written_to(
    tmp_path: Path, victim: Path, monkeypatch: pytest.MonkeyPatch, *, dangling: bool
) -> None:
    monkeypatch.setattr(whole_file, "token_hex", lambda _length: "guessed")
    planted = tmp_path / ".guessed.partial"
    planted.symlink_to(tmp_path / "nowhere" if dangling else victim)
    with pytest.raises(FileExistsError):
        whole_file.write(tmp_path / "report", "new")
    assert victim.read_text() == "untouched"
    assert planted.is_symlink()  # The link was not created by this program, so it stays.
    assert sorted(one.name for one in tmp_path.iterdir()) == [".guessed.partial", "victim"]


def test_names_are_not_to_be_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = os.open

    def spy(path: os.PathLike[str], *rest: int) -> int:
        opened.append(os.fspath(path))
        assert rest[0] & os.O_EXCL
        assert rest[0] & os.O_NOFOLLOW
        return real(path, *rest)

    monkeypatch.setattr(os, "open", spy)
    for _ in range(20):
        whole_file.write(tmp_path / "report", b"new")
    assert len(set(opened)) == 20


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    whole_file.write(pipe, "Łódź \udcff")
    assert os.read(reader, 100) == b"\xc5\x81\xc3\xb3d\xc5\xba \xff"
    assert pipe.is_fifo()
    os.close(reader)
