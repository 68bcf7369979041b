"""An environment for each project, as a user makes it: ``python -m venv``, then uv or pip."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tomlkit import dumps

from bench.projects.subjects import Subject
from schemaproof.project import Project
from schemaproof.project_file import find_project


@dataclass(frozen=True)
class Environment:
    """The folder of a project: its environment, and what a user writes beside it.

    Attributes:
        subject: The project.
        folder: Where it is.
    """

    subject: Subject
    folder: Path

    @property
    def programs(self) -> Path:
        """The folder of its Python, and of its own programs."""
        return self.folder / "venv" / "bin"

    @cached_property
    def site(self) -> Path:
        """Where its packages are."""
        [found] = (self.folder / "venv" / "lib").glob("python3*/site-packages")
        return found

    @property
    def project(self) -> Project:
        """The project, as its configuration says."""
        return find_project(self.folder)

    def filled(self, text: str) -> str:
        """Return a text of ``projects.toml`` with the places of this environment."""
        return text.replace("{site}", str(self.site)).replace("{folder}", str(self.folder))

    @property
    def is_installed(self) -> bool:
        """Whether it was installed before."""
        return (self.folder / "installed").exists()

    def install(self) -> None:
        """Install the newest release.

        Raises:
            subprocess.CalledProcessError: It cannot be installed; with what pip says.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", self.folder / "venv"], check=True)
        python = str(self.programs / "python")
        # For some of the projects the resolver of pip takes longer than half an hour.
        uv = shutil.which("uv")
        pip = [uv, "pip"] if uv else [python, "-m", "pip"]
        options = ["--python", python, "--quiet"] if uv else ["--quiet"]
        subprocess.run(
            [*pip, "install", *options, "--upgrade", *self.subject.packages],
            check=True,
            stdout=sys.stderr,
        )
        (self.folder / "installed").touch()

    def configure(self) -> None:
        """Write pyproject.toml, and what else the configuration names."""
        table = {"python": str(self.programs / "python"), **self.subject.configuration}
        self._write("pyproject.toml", dumps({"tool": {"schemaproof": table}}))
        for name, text in self.subject.files.items():
            self._write(name, text)

    def version(self) -> str:
        """Return the version of the project."""
        name = self.subject.packages[0].partition("[")[0]
        asked = f"from importlib.metadata import version; print(version({name!r}))"
        done = subprocess.run(
            [self.programs / "python", "-c", asked], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.filled(text), "utf-8")
