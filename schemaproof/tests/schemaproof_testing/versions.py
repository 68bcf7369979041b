"""Virtual environments with given versions of SQLAlchemy and Alembic, cached between runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import requires
from pathlib import Path

import pytest

from schemaproof_testing.project import ROOT

DRIVERS = ("psycopg2-binary", "psycopg[binary]", "asyncpg", "greenlet", "pg8000")


@dataclass(frozen=True)
class Versions:
    """The versions in an environment.

    Attributes:
        sqlalchemy: The beginning of SQLAlchemy's version.
        alembic: The beginning of Alembic's version; None for the newest.
        others: Further packages.
        python: The name of another Python; None for ours.
        oldest: Whether to install the oldest allowed requirements of the engine.
    """

    sqlalchemy: str
    alembic: str | None
    others: tuple[str, ...] = ()
    python: str | None = None
    oldest: bool = False

    def __str__(self) -> str:
        oldest = ("oldest",) if self.oldest else ()
        return "-".join((self.sqlalchemy, self.alembic or "newest", *self.others, *oldest))

    @property
    def has_runner(self) -> bool:
        """Whether the engine's runner supports these versions."""
        return self.sqlalchemy != "1.4"

    def environment(self) -> Path:
        """Create the environment if it does not exist, and return its Python."""
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = cache / "schemaproof-tests" / str(self)
        python = folder / "bin" / "python"
        if not (folder / "installed").exists():
            shutil.rmtree(folder, ignore_errors=True)
            self._make(folder, python)
            (folder / "installed").touch()
        if self.has_runner:
            [packages] = folder.glob("lib/python3*/site-packages")
            (packages / "checkout.pth").write_text(f"{ROOT / 'schemaproof' / 'src'}\n", "utf-8")
        return python

    def _make(self, folder: Path, python: Path) -> None:
        program: str = _program(self.python)
        subprocess.run([program, "-m", "venv", folder], check=True)
        alembic = f"alembic=={self.alembic}.*" if self.alembic else "alembic"
        needed = [str(one) for one in requires("schemaproof") or () if "extra" not in one]
        pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "setuptools", alembic]
        pip += [f"sqlalchemy=={self.sqlalchemy}.*", *self.others, *DRIVERS]
        if self.has_runner:
            pip += [one.replace(">=", "==") for one in needed] if self.oldest else needed
        done = subprocess.run(pip, check=False, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"pip: {done.stderr.strip().splitlines()[-1]}")


def _program(name: str | None) -> str:
    """Return a Python with this name if it runs, else our own."""
    places = [*Path.home().glob(f".pyenv/versions/*/bin/{name}")] if name else []
    candidates: list[str | Path | None] = [shutil.which(name), *places] if name else []
    for found in filter(None, candidates):
        if subprocess.run([str(found), "-V"], check=False, capture_output=True).returncode == 0:
            return str(found)
    return sys.executable
