"""Fixtures of the application's tests: its migrated database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from schemaproof.scratch.embedded.server import LocalServer
    from tests.support.repository_rows import Store


def opened(server: LocalServer) -> Iterator[Store]:
    # This import is here because it takes long, and most tests need no models.
    from tests.support.repository_rows import open_store

    with open_store(server) as store:
        yield store


@pytest.fixture
def sync_store(server: LocalServer) -> Iterator[Store]:
    """A database at head without rows, for one test."""
    yield from opened(server)


def on_side(request: pytest.FixtureRequest, store: Store) -> Iterator[Store]:
    side = getattr(request, "param", None)
    if side is None:
        yield store
        return
    from tests.support import either_side

    with either_side.on_side(side, store) as on_it:
        yield on_it


@pytest.fixture
def store(request: pytest.FixtureRequest, sync_store: Store) -> Iterator[Store]:
    """A store like ``sync_store``; a test of ``either_side`` gets the units of work of one side."""
    yield from on_side(request, sync_store)


@pytest.fixture
def any_store(request: pytest.FixtureRequest, any_server: LocalServer) -> Iterator[Store]:
    """A store like ``sync_store``, on each major version in turn."""
    for on_any in opened(any_server):
        yield from on_side(request, on_any)


@pytest.fixture
def configured_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store like ``sync_store``, whose database is that of the settings."""
    import core.database
    from tests.support.database_settings import configure

    configure(monkeypatch, **store.database.environ())
    yield store
    core.database.reset()


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A database at head for all tests of a module, which leave no rows in it."""
    yield from opened(request.getfixturevalue("server"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
