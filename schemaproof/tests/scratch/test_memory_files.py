"""The servers of the tests store their files in memory, if there is room."""

import os
import tempfile
from pathlib import Path

import pytest

from schemaproof_testing.memory_files import keep_files_in_memory


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> str | None:
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())
    monkeypatch.delenv("TMPDIR", raising=False)
    return tempfile.tempdir


def test_where_there_is_room_they_are_in_memory(usual: str | None, tmp_path: Path) -> None:
    keep_files_in_memory(tmp_path, 2**62)
    keep_files_in_memory(tmp_path / "missing", 0)
    assert (tempfile.gettempdir(), os.environ.get("TMPDIR")) == (usual, None)
    keep_files_in_memory(tmp_path, 0)
    assert (tempfile.gettempdir(), os.environ["TMPDIR"]) == (str(tmp_path), str(tmp_path))


def test_a_folder_that_the_environment_names_is_left(
    usual: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "elsewhere")
    keep_files_in_memory(tmp_path, 0)
    assert tempfile.gettempdir() == usual
