"""Fixtures for all tests: real servers, empty databases, an environment without settings."""

import os
import secrets
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import servers as test_servers
from schemaproof_testing.memory_files import keep_files_in_memory
from schemaproof_testing.migrated import migrate
from schemaproof_testing.other_project import FIRST, Make, OtherProject, make_project
from schemaproof_testing.own_project import own_project
from schemaproof_testing.project import (
    CONFIGURATION,
    PROJECT,
    Programs,
    make_workspace,
)
from schemaproof_testing.role_cast import Cast, make_cast
from schemaproof_testing.servers import Database, Servers

__all__ = ["own_project"]


def pytest_configure() -> None:
    if not test_servers.MAJORS:
        raise pytest.UsageError(f"no PostgreSQL that {test_servers.CHOICE} asks for is installed")
    keep_files_in_memory()
    # No test has a deadline, because a busy machine is no failure. In CI, two runs of one commit
    # try the same examples; on a developer's machine, each run tries others.
    hypothesis.settings.register_profile("untimed", deadline=None, derandomize="CI" in os.environ)
    hypothesis.settings.load_profile("untimed")
    if threading.current_thread() is threading.main_thread():
        # A run that is cancelled by SIGTERM stops its servers as after Ctrl-C. A shell makes its
        # background processes ignore SIGINT, which every program under test would inherit.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Remove settings of the developer's environment, so that no test uses their database."""
    for name in list(os.environ):
        if name.startswith(("DB_", "MIGRATION_", "PG", "SCHEMAPROOF_")):
            monkeypatch.delenv(name)
    _forget_settings()
    yield
    _forget_settings()


def _forget_settings() -> None:
    # Without the import there is nothing in the cache, and importing it would slow down every unit
    # test.
    get_settings = getattr(sys.modules.get("core.config"), "get_settings", None)
    if get_settings is not None:
        get_settings.cache_clear()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The servers of the test session, by major version, started on first use."""
    running = Servers()
    try:
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def server(servers: Servers) -> LocalServer:
    """The server that most tests use."""
    return servers.get(test_servers.default_major())


@pytest.fixture(
    scope="session",
    params=test_servers.MAJORS,
    ids=[f"pg{major}" for major in test_servers.MAJORS],
)
def any_server(request: pytest.FixtureRequest, servers: Servers) -> LocalServer:
    """A server of each major version in turn."""
    major: int = request.param
    return servers.get(major)


@pytest.fixture
def database(server: LocalServer) -> Iterator[Database]:
    """A new, empty database."""
    with test_servers.create_database(server) as made:
        yield made


@pytest.fixture
def any_database(any_server: LocalServer) -> Iterator[Database]:
    """A new, empty database on each major version in turn."""
    with test_servers.create_database(any_server) as made:
        yield made


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder with a short path, removed at the end because a server's data are large."""
    with test_servers.short_folder() as made:
        yield made


@pytest.fixture
def new_server(folder: Path) -> Iterator[LocalServer]:
    """A server for one test, not created yet."""
    binaries = test_servers.find_binaries(test_servers.default_major())
    made = LocalServer(folder / "root", binaries, test_servers.FAST)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def _module_server() -> Iterator[LocalServer]:
    with test_servers.short_folder() as folder:
        binaries = test_servers.find_binaries(test_servers.default_major())
        made = LocalServer(folder, binaries, test_servers.FAST)
        made.create()
        yield made
        made.stop()


@pytest.fixture
def own_server(_module_server: LocalServer) -> Iterator[LocalServer]:
    """A server for one module, created and stopped, which tests may start, stop and kill."""
    _module_server.stop()
    yield _module_server
    _module_server.stop()


@pytest.fixture
def migrated(database: Database) -> Database:
    """A database at head."""
    migrate(database)
    return database


@pytest.fixture
def programs(database: Database, tmp_path: Path) -> Programs:
    """The programs in an empty folder, with settings for the test's database."""
    scratch = database.superuser_url.render_as_string(hide_password=False)
    return Programs(make_workspace(tmp_path), {**database.environ(), "DB_SCRATCH_URL": scratch})


@pytest.fixture
def own_history(programs: Programs) -> Path:
    """A copy of the project that programs use and that the test may change."""
    copy = programs.folder / "migrations"
    shutil.copytree(PROJECT.script_location, copy)
    shutil.copytree(PROJECT.root / "models", programs.folder / "models")
    shutil.copy(PROJECT.alembic_ini, programs.folder)
    configuration = f'{CONFIGURATION}metadata = "models:Base.metadata"\n'
    (programs.folder / "pyproject.toml").write_text(configuration, "utf-8")
    return copy


@pytest.fixture
def bare(any_database: Database, tmp_path: Path) -> Iterator[Cast]:
    """A database without the roles, and a prefix that must be quoted."""
    with make_cast(any_database, tmp_path, f"Mon-PS_{secrets.token_hex(4)}") as cast:
        yield cast


def pytest_report_header() -> str:
    missing = "".join(f", no {major} is installed" for major in test_servers.MISSING)
    return f"PostgreSQL: {', '.join(map(str, test_servers.MAJORS))}{missing}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that need a major version which is not tested."""
    left_out = [item for item in items if not _needed(item) <= {*test_servers.MAJORS}]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _needed(item: pytest.Item) -> set[int]:
    return {major for marker in item.iter_markers("majors") for major in marker.args}


@pytest.fixture
def make_shop(folder: Path, database: Database) -> Make:
    """A function that makes a project outside of our checkout, with one revision."""

    def made(name: str = "shop", **options: Any) -> OtherProject:
        root = folder / name
        root.mkdir()
        project = make_project(root, database, **options)
        project.revision("first", None, FIRST)
        return project

    return made
