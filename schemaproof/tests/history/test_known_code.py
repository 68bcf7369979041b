"""A check does not start the project's Python while the project's code is unchanged."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemaproof_testing import probed
from schemaproof_testing.probed import Probed
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

# The models use a package outside the project, a file, and the list of a folder.
MODELS = """
import os
from pathlib import Path
from elsewhere import Name
from sqlalchemy import Column, Integer, MetaData, String
from sqlalchemy.orm import declarative_base

Base = declarative_base(metadata=MetaData(naming_convention={"pk": "pk_%(table_name)s"}))
LENGTH = int(Path("length.txt").read_text())
LENGTH -= len(list(Path("more").iterdir()))
LENGTH += int(os.environ.get("SHOP_MORE", "0"))


class Customer(Base):
    __tablename__ = "customer"
    id = Column(Integer, primary_key=True)
    name = Column(Name(LENGTH))
"""
PYTHON = """#!/bin/sh
echo started >> {starts}
exec {python} "$@"
"""


class Shop:
    """A project that counts how often its Python is started."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.starts = folder.parent / f"{folder.name}-starts"
        self.project = Probed(folder, probed.FROM_CONFIG).make(MODELS)
        self.write("lib/elsewhere/__init__.py", "from sqlalchemy import String as Name\n")
        self.write("length.txt", "50")
        (folder / "more").mkdir()
        self.write(
            "pyproject.toml",
            '[tool.schemaproof]\nmetadata = "models:Base.metadata"\nscript-location = "alembic"\n'
            'python = "python.sh"\n',
        )
        self.write("alembic.ini", "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
        program = self.write("python.sh", "")
        program.write_text(PYTHON.format(starts=self.starts, python=sys.executable), "utf-8")
        program.chmod(0o755)
        self.programs = Programs(
            folder,
            {
                "DATABASE_URL": database.url.render_as_string(hide_password=False),
                "DB_SCRATCH_URL": database.superuser_url.render_as_string(hide_password=False),
                "XDG_CACHE_HOME": str(folder.parent / f"{folder.name}-cache"),
                "PYTHONPATH": str(folder / "lib"),
            },
        )

    def write(self, name: str, text: str) -> Path:
        return self.project.write(name, text)

    def check(self, **environ: str) -> tuple[int, int]:
        """Return the exit code, and the number of starts of the project's Python."""
        self.starts.write_text("")
        code = self.programs.run("schemaproof", "check", "--offline", **environ).code
        return code, len(self.starts.read_text().splitlines())


@pytest.fixture
def shop(folder: Path, database: Database) -> Shop:
    made = Shop(folder, database)
    assert made.programs.run("schemaproof", "snapshot").code == 0
    time.sleep(2.1)  # A file that was written within two seconds is not trusted.
    return made


def test_the_second_check_asks_nothing(shop: Shop) -> None:
    assert shop.check() == (0, 1)
    assert shop.check() == (0, 0)
    assert shop.check() == (0, 0)


def env_says(shop: Shop) -> None:
    """The models are those that env.py passes to Alembic; env.py connects before that."""
    text = (shop.project.folder / "pyproject.toml").read_text("utf-8")
    shop.write("pyproject.toml", text.replace('metadata = "models:Base.metadata"\n', ""))


def imports(shop: Shop) -> None:
    file = next((shop.project.folder / "alembic" / "versions").glob("a1*.py"))
    file.write_text(f"import models\n{file.read_text('utf-8')}", "utf-8")


def elsewhere(shop: Shop) -> None:
    folder = shop.project.folder / "alembic"
    (folder / "versions").rename(folder / "elsewhere")
    ini = (shop.project.folder / "alembic.ini").read_text("utf-8")
    shop.write("alembic.ini", f"{ini}version_locations = alembic/elsewhere\n")


PROJECTS: dict[str, tuple[int, Callable[[Shop], object]]] = {
    "the models are env.py's": (0, env_says),
    "a revision imports them": (0, imports),
    "version_locations": (0, elsewhere),
    "they write a log": (
        0,
        lambda shop: shop.write("models.py", f"{MODELS}open('log', 'a').write('made')\n"),
    ),
    "they differ from the history": (
        1,
        lambda shop: shop.write("models.py", f"{MODELS}    age = Column(Integer)\n"),
    ),
    "PostgreSQL refuses one": (
        1,
        lambda shop: shop.write(
            "models.py",
            f"{MODELS}    __table_args__ = (CheckConstraint('nothing > 0'),)\n".replace(
                "import Column", "import CheckConstraint, Column"
            ),
        ),
    ),
}


@pytest.mark.parametrize("project", PROJECTS)
def test_nor_does_that_of_another_project(folder: Path, database: Database, project: str) -> None:
    expected, change = PROJECTS[project]
    shop = Shop(folder, database)
    if expected:
        assert shop.programs.run("schemaproof", "snapshot").code == 0
    change(shop)
    if not expected:
        assert shop.programs.run("schemaproof", "snapshot").code == 0
    time.sleep(2.1)
    first = shop.programs.run("schemaproof", "check", "--offline")
    assert first.code == expected, first.text
    shop.starts.write_text("")
    second = shop.programs.run("schemaproof", "check", "--offline")
    assert (second.code, second.out) == (expected, first.out)
    assert shop.starts.read_text() == ""


def keep_times(path: Path, change: Callable[[], object]) -> None:
    """Change a file, and reset its modification time, as an attacker would."""
    before = path.stat()
    change()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Shop], object]] = {
    "the models": lambda shop: shop.write("models.py", MODELS.replace("LENGTH)", "7)")),
    "a package": lambda shop: shop.write(
        "lib/elsewhere/__init__.py", "from sqlalchemy import CHAR as Name\n"
    ),
    "a file that they read": lambda shop: shop.write("length.txt", "51"),
    "of the same size and time": lambda shop: keep_times(
        shop.project.folder / "length.txt", lambda: shop.write("length.txt", "49")
    ),
    "a folder that they look through": lambda shop: shop.write("more/one", ""),
    "a module before another one": lambda shop: shop.write(
        "elsewhere.py", "from sqlalchemy import CHAR as Name\n"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_has_changed_is_noticed(shop: Shop, change: str) -> None:
    assert shop.check() == (0, 1)
    assert shop.check() == (0, 0)
    CHANGES[change](shop)
    code, starts = shop.check()
    assert (code, starts >= 1) == (1, True)


def test_another_environment_is_another_one(shop: Shop) -> None:
    assert shop.check() == (0, 1)
    assert shop.check(SHOP_MORE="1")[0] == 1
    assert shop.check()[0] == 0


def test_one_environment_alone_is_remembered(shop: Shop) -> None:
    for terminal in ("1", "2"):
        shop.check(TERMINAL=terminal)
    assert len([*Path(shop.programs.environ["XDG_CACHE_HOME"]).glob("schemaproof/*")]) == 1


@pytest.mark.parametrize(
    "line",
    [
        "import subprocess; subprocess.run(['true'])",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "Path('flag').exists()",
        "import os.path; os.path.isfile('flag')",
    ],
)
def test_what_cannot_be_known_is_not_remembered(shop: Shop, line: str) -> None:
    shop.write("models.py", f"{MODELS}\n{line}\n")
    time.sleep(2.1)
    assert shop.check() == (0, 1)
    assert shop.check() == (0, 1)
