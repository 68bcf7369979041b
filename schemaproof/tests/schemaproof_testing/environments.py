"""Virtual environments with only the requirements of a distribution, linked from our own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from schemaproof_testing.project import ROOT


def make_environment(folder: Path, names: Iterable[str]) -> Path:
    """Make an environment with distributions and their requirements; return its Python.

    Args:
        folder: The folder of the environment.
        names: The distributions, without extras.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [packages] = folder.glob("lib/python3*/site-packages")
    needed: dict[str, Distribution] = {}
    for name in names:
        _collect(name, needed)
    for found in needed.values():
        for entry in {Path(file).parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            target = packages / entry
            if not target.exists():  # Several distributions may share a namespace package.
                target.symlink_to(Path(str(found.locate_file(entry))))
    if "schemaproof" in needed:  # It is installed for editing, so its files are in the checkout.
        (packages / "checkout.pth").write_text(f"{ROOT / 'schemaproof' / 'src'}\n", "utf-8")
    return folder / "bin" / "python"


def _collect(name: str, needed: dict[str, Distribution]) -> None:
    if name in needed:
        return
    needed[name] = found = distribution(name)
    for required in _required(found):
        _collect(required, needed)


def _required(found: Distribution) -> Iterator[str]:
    for requirement in found.requires or ():
        named, _, marker = requirement.partition(";")
        if "extra" not in marker and "python_version <" not in marker and "win32" not in marker:
            [name] = re.findall(r"^[A-Za-z0-9._-]+", named)
            yield name.lower()
