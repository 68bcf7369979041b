"""SQLAlchemy 1.4, 2.0 and 2.1 and Alembic from 1.8 on, each with its drivers."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemaproof_testing import probed
from schemaproof_testing.probed import Probed, columns, place
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

# The first entry has the oldest SQLAlchemy, Alembic and Python that are supported.
VERSIONS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "1.4": ("python3.8", ("sqlalchemy==1.4.*", "alembic==1.8.*", "setuptools")),
    "2.0": (None, ("sqlalchemy==2.0.*", "alembic==1.13.*")),
    "2.1": (None, ("sqlalchemy==2.1.*", "alembic")),
}
DRIVERS = ("psycopg2-binary", "psycopg[binary]", "asyncpg", "greenlet", "pg8000")
ENVIRONMENTS = {
    "psycopg2": probed.SYNC,
    "psycopg": probed.SYNC.replace("+psycopg2", "+psycopg"),
    "pg8000": probed.SYNC.replace("+psycopg2", "+pg8000"),
    "asyncpg": probed.ASYNC,
    "psycopg, async": probed.ASYNC.replace("+asyncpg", "+psycopg"),
}
# SQLAlchemy has this dialect since 2.0.
UNKNOWN = {("1.4", "psycopg"), ("1.4", "psycopg, async")}


@pytest.fixture(scope="module", params=VERSIONS)
def version(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A virtual environment with these versions and without schemaproof."""
    name, packages = VERSIONS[request.param]
    program: str = _python(name) if name else sys.executable
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([program, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", *packages, *DRIVERS]
    done = subprocess.run(pip, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"pip: {done.stderr.strip().splitlines()[-1]}")
    yield request.param, python
    shutil.rmtree(folder)


def _python(name: str) -> str:
    """Return a Python with this name if it runs, else our own."""
    found = shutil.which(name)
    runs = found and subprocess.run([found, "-V"], check=False, capture_output=True).returncode == 0
    return str(found) if runs else sys.executable


@pytest.mark.parametrize("driver", ENVIRONMENTS)
def test_every_driver_reaches_the_scratch_database(
    version: tuple[str, Path], folder: Path, database: Database, driver: str
) -> None:
    number, python = version
    if (number, driver) in UNKNOWN:
        pytest.skip("SQLAlchemy has no such dialect")
    project = Probed(folder, ENVIRONMENTS[driver], python).make()
    with project.probe() as probe:
        assert probe.ask("describe")["sqlalchemy"].startswith(number)
        probe.ask("upgrade", place=place(database), revision="a1")
        assert columns(database) == ["id", "pk_customer"]
        probe.ask("upgrade", place=place(database), revision="heads")
        probe.ask("downgrade", place=place(database), revision="base")
        assert columns(database) == []


def test_everything_that_is_asked_works(
    version: tuple[str, Path], folder: Path, database: Database
) -> None:
    models = probed.MODELS + "    age = Column(Integer, server_default='7')\n"
    project = Probed(folder, probed.SYNC, version[1]).make(models)
    options = {
        **dict.fromkeys(("rev_id", "branch_label", "version_path", "depends_on")),
        "message": "What the models ask for",
        "head": "head",
        "splice": False,
    }
    with project.probe() as probe:
        assert [one["id"] for one in probe.ask("revisions")] == ["a1", "a2"]
        assert probe.ask("fingerprint").startswith("sha256:")
        places = {tuple(one["names"]): one for one in probe.ask("declared_at")}
        declared = places["public", "customer", "age"]
        assert declared["file"] == str(project.folder / "models.py")
        assert models.splitlines()[declared["line"] - 1].strip().startswith("age = ")
        probe.ask("upgrade", place=place(database), revision="heads")
        asked = {
            "place": place(database),
            "options": options,
            "changes": [probed.AGE],
            "plain": False,
        }
        [made] = probe.ask("write", **asked)["files"]
        written = Path(made["path"])
        assert "add_column('customer', sa.Column('age'" in written.read_text("utf-8")
        probe.ask("upgrade", place=place(database), revision="heads")
        assert probe.ask("write", **asked) is None
        assert columns(database) == ["age", "id", "name", "pk_customer"]
        probe.ask("downgrade", place=place(database), revision="base")
        assert probe.ask("create", place=place(database)) == []
        assert columns(database) == ["age", "id", "name", "pk_customer"]
        [printed] = probe.ask("statements", revisions=["a1"])
        assert "CONSTRAINT pk_customer PRIMARY KEY (id)" in printed["statements"][0]["sql"]
