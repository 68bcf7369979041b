"""Projects with several bases and heads: each branch is compared."""

import json
from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.project import Outcome
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

ENV: Final = """
import os
from alembic import context
from models import Base
from schemaproof.alembic import run_migrations
from sqlalchemy import create_engine

with create_engine(os.environ["URL"]).connect() as connection:
    run_migrations(connection, target_metadata=Base.metadata)
"""
MODELS: Final = """
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    metadata = MetaData()


Table("customer", Base.metadata, Column("id", Integer), Column("age", Integer), schema="shop")
Table("log", Base.metadata, Column("id", Integer), schema="audit")
"""


def table(schema: str, name: str) -> tuple[str, str]:
    """Return the operations that create a table in a schema of its own, and that undo it."""
    return (
        (
            f'op.execute("CREATE SCHEMA {schema}")\nop.create_table("{name}",'
            f' sa.Column("id", sa.Integer()), schema="{schema}")'
        ),
        f'op.execute("DROP SCHEMA {schema} CASCADE")',
    )


class Branched:
    """A project with two branches that have their own bases, in its own database."""

    def __init__(self, project: OtherProject, database: Database) -> None:
        self.project = project
        self.database = database
        self.url = database.url.render_as_string(hide_password=False)
        project.write("alembic/env.py", ENV)
        project.write("models.py", MODELS)
        self.revision("a1", None, *table("shop", "customer"), label="main")
        self.revision("b1", None, *table("audit", "log"), label="audit")
        self.revision(
            *("a2", "a1"),
            'op.add_column("customer", sa.Column("age", sa.Integer()), schema="shop")',
            'op.drop_column("customer", "age", schema="shop")',
        )

    def revision(
        self, id_: str, follows: object, upgrade: str, undo: str, label: str | None = None
    ) -> None:
        self.project.revision(id_, follows, upgrade)  # type: ignore[arg-type]
        file = self.project.versions / f"{id_}_.py"
        text = file.read_text("utf-8").replace("    pass", f"    {undo}")
        file.write_text(text.replace("branch_labels = None", f"branch_labels = {label!r}"))

    def configure(self, target: str) -> None:
        self.project.configure(
            metadata='"models:Base.metadata"',
            script_location='"alembic"',
            managed_schemas='["shop", "audit"]',
            shared_schemas="[]",
            **({"target": target} if target else {}),
        )

    def run(self, *command: str, program: str = "schemaproof") -> Outcome:
        return self.project.programs.run(program, *command, URL=self.url)

    def done(self, *command: str, program: str = "schemaproof") -> Outcome:
        return self.run(*command, program=program).succeeded()

    def rows(self) -> list[str]:
        found = self.database.query("SELECT version_num FROM alembic_version ORDER BY 1")
        return [row for (row,) in found]

    def found(self, *options: str) -> dict[str, str]:
        outcome = self.run("check", "--format", "json", *options)
        findings = json.loads(outcome.out)["findings"]
        return {one["path"]: one["code"] for one in findings}


@pytest.fixture
def branched(tmp_path: Path, database: Database) -> Branched:
    made = Branched(make_project(tmp_path, database), database)
    made.configure('["main@head", "audit@head"]')
    made.done("snapshot")
    return made


def test_two_bases_and_two_heads_are_migrated_and_in_sync(branched: Branched) -> None:
    assert branched.done("check", "--offline").out.startswith("in sync: ")
    done = branched.done("upgrade")
    assert done.out.count("in sync: ") == 3, done.out
    assert branched.rows() == ["a2", "b1"]
    assert branched.done("check").out.startswith("in sync: 8 objects")
    assert "nothing to do" in branched.done("upgrade").out
    assert "a2, b1" in branched.done("status").out
    assert branched.done("snapshot").out.count("unchanged") == 3


def test_without_a_target_several_heads_are_said_and_refused(branched: Branched) -> None:
    branched.configure("")
    assert branched.found("--offline")["migrations"] == "several-heads"
    refused = branched.run("upgrade", "heads")
    assert (refused.code, "several heads" in refused.text) == (4, True)
    branched.configure('"heads"')
    branched.done("upgrade")
    assert branched.rows() == ["a2", "b1"]


