"""Find env.py: by our table in pyproject.toml, or by Alembic's own configuration."""

from pathlib import Path

import pytest

from schemaproof.errors import ConfigurationError
from schemaproof.history.alembic_options import script_folders
from schemaproof.project import Project
from schemaproof.project_file import find_project

PLACES = ("migrations", "db/alembic", "src/shop/alembic", "venv/site/stock/db/alembic")
VENV = "venv/lib/python3.11/site-packages"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a virtual environment: packages installed, linked, and in ``src``."""
    folders = (*PLACES, f"{VENV}/alembic", f"{VENV}/bought/alembic", "venv/bin")
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / VENV / "stock.pth").write_text(f"{tmp_path}/venv/site\nimport no_folder\n")
    python = tmp_path / "venv/bin/python"
    python.touch(mode=0o755)
    return tmp_path


def found(root: Path, table: str = "", ini: str = "", toml: str = "", at: str = ".") -> Project:
    (root / "pyproject.toml").write_text(f"[tool.schemaproof]\n{table}\n{toml}")
    if ini:
        (root / at / "alembic.ini").write_text(f"[alembic]\n{ini}\n")
    return find_project(root)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, "migrations"),
        ({"table": 'script-location = "db/alembic"'}, "db/alembic"),
        ({"table": 'script-location = "bought:alembic"'}, f"{VENV}/bought/alembic"),
        ({"ini": "script_location = db/alembic"}, "db/alembic"),
        ({"ini": "script_location = %(here)s/db/alembic"}, "db/alembic"),
        ({"ini": "script_location = shop:alembic"}, "src/shop/alembic"),
        ({"ini": "script_location = bought:alembic"}, f"{VENV}/bought/alembic"),
        ({"ini": "script_location = stock.db:alembic"}, "venv/site/stock/db/alembic"),
        (
            {
                "ini": "script_location = alembic",
                "at": "db",
                "table": 'alembic-ini = "db/alembic.ini"',
            },
            "db/alembic",
        ),
        ({"toml": '[tool.alembic]\nscript_location = "%(here)s/db/alembic"'}, "db/alembic"),
        (
            {"ini": "script_location = db/alembic", "table": 'script-location = "migrations"'},
            "migrations",
        ),
    ],
)
def test_the_folder_of_env_py_is_where_alembic_finds_it(
    root: Path, given: dict[str, str], place: str
) -> None:
    assert found(root, **given).script_location == root / place


def test_a_package_that_is_not_there_is_named(root: Path) -> None:
    with pytest.raises(ConfigurationError, match="no folder nobody:alembic"):
        found(root, ini="script_location = nobody:alembic")


@pytest.mark.parametrize(
    "locations",
    [
        "version_locations = %(here)s/db/alembic bought:alembic",
        "version_locations = db/alembic, bought:alembic",
        "version_locations = %(here)s/db/alembic:%(here)s/src/shop/alembic\npath_separator = os",
        "version_locations = db/alembic\n  bought:alembic\npath_separator = newline",
    ],
)
def test_several_folders_of_revisions_are_where_alembic_finds_them(
    root: Path, locations: str
) -> None:
    folders = [
        one.relative_to(root).as_posix() for one in script_folders(found(root, ini=locations))
    ]
    other = "src/shop/alembic" if "shop" in locations else f"{VENV}/bought/alembic"
    assert folders == ["migrations", "db/alembic", other]
