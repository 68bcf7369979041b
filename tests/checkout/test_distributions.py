"""The two distributions: which files each installs, and where schemaproof is installed from."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from schemaproof_testing.project import ROOT

# Both forms install from the checkout: a folder, or a version that no package index accepts.
FROM_A_CHECKOUT = re.compile(r"\S*/schemaproof\S*|schemaproof/\S+|schemaproof\S*==\S*\+checkout")

INSTALLS_BY_NAME = re.compile(r"pip install[^\n`]*['\" ](?:monps-db|schemaproof|\{[^}]*\})\[")
OURS = ("cli", "core", "loading", "models", "repositories", "examples", "schemaproof/src")


def declared(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return project


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "packages"),
    [
        ("schemaproof", {"schemaproof"}),
        (".", {"cli", "core", "loading", "migrations", "models", "repositories"}),
    ],
)
def test_a_wheel_installs_these_packages(tmp_path: Path, folder: str, packages: set[str]) -> None:
    copy = tmp_path / "checkout"
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(ROOT / folder, copy, ignore=ignored)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(copy)),
        ],
        check=True,
        timeout=300,
    )
    (wheel,) = tmp_path.glob("*.whl")
    top = {name.split("/")[0] for name in ZipFile(wheel).namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == packages
    assert len(top) == len(packages) + 1


def test_the_application_takes_schemaproof_of_this_checkout_alone() -> None:
    engine, application = declared(ROOT / "schemaproof"), declared(ROOT)
    extras = application["optional-dependencies"].values()
    asked = [one for group in (application["dependencies"], *extras) for one in group]
    asked = [one for one in asked if one.startswith("schemaproof")]
    assert len(asked) > 1
    assert {one.partition("==")[2] for one in asked} == {engine["version"]}
    assert engine["version"].endswith("+checkout")


def test_nothing_says_to_install_schemaproof_by_its_name() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("schemaproof/*.md")]
    programs = [ROOT / "Makefile", ROOT / ".ci/run", *ROOT.glob("schemaproof/src/**/*.py")]
    lines = [
        line
        for file in [*pages, *programs]
        if file.exists()
        for line in file.read_text("utf-8").replace("\\\n", " ").splitlines()
        if re.search(r"pip3? (install|wheel|download)", line)
    ]
    assert any("schemaproof" in line for line in lines)
    # The name of the application is not registered on the package index either.
    everything = [*pages, *programs, *(f for room in OURS for f in ROOT.glob(f"{room}/**/*.py"))]
    assert [
        f"{file.relative_to(ROOT)}: {found}"
        for file in everything
        if file.exists()
        for found in INSTALLS_BY_NAME.findall(file.read_text("utf-8"))
    ] == []
    assert [line for line in lines if "schemaproof" in FROM_A_CHECKOUT.sub("", line)] == []