def test_what_differs_in_one_branch_is_found_and_refuses_the_next_of_the_other(
    branched: Branched,
) -> None:
    branched.done("upgrade", "audit@head")
    branched.done("upgrade", "a1")
    branched.database.execute("ALTER TABLE audit.log ADD COLUMN by_hand int")
    assert branched.found() == {
        "audit.log.by_hand": "column-unexpected",
        "a2": "revision-pending",
    }
    refused = branched.run("upgrade")
    assert (refused.code, "column-unexpected audit.log.by_hand" in refused.text) == (1, True)
    assert branched.rows() == ["a1", "b1"]
    branched.database.execute("ALTER TABLE audit.log DROP COLUMN by_hand")
    branched.done("upgrade")
    branched.database.execute("ALTER TABLE shop.customer DROP COLUMN age")
    assert branched.found() == {"shop.customer.age": "column-missing"}


def test_a_revision_of_one_branch_that_changes_more_is_rolled_back(branched: Branched) -> None:
    branched.done("upgrade", "audit@head")
    branched.done("upgrade", "a1")
    file = branched.project.versions / "a2_.py"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("    op.add", '    op.execute("DROP TABLE audit.log")\n    op.add')
    )
    refused = branched.run("upgrade", "--allow", "tampering", "--reason", "a test")
    assert (refused.code, "table-missing audit.log" in refused.text) == (1, True)
    assert branched.rows() == ["a1", "b1"]


def test_one_branch_is_undone_and_the_other_stays(branched: Branched) -> None:
    branched.done("upgrade")
    accept = ("-x", "accept-data-loss=true")
    done = branched.done(*accept, "downgrade", "audit@base", program="alembic")
    assert "in sync: " in done.text
    assert branched.rows() == ["a2"]
    assert branched.found() == {"b1": "revision-pending"}
    branched.done(*accept, "downgrade", "a1", program="alembic")
    assert branched.found() == {"b1": "revision-pending", "a2": "revision-pending"}
    branched.done("upgrade")
    assert branched.found() == {}


def test_a_target_of_one_branch_leaves_the_other_out(branched: Branched) -> None:
    branched.configure('"main@head"')
    branched.project.write("models.py", MODELS.replace('Table("log"', 'Table("log", MetaData()) #'))
    branched.done("snapshot")
    branched.done("upgrade")
    assert branched.rows() == ["a2"]
    assert branched.done("check").out.startswith("in sync: ")
    branched.configure('"gone@head"')
    wrong = branched.run("check", "--offline")
    assert (wrong.code, "'gone@head', and no revision is called 'gone'" in wrong.err) == (2, True)


def test_a_revision_that_depends_on_the_other_branch_and_the_merge_of_both(
    branched: Branched,
) -> None:
    branched.revision("a3", "a2", 'op.execute("INSERT INTO audit.log VALUES (1)")', "pass")
    file = branched.project.versions / "a3_.py"
    file.write_text(file.read_text("utf-8").replace("depends_on = None", "depends_on = 'audit'"))
    branched.done("snapshot")
    done = branched.done("upgrade", "main@head")
    assert done.out.count("in sync: ") == 4, done.out
    assert branched.found() == {}
    branched.revision("m1", ("a3", "b1"), "pass", "pass")
    branched.configure("")
    branched.done("snapshot")
    branched.done("upgrade")
    assert branched.rows() == ["m1"]
    assert branched.found() == {}


def test_models_that_ask_for_more_than_the_heads_are_a_missing_revision(
    branched: Branched,
) -> None:
    more = MODELS.replace('schema="audit"', 'Column("n", Integer), schema="audit"')
    branched.project.write("models.py", more)
    assert branched.found("--offline") == {"audit.log.n": "column-missing"}
    branched.run("revision", "-m", "More", "--head", "audit@head").succeeded()
    assert branched.found("--offline") == {}
