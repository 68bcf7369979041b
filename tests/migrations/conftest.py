"""Fixtures of the tests about migrations."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.migrations.own_project import own_project
from tests.migrations.role_cast import Cast, cast_of
from tests.project import Programs, make_workspace
from tests.servers import Database

__all__ = ["own_project"]


@pytest.fixture
def programs(database: Database, tmp_path: Path) -> Programs:
    """The programs in a folder of their own, with settings for the test's database."""
    return Programs(make_workspace(tmp_path), database.environ())


@pytest.fixture
def bare(any_database: Database, tmp_path: Path) -> Iterator[Cast]:
    """A database without the roles; a prefix that has to be quoted."""
    with cast_of(any_database, tmp_path, f"Mon-PS_{secrets.token_hex(4)}") as cast:
        yield cast
