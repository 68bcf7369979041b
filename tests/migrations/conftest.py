"""Fixtures of the tests about migrations."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.migrations.own_project import own_project
from tests.project import Programs, make_workspace
from tests.servers import Database

__all__ = ["own_project"]


@pytest.fixture
def programs(database: Database, tmp_path: Path) -> Programs:
    """The programs in a folder of their own, with settings for the test's database."""
    return Programs(make_workspace(tmp_path), database.environ())
