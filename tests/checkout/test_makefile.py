"""What the Makefile does after the folder of the checkout was moved."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from schemaproof_testing.project import ROOT

pytestmark = [
    pytest.mark.skipif(shutil.which("make") is None, reason="make is not here"),
    pytest.mark.slow,
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a space in its name, in which make considers the installation complete."""
    folder = tmp_path / "a folder"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "schemaproof").mkdir()
    shutil.copy(ROOT / "schemaproof" / "pyproject.toml", folder / "schemaproof")
    for made in ("bin/python", ".installed", ".installed-dev"):
        (folder / ".venv" / made).touch()
    for name in ("pyproject.toml", "schemaproof/pyproject.toml"):
        os.utime(folder / name, (0, 0))
    return folder


def planned(folder: Path, target: str) -> str:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("target", ["up", "lint"])
@pytest.mark.parametrize("known", [True, False], ids=["", "made before"])
def test_an_environment_that_is_in_its_place_is_kept(
    checkout: Path, target: str, *, known: bool
) -> None:
    if known:
        (checkout / ".venv" / ".folder").write_text(f"{checkout.resolve()}\n", "utf-8")
    assert "pip install" not in planned(checkout, target)


@pytest.mark.parametrize("target", ["up", "lint"])
def test_an_environment_that_was_moved_is_made_anew(checkout: Path, target: str) -> None:
    (checkout / ".venv" / ".folder").write_text("/where/it/was\n", "utf-8")
    plan = planned(checkout, target)
    assert plan.index("-m venv --clear .venv") < plan.index("pip install")
