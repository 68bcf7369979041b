"""A project whose revisions run in each tenant's schema."""

import json
from pathlib import Path
from typing import Any, Final

from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.project import Outcome
from schemaproof_testing.servers import Database

TENANTS: Final = ("customer_1", "customer_2", "Customer 3")
ENV: Final = """
import os
from alembic import context
from models import Base
from schemaproof.alembic import run_migrations
from sqlalchemy import create_engine

with create_engine(os.environ["URL"]).connect() as connection:
    for tenant in os.environ.get("TENANTS", "customer_1").split(","):
        run_migrations(connection, schema=tenant, target_metadata=Base.metadata)
"""
MODELS: Final = """
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    metadata = MetaData()


Table("customer", Base.metadata,
    Column("id", Integer, primary_key=True), Column("name", String(50)),
    CheckConstraint("name <> ''", name="named"))
Table("purchase", Base.metadata, Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customer.id")))
"""
FIRST: Final = """
op.create_table("customer", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(50)), sa.CheckConstraint("name <> ''", name="named"))
"""
SECOND: Final = """
op.create_table("purchase", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id")))
assert sa.inspect(op.get_bind()).has_table("customer")
"""


class Tenants:
    """A project whose revisions run in each tenant's schema."""

    def __init__(self, project: OtherProject, database: Database) -> None:
        self.project = project
        self.database = database
        self.url = database.url.render_as_string(hide_password=False)
        project.write("alembic/env.py", ENV)
        project.write("models.py", MODELS)
        for id_, follows, upgrade, undo in (
            ("a1", None, FIRST, "op.drop_table('customer')"),
            ("a2", "a1", SECOND, "op.drop_table('purchase')"),
        ):
            project.revision(id_, follows, upgrade)
            file = project.versions / f"{id_}_.py"
            file.write_text(file.read_text("utf-8").replace("    pass", f"    {undo}"), "utf-8")

    def configure(self, **keys: str) -> None:
        self.project.configure(
            metadata='"models:Base.metadata"',
            script_location='"alembic"',
            tenants='["customer_*", "Customer *"]',
            lint_ignore='["sql-unknown"]',
            **keys,
        )

    def run(self, *command: str, program: str = "schemaproof", **environ: str) -> Outcome:
        return self.project.programs.run(program, *command, URL=self.url, **environ)

    def done(self, *command: str, **given: str) -> Outcome:
        return self.run(*command, **given).succeeded()

    def upgrade(self, *tenants: str, to: str = "head") -> Outcome:
        return self.done("upgrade", to, program="alembic", TENANTS=",".join(tenants))

    def ask(self, statement: str) -> list[Any]:
        return [row[0] for row in self.database.query(statement)]

    def findings(self, *options: str) -> dict[str, str]:
        printed = self.run("check", "--format", "json", *options).out
        return {one["path"]: one["code"] for one in json.loads(printed)["findings"]}

    def at(self, tenant: str) -> list[Any]:
        return self.ask(f'SELECT version_num FROM "{tenant}".alembic_version')


def make_tenants(folder: Path, database: Database, template: str) -> Tenants:
    """Make three tenants, and record the history.

    Args:
        folder: An empty folder.
        database: The database of the tenants.
        template: The schema that represents them in snapshots.
    """
    made = Tenants(make_project(folder, database), database)
    if template == "public":
        made.configure()
    else:
        made.configure(
            managed_schemas=f'["{template}"]',
            tenant_schema=f'"{template}"',
            shared_schemas="[]",
        )
    made.database.execute_each(*(f'CREATE SCHEMA "{one}"' for one in TENANTS))
    made.done("snapshot")
    return made
