"""An environment for each project, made as a user makes it: ``python -m venv``, then uv or pip."""

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
    """The folder of a project, with its environment and the files that a user writes.

    Attributes:
        subject: The project.
        folder: The folder of the environment and the files.
    """

    subject: Subject
    folder: Path

    @property
    def programs(self) -> Path:
        """The folder of the environment's Python and programs."""
        return self.folder / "venv" / "bin"

    @cached_property
    def site(self) -> Path:
        """The folder of the environment's packages."""
        [found] = (self.folder / "venv" / "lib").glob("python3*/site-packages")
        return found

    @property
    def project(self) -> Project:
        """The project, as its configuration describes it."""
        return find_project(self.folder)

    def filled(self, text: str) -> str:
        """Replace the placeholders in a text of ``projects.toml`` by this environment's folders."""
        return text.replace("{site}", str(self.site)).replace("{folder}", str(self.folder))

    @property
    def is_installed(self) -> bool:
        """Whether the project is installed already."""
        return (self.folder / "installed").exists()

    def install(self) -> None:
        """Install the newest release of the project.

        Raises:
            subprocess.CalledProcessError: The installation failed; with the output of pip.
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
        """Write pyproject.toml, and the other files that the configuration names."""
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
