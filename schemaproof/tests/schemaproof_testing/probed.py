"""Small projects with different env.py files, and requests to their probes."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from schemaproof.probe.client import Probe, ProjectCode
from schemaproof_testing.servers import Database

MODELS: Final = """
from sqlalchemy import Column, Integer, MetaData, String
from sqlalchemy.orm import declarative_base

Base = declarative_base(metadata=MetaData(naming_convention={"pk": "pk_%(table_name)s"}))


class Customer(Base):
    __tablename__ = "customer"
    id = Column(Integer, primary_key=True)
    name = Column(String(50))
"""
AGE: Final = {
    "kind": "column",
    "aspect": "creates",
    "names": ["public", "customer", "age"],
    "before": None,
    "after": "integer NULL",
}
REVISION: Final = '''"""{title}"""
import sqlalchemy as sa
from alembic import op

revision = {id!r}
down_revision = {follows!r}


def upgrade():
    {body}


def downgrade():
    {undo}
'''
OFFLINE: Final = """
if context.is_offline_mode():
    context.configure(url=context.config.get_main_option("sqlalchemy.url"),
        target_metadata=Base.metadata, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
    raise SystemExit
"""
MIGRATE: Final = """
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
"""
SYNC: Final = f"""
from alembic import context
from sqlalchemy import create_engine
from models import Base

with create_engine("postgresql+psycopg2://no:body@nowhere.invalid/live").connect() as connection:
    {MIGRATE.strip()}
"""
POSITIONAL: Final = SYNC.replace("connection=connection", "connection")
FROM_CONFIG: Final = f"""
from alembic import context
from sqlalchemy import engine_from_config, pool
from models import Base

settings = context.config.get_section(context.config.config_ini_section)
engine = engine_from_config(settings, prefix="sqlalchemy.", poolclass=pool.NullPool)
with engine.connect() as connection:
    {MIGRATE.strip()}
"""
ASYNC: Final = f"""
import asyncio
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine
from models import Base

def migrate(connection):
    {MIGRATE.strip()}

async def main():
    engine = create_async_engine("postgresql+asyncpg://no:body@nowhere.invalid/live")
    async with engine.connect() as connection:
        await connection.run_sync(migrate)

asyncio.run(main())
"""
HANDED_OVER: Final = f"""
from alembic import context
from sqlalchemy import create_engine
from models import Base

engine = context.config.attributes.get("connection") or create_engine("postgresql+pg8000://x@y/z")
with engine.connect() as connection:
    {MIGRATE.strip()}
"""
DEMANDED: Final = f"""
from alembic import context
from models import Base

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("from the command line it cannot be run")
if True:
    {MIGRATE.strip()}
"""
FROM_A_WORKER_THREAD: Final = (
    ASYNC.replace("import asyncio\n", "import anyio.from_thread\n")
    .replace("asyncio.run(", "anyio.from_thread.run(")
    .replace("main())", "main)")
)
LEFT_TO_ITS_CALLER: Final = """
from alembic import context
from models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata)
context.run_migrations()
"""


@dataclass(frozen=True)
class Probed:
    """A project in a folder, with a given env.py.

    Attributes:
        folder: An empty folder.
        env: The text of env.py.
        python: The Python that runs it.
        options: Further arguments of ``ProjectCode``.
    """

    folder: Path
    env: str
    python: Path = Path(sys.executable)
    options: dict[str, Any] = field(default_factory=dict)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def make(self, models: str = MODELS) -> Probed:
        self.write("alembic.ini", "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
        self.write("alembic/env.py", self.env)
        self.write(
            "alembic/script.py.mako",
            '"""${message}"""\nimport sqlalchemy as sa\nfrom alembic import op\n'
            "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n\n"
            'def upgrade():\n    ${upgrades if upgrades else "pass"}\n\n'
            'def downgrade():\n    ${downgrades if downgrades else "pass"}\n',
        )
        self.write("models.py", models)
        self.revision(
            "a1",
            None,
            "op.create_table('customer', sa.Column('id', sa.Integer(), primary_key=True))",
            "op.drop_table('customer')",
        )
        self.revision(
            "a2",
            "a1",
            "op.add_column('customer', sa.Column('name', sa.String(50)))",
            "op.drop_column('customer', 'name')",
        )
        return self

    def revision(self, id_: str, follows: Any, body: str, undo: str = "pass") -> Path:
        text = REVISION.format(
            title=f"Revision {id_}.", id=id_, follows=follows, body=body, undo=undo
        )
        return self.write(f"alembic/versions/{id_}_.py", text)

    def probe(self) -> Probe:
        given: dict[str, Any] = {
            "python": self.python,
            "folder": self.folder,
            "ini": self.folder / "alembic.ini",
            "toml": self.folder / "pyproject.toml",
            "script_location": self.folder / "alembic",
            "folders": [self.folder],
            "metadata": ["models:Base.metadata"],
        }
        return Probe(ProjectCode(**{**given, **self.options}))


def place(database: Database) -> dict[str, str]:
    """Return the connection parameters of a database."""
    return {
        "host": database.host,
        "port": str(database.port),
        "user": database.user,
        "password": database.password,
        "dbname": database.name,
        "options": "-c statement_timeout=0",
    }


def columns(database: Database) -> list[str]:
    """Return the columns of the table customer, and the name of its primary key."""
    sql = (
        "SELECT attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
        " AND attrelid = to_regclass('public.customer')"
        " UNION ALL SELECT conname FROM pg_constraint WHERE contype = 'p'"
        " AND conrelid = to_regclass('public.customer') ORDER BY 1"
    )
    return [name for (name,) in database.query(sql)]
