"""Fixtures for several files of this folder."""

from pathlib import Path

import pytest

from tests.support.required_settings import REQUIRED


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """The required settings in the environment, and a project without .env."""
    (tmp_path / "pyproject.toml").write_text("[tool.schemaproof]\n")
    monkeypatch.chdir(tmp_path)
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch
