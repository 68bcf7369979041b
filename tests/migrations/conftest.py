"""Fixtures of the tests about migrations."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from psycopg2 import sql

from tests.migrations.own_project import own_project
from tests.migrations.role_cast import NAMES, Cast
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
    cast = Cast(any_database, tmp_path, f"Mon-PS_{secrets.token_hex(4)}")
    yield cast
    names = [f"{cast.prefix}_{role}" for role in NAMES]
    with closing(any_database.connect_superuser()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for name in names:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
            if cursor.fetchone() is not None:
                cursor.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(name)))
                cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
