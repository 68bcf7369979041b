"""The digest of the models' files: equal while nothing changes, None when it cannot be known."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from schemaproof.history import model_sources
from schemaproof.history.model_sources import digest
from schemaproof.project import Project

FILES: Final = {
    "shop/__init__.py": "from shop.base import Base\nfrom shop import orders\n",
    "shop/base.py": "import sqlalchemy\nfrom . import names\nclass Base: pass\n",
    "shop/names.py": "from __future__ import annotations\nimport re\nCONVENTION = {}\n",
    "shop/orders.py": "from shop.base import Base\nfrom limits import LARGEST\n",
    "limits.py": "LARGEST = 100\n",
    "unrelated.py": "import numpy\n",
}


def project(root: Path, files: Mapping[str, str]) -> Project:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="")
    return Project(root, root / "migrations", metadata=("shop:Base.metadata",))


@pytest.mark.parametrize("name", sorted(set(FILES) - {"unrelated.py"}))
def test_a_change_of_any_file_that_the_models_import_changes_it(tmp_path: Path, name: str) -> None:
    before = digest(project(tmp_path, FILES))
    after = digest(project(tmp_path, {**FILES, name: FILES[name] + "\nNEW = 1\n"}))
    assert before is not None
    assert after not in {before, None}


def test_what_the_models_do_not_import_does_not_matter(tmp_path: Path) -> None:
    before = digest(project(tmp_path, FILES))
    assert digest(project(tmp_path, {**FILES, "unrelated.py": "NEW = 1\n"})) == before


def test_line_endings_do_not_matter(tmp_path: Path) -> None:
    before = digest(project(tmp_path, FILES))
    windows = {name: text.replace("\n", "\r\n") for name, text in FILES.items()}
    assert digest(project(tmp_path, windows)) == before


def test_another_version_of_sqlalchemy_changes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(project(tmp_path, FILES))
    monkeypatch.setattr(model_sources, "_version_of_sqlalchemy", lambda _: "99.0")
    assert digest(project(tmp_path, FILES)) != before


@pytest.mark.parametrize(
    "line",
    [
        "from geoalchemy2 import Geometry",
        "import importlib\nimportlib.import_module('shop.more')",
        "__import__('shop.more')",
        "for module in pkgutil.walk_packages(): pass",
        "NAMES = open('names.txt').read()",
        "import os\nLARGEST = os.environ['LARGEST']",
        "this is no Python",
    ],
)
def test_there_is_none_when_not_all_files_can_be_known(tmp_path: Path, line: str) -> None:
    assert digest(project(tmp_path, {**FILES, "shop/orders.py": line})) is None


def test_there_is_none_when_the_models_are_outside_of_the_project(tmp_path: Path) -> None:
    assert digest(project(tmp_path, {"other.py": ""})) is None
