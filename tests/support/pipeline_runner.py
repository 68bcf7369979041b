"""Run the steps of a GitHub action locally."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from schemaproof_testing.project import ROOT

ACTION: Final[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
ENV: Final = """
import json
import os
from alembic import context
from sqlalchemy import create_engine
from schemaproof.alembic import run_migrations
from models import Base

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    run_migrations(connection, target_metadata=Base.metadata)
"""


def find(program: str) -> str:
    """Return the path of a program in this environment or on the PATH."""
    here = str(Path(sys.executable).parent)
    found = shutil.which(program, path=os.pathsep.join([here, os.environ.get("PATH", "")]))
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@dataclass(frozen=True)
class Runner:
    """The files and variables that GitHub's runner provides for the steps of an action."""

    folder: Path

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text("utf-8")

    @property
    def outputs(self) -> dict[str, str]:
        """Return the outputs of the step, as the runner reads them."""
        lines = iter((self.folder / "output").read_text("utf-8").splitlines())
        found: dict[str, str] = {}
        for line in lines:
            name, several, end = line.partition("<<")
            if several:
                found[name] = "\n".join(iter(lambda: next(lines), end))
            else:
                name, _, value = line.partition("=")
                found[name] = value
        return found

    def run(self, **inputs: str) -> "subprocess.CompletedProcess[str]":
        """Run the last step."""
        given = {name: one["default"] for name, one in ACTION["inputs"].items()}
        given.update({name.replace("_", "-"): value for name, value in inputs.items()})
        step = ACTION["runs"]["steps"][-1]
        environ = {name: _filled(value, given) for name, value in step["env"].items()}
        for name in ("summary", "output"):
            (self.folder / name).write_text("", "utf-8")
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=_filled(step["working-directory"], given),
            env=self._environ() | environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def install(self) -> None:
        """Run the first step."""
        [install, _] = ACTION["runs"]["steps"]
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", install["run"]]
        subprocess.run(command, env=self._environ(), check=True, timeout=600)

    def _environ(self) -> dict[str, str]:
        python = str(Path(sys.executable).parent)
        kept = {name: os.environ[name] for name in ("HOME",) if name in os.environ}
        kept |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        return kept | {
            "PATH": f"{python}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
        }


def _filled(text: str, inputs: dict[str, str]) -> str:
    for name, value in inputs.items():
        text = text.replace(f"${{{{ inputs.{name} }}}}", value)
    assert "${{" not in text
    return text
