"""The env.py files of other projects: recipes of Alembic and of Flask-Migrate."""

from typing import Final

from schemaproof_testing.servers import Database

CONNECTION: Final = """
with create_engine(os.environ["URL"]).connect() as connection:
    run_migrations(connection, **OPTIONS)
"""
BEGUN: Final = """
with create_engine(os.environ["URL"]).begin() as connection:
    run_migrations(connection, **OPTIONS)
"""
ENGINE: Final = """
run_migrations(create_engine(os.environ["URL"]), **OPTIONS)
"""
ASYNCHRONOUS: Final = """
async def migrate():
    engine = create_async_engine(os.environ["URL"])
    async with engine.connect() as connection:
        await connection.run_sync(run_migrations, **OPTIONS)
    await engine.dispose()

asyncio.run(migrate())
"""
# This is Flask-Migrate's template (4.1), with run_migrations in the place of context.configure.
FLASK: Final = """
class Db:
    metadatas = {None: Base.metadata}

def get_engine():
    return create_engine(os.environ["URL"])

def get_metadata():
    return Db.metadatas[None]

def run_migrations_online():
    def process_revision_directives(context, revision, directives):
        if getattr(context.config.cmd_opts, "autogenerate", False):
            if directives[0].upgrade_ops.is_empty():
                directives[:] = []
    conf_args = {"compare_type": True}
    if conf_args.get("process_revision_directives") is None:
        conf_args["process_revision_directives"] = process_revision_directives
    with get_engine().connect() as connection:
        run_migrations(connection, target_metadata=get_metadata(), **conf_args)

if context.is_offline_mode():
    run_migrations(target_metadata=get_metadata(), literal_binds=True)
else:
    run_migrations_online()
"""
RECIPES: Final = {
    ("connection", "psycopg2"): CONNECTION,
    ("connection", "psycopg"): CONNECTION,
    ("begun", "psycopg2"): BEGUN,
    ("begun", "psycopg"): BEGUN,
    ("engine", "psycopg2"): ENGINE,
    ("engine", "psycopg"): ENGINE,
    ("flask-migrate", "psycopg2"): FLASK,
    ("run_sync", "asyncpg"): ASYNCHRONOUS,
    ("run_sync", "psycopg"): ASYNCHRONOUS,
}
SEVERAL: Final = """
for name in ("one", "two"):
    engine = create_engine(os.environ[f"URL_{name}"])
    with engine.connect() as connection:
        run_migrations(
            connection,
            arguments={"engine_name": name},
            upgrade_token=f"{name}_upgrades",
            downgrade_token=f"{name}_downgrades",
            **OPTIONS,
        )
"""
TENANTS: Final = """
with create_engine(os.environ["URL"]).connect() as connection:
    for tenant in os.environ["TENANTS"].split():
        connection.exec_driver_sql(f'SET search_path TO "{tenant}"')
        connection.commit()
        run_migrations(connection, version_table_schema=tenant, **OPTIONS)
"""
HEAD: Final = """
import asyncio
import os
from alembic import context
from models import Base
from schemaproof.alembic import run_migrations
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

OPTIONS = {"target_metadata": Base.metadata, "compare_type": False}
"""
CREATE: Final = """
op.execute("CREATE SCHEMA shop")
op.create_table("customer", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True), schema="shop")
op.execute("DO $$ BEGIN RAISE WARNING 'made'; END $$")
"""
MORE: Final = """
op.add_column("customer", sa.Column("email", sa.String(200)), schema="shop")
with op.get_context().autocommit_block():
    op.create_index("i", "customer", ["email"], schema="shop", postgresql_concurrently=True)
"""


def url(database: Database, driver: str) -> str:
    made = database.url.set(drivername=f"postgresql+{driver}")
    return made.render_as_string(hide_password=False)
