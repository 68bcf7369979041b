"""An error becomes one line and an exit code, also without settings."""

from pathlib import Path

import pytest
from psycopg2 import OperationalError
from sqlalchemy.exc import DBAPIError

from core.target import TARGET
from schemaproof.cli import error_boundary


def test_an_error_of_a_scratch_database_is_one_line_without_settings_of_a_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.schemaproof]\n", "utf-8")
    monkeypatch.chdir(tmp_path)

    def command() -> None:
        raise DBAPIError("SELECT", None, OperationalError("the server went away\nDETAIL: x\n"))

    assert error_boundary.run(command, target=TARGET, debug=False) == 6
    assert capsys.readouterr().err == "monps-db: the database refused: the server went away\n"
