"""The flows of docs/house.md are short: values are read at the start and passed down."""

import asyncio
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from sqlalchemy.ext.asyncio import async_sessionmaker

from cli.main import main
from core.target import MonPs
from schemaproof.exit_codes import FINDINGS, PENDING
from schemaproof.project import Project
from schemaproof_testing.alembic_scripts import alembic_config
from schemaproof_testing.handing_down import Way, followed
from schemaproof_testing.project import PROJECT, ROOT
from schemaproof_testing.servers import Database
from tests.support import async_store
from tests.support.async_store import AsyncStore, pooled_async_engine
from tests.support.repository_rows import Store
from tests.support.upsert_rows import price, upsert

ENGINE: Final = ROOT / "schemaproof" / "src" / "schemaproof"
MOST_FILES: Final = 15


def is_project(value: Any) -> bool:
    return isinstance(value, Project)


def is_target(value: Any) -> bool:
    return isinstance(value, MonPs)


def floors() -> dict[str, int]:
    """The rooms of the engine with their layers in the import contract."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = content["tool"]["importlinter"]["contracts"][0]["layers"]
    return {room.strip(): -depth for depth, layer in enumerate(layers) for room in layer.split("|")}


def floor(path: Path) -> int:
    return floors()[path.parts[0].removesuffix(".py")]


@pytest.fixture
def environ(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.chdir(ROOT)
    for name, value in database.environ().items():
        monkeypatch.setenv(name, value)
    return database


def check(*arguments: str) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["check", *arguments])
    # The database is empty; with --roles, its roles are missing, too.
    assert exited.value.code in {PENDING, FINDINGS}


def upgrade(revision: str) -> None:
    command.upgrade(alembic_config(PROJECT), revision)


@pytest.mark.slow
@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize("is_followed", [is_project, is_target])
@pytest.mark.parametrize(
    ("run", "argument"),
    [(check, "--data"), (check, "--format=sarif"), (check, "--roles"), (upgrade, "3d5a71c08e42")],
)
def test_a_flow_hands_down(
    run: Callable[[str], None], argument: str, is_followed: Callable[[Any], bool]
) -> None:
    with followed(ENGINE, is_followed) as way:
        run(argument)
    assert 1 <= len(way.files) <= MOST_FILES, sorted(map(str, way.files))
    assert way.climbs(floor) == []


def write(store: Store, rows: Any) -> None:
    upsert(store, rows)


def write_awaited(store: Store, rows: Any) -> None:
    async def run() -> None:
        async with pooled_async_engine(store.database) as engine:
            made = AsyncStore(store, engine, async_sessionmaker(engine, expire_on_commit=False))
            await async_store.write(made, rows)

    asyncio.run(run())


@pytest.mark.parametrize("run", [write, write_awaited])
def test_a_bulk_write_hands_its_rows_down(store: Store, run: Callable[[Store, Any], None]) -> None:
    rows = [price(f"m{number}") for number in range(3)]
    with followed(ROOT / "repositories", lambda value: value is rows) as way:
        run(store, rows)
    assert store.count("odds") == len(rows)
    assert 3 <= len(way.files) <= MOST_FILES, sorted(map(str, way.files))
    in_order = [*dict.fromkeys(way.stays)]
    # The rows never return to a file that they have left.
    assert way.climbs(lambda path: -in_order.index(path)) == []


def test_a_way_that_climbs_is_seen() -> None:
    way = Way(ENGINE, is_project, [Path("cli/main.py"), Path("check/check.py"), Path("cli/x.py")])
    assert way.climbs(floor) == [("check/check.py", "cli/x.py")]
