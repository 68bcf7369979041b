"""Generate a project with many tables, and its database on a separate server."""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, text

from bench.pairs import Program
from schemaproof.connection.urls import DRIVER
from schemaproof.project import Project
from schemaproof.scratch.embedded.server import DEFAULT_MAJOR, LocalServer
from schemaproof.scratch.providers import PIXELTABLE, required
from schemaproof.scratch.scratch import scratch_engine

BIN = Path(sys.executable).parent
MONPS = str(BIN / "monps-db")
PYPROJECT = """\
[tool.schemaproof]
metadata = "tables:metadata"
script-location = "migrations"
managed-schemas = ["scale"]
shared-schemas = ["public"]
"""
TABLES = '''\
"""Generated: many tables, each with what tables usually have."""
import sqlalchemy as sa

metadata = sa.MetaData(schema="scale", naming_convention={
    "pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s"})

for number in range(COUNT):
    sa.Table(
        f"table_{number:05}", metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("last_id", sa.ForeignKey(f"scale.table_{max(number - 1, 0):05}.id"), index=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True, comment="What it is"),
        sa.Column("share", sa.Numeric(10, 2), sa.CheckConstraint("share >= 0", name="share")),
        sa.Column("kind", sa.String(20), server_default="usual"),
        sa.Column("details", sa.JSON),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
        comment="One of many",
    )
'''
ENV = """\
from alembic import context
from sqlalchemy import engine_from_config
from tables import metadata

engine = engine_from_config(context.config.get_section("alembic"), prefix="sqlalchemy.")
with engine.connect() as connection:
    context.configure(connection, target_metadata=metadata, include_schemas=True,
                      include_name=lambda name, kind, _: kind != "schema" or name == "scale",
                      version_table_schema="public")
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = """\
from alembic import op
import sqlalchemy as sa
from tables import metadata

revision = "000000000001"
down_revision = None


def upgrade():
    op.execute(sa.schema.CreateSchema("scale"))
    metadata.create_all(op.get_bind())


def downgrade():
    op.execute(sa.schema.DropSchema("scale", cascade=True))
"""


def make_project(folder: Path, tables: int, url: str) -> None:
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    (folder / "tables.py").write_text(TABLES.replace("COUNT", str(tables)), "utf-8")
    (folder / "migrations" / "env.py").write_text(ENV, "utf-8")
    (versions / "one.py").write_text(REVISION, "utf-8")
    (folder / "alembic.ini").write_text(
        "[alembic]\nscript_location = %(here)s/migrations\nprepend_sys_path = %(here)s\n"
        f"sqlalchemy.url = {url.replace('%', '%%')}\n",
        "utf-8",
    )


def connection_environ(engine: Engine) -> dict[str, str]:
    """Return the settings for the database to which libpq connected."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        used = driver.info
        return {
            "DB_HOST": used.host,
            "DB_PORT": str(used.port),
            "DB_USER": used.user,
            "DB_PASSWORD": used.password,
            "DB_NAME": used.dbname,
        }


def server_url(given: Mapping[str, object]) -> str:
    """Return the URL of a database of a server on a Unix socket, with the password."""
    return URL.create(
        DRIVER,
        username=str(given["user"]),
        password=str(given["password"]),
        database=str(given["name"]),
        query={"host": str(given["host"]), "port": str(given["port"])},
    ).render_as_string(hide_password=False)


def database_url(engine: Engine) -> str:
    """Return the URL of a scratch database; the engine's own names no database."""
    settings = connection_environ(engine)
    return server_url({name.removeprefix("DB_").lower(): it for name, it in settings.items()})


@contextmanager
def server_of_its_own(folder: Path) -> Iterator[None]:
    """Start a server for scratch databases with enough locks to create all tables at once."""
    locks = {"max_locks_per_transaction": "2000"}
    server = LocalServer(folder, required(PIXELTABLE, DEFAULT_MAJOR).binaries, locks)
    try:
        server.start()
        os.environ["DB_SCRATCH_URL"] = server_url(
            {**server.connect_parameters(), "name": "postgres"}
        )
        yield
    finally:
        server.stop()


@dataclass(frozen=True)
class Migrated:
    """A project and its database.

    Attributes:
        folder: The folder of the project.
        engine: An engine for the database.
        settings: The settings that name the database.
        environ: The environment variables of the programs.
    """

    folder: Path
    engine: Engine
    settings: dict[str, str]
    environ: dict[str, str]

    @property
    def alembic(self) -> list[str]:
        return [str(BIN / "alembic"), "-c", str(self.folder / "alembic.ini")]

    def execute(self, statements: Iterable[str]) -> None:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.execute(text(statement))

    def vacuum(self) -> None:
        """Vacuum the database, so that autovacuum does not do it during the measurement."""
        self.execute(["VACUUM (ANALYZE)"])


@contextmanager
def migrated(tables: int) -> Iterator[Migrated]:
    """Generate a project with a number of tables, and migrate its database."""
    with (
        tempfile.TemporaryDirectory() as name,
        server_of_its_own(Path(name) / "server"),
        scratch_engine(Project(Path(name), Path(name))) as engine,
    ):
        folder = Path(name) / "project"
        settings, url = connection_environ(engine), database_url(engine)
        make_project(folder, tables, url)
        environ = {**settings, "DB_SCRATCH_URL": url, "PYTHONPATH": str(folder)}
        made = Migrated(folder, engine, settings, environ)
        for command in ([*made.alembic, "upgrade", "head"], [MONPS, "snapshot"]):
            Program("", command, folder, environ).seconds()
        yield made
