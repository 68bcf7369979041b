"""Fixtures of the application's tests: its migrated database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from schemaproof.scratch.embedded.server import LocalServer
    from tests.support.repository_rows import Store


def opened(server: LocalServer) -> Iterator[Store]:
    # Within: most tests need no models, and importing them takes a while.
    from tests.support.repository_rows import open_store

    with open_store(server) as store:
        yield store


@pytest.fixture
def sync_store(server: LocalServer) -> Iterator[Store]:
    """A database at head, without rows, of the test's own."""
    yield from opened(server)


@pytest.fixture
def store(sync_store: Store) -> Store:
    """The same; where tests are asynchronous, with asynchronous sessions beside the others."""
    return sync_store


@pytest.fixture
def any_store(any_server: LocalServer) -> Iterator[Store]:
    """The same, on each major version in turn."""
    yield from opened(any_server)


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A database at head for all tests of a module, which keep no rows there."""
    yield from opened(request.getfixturevalue("server"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
