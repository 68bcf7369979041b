"""Choose the project's Python: that of its own environment first, whatever runs the program."""

from pathlib import Path

import pytest

from schemaproof.errors import ConfigurationError
from schemaproof.interpreter import find_interpreter


def make_environment(folder: Path, package: str = "alembic") -> Path:
    (folder / "lib" / "python3.11" / "site-packages" / package).mkdir(parents=True)
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    return python


@pytest.mark.parametrize(
    ("present", "found_by"),
    [
        ((".venv", "venv", "active"), ".venv"),
        (("venv", "active"), "venv"),
        (("active",), "VIRTUAL_ENV"),
        ((), "this program"),
    ],
)
def test_the_project_s_own_environment_comes_first(
    tmp_path: Path, present: tuple[str, ...], found_by: str
) -> None:
    """pre-commit runs hooks in an environment that it made for them."""
    made = {name: make_environment(tmp_path / name) for name in present}
    found = find_interpreter(tmp_path, None, {"VIRTUAL_ENV": str(tmp_path / "active")})
    assert found.found_by == found_by
    assert not made or found.path == made[present[0]]


def test_an_environment_without_alembic_is_not_the_project_s(tmp_path: Path) -> None:
    make_environment(tmp_path / ".venv", "another")
    active = make_environment(tmp_path / "active")
    assert (
        find_interpreter(tmp_path, None, {"VIRTUAL_ENV": str(tmp_path / "active")}).path == active
    )


def test_what_the_configuration_names_comes_before_all(tmp_path: Path) -> None:
    make_environment(tmp_path / ".venv")
    named = make_environment(tmp_path / "named", "another")
    assert find_interpreter(tmp_path, named, {}).path == named
    with pytest.raises(ConfigurationError, match="is not a program"):
        find_interpreter(tmp_path, tmp_path / "nothing", {})
