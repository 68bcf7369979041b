"""The line in a model or a revision that a finding refers to."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from schemaproof_testing import other_project
from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

MODELS: Final = """\
import enum

from sqlalchemy import (
    CheckConstraint, Column, Enum, ForeignKey, Index, Integer, MetaData, String, Table,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from mixins import Named


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})


class Mood(enum.Enum):
    good = 1


class Customer(Named, Base):
    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("age > 0", name="grown"),
        Index(
            "by_age",
            "age",
        ),
        {"schema": "shop"},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    age: Mapped[int]
    feeling: Mapped[Mood] = mapped_column("mood", Enum(Mood, name="mood", schema="shop"))
    email: Mapped[str] = mapped_column(String(50), unique=True)

    def method(self) -> None: ...


class Regular(Customer):
    visits: Mapped[int | None] = mapped_column(use_existing_column=True)


tags = Table(
    "tags", Base.metadata,
    Column("customer", ForeignKey("shop.customer.id")),
    Column("tag", String(20)),
    UniqueConstraint("customer", "tag", name="once"),
    schema="shop",
)
"""
MIXIN: Final = """\
from sqlalchemy.orm import Mapped, declared_attr, mapped_column


class Named:
    name: Mapped[str]

    @declared_attr
    def nick(cls) -> Mapped[str]:
        return mapped_column()
"""
FIRST: Final = """
op.execute("CREATE SCHEMA shop")
op.create_table("old", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("gone", sa.Integer()), schema="shop")
op.execute('''
    CREATE VIEW shop.seen AS
    SELECT 1 AS one
''')
"""
# The keys are paths that differ. The values are the file and the text of the line that declares
# them.
DECLARED: Final = {
    "shop.customer": ("models.py", "class Customer("),
    "shop.mood": ("models.py", "feeling:"),
    "shop.tags": ("models.py", "tags = Table("),
    "shop.old": ("alembic/versions/a1_.py", 'op.create_table("old"'),
    "shop.seen": ("alembic/versions/a1_.py", "CREATE VIEW shop.seen"),
}
# These are parts of a table that both sides have.
PARTS: Final = {
    "shop.customer.age": ("models.py", "age:"),
    "shop.customer.mood": ("models.py", "feeling:"),
    "shop.customer.email": ("models.py", "email:"),
    "shop.customer.name": ("mixins.py", "name:"),
    "shop.customer.nick": ("mixins.py", "def nick"),
    "shop.customer.visits": ("models.py", "visits:"),
    "shop.customer.ck_customer_grown": ("models.py", "CheckConstraint("),
    "shop.customer.by_age": ("models.py", "Index("),
    "shop.customer.customer_email_key": ("models.py", "email:"),
    "shop.customer.customer_pkey": ("models.py", "class Customer("),
    "shop.tags.tag": ("models.py", 'Column("tag"'),
    "shop.tags.once": ("models.py", "UniqueConstraint("),
    "shop.tags.tags_customer_fkey": ("models.py", 'Column("customer"'),
    "shop.tags.stray": ("alembic/versions/a2_.py", "ADD COLUMN stray"),
}
PARTS_MISSING: Final = """
op.execute('''
    CREATE TABLE shop.customer ();
    CREATE TABLE shop.tags ();
    ALTER TABLE shop.tags
        ADD COLUMN stray numrange;
''')
"""


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OtherProject:
    """A project in a subfolder of a repository, whose history lacks a part of the models."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "services" / "shop"
    folder.mkdir(parents=True)
    project = make_project(folder, database)
    project.write("models.py", MODELS)
    project.write("mixins.py", MIXIN)
    project.revision("a1", None, FIRST)
    project.programs.run("schemaproof", "snapshot").succeeded()
    return project


def checked(shop: OtherProject, format_: str) -> str:
    outcome = shop.programs.run("schemaproof", "check", "--offline", "--format", format_)
    assert outcome.code == 1, outcome.text
    return outcome.out


def places(shop: OtherProject) -> dict[str, tuple[str, int]]:
    """Return the file and line that GitLab shows for each finding, by its path."""
    found: dict[str, tuple[str, int]] = {}
    for one in json.loads(checked(shop, "gitlab")):
        path = one["description"].partition(": ")[2].partition(";")[0]
        found[path] = one["location"]["path"], one["location"]["lines"]["begin"]
    return found


def assert_declared(
    shop: OtherProject, found: dict[str, tuple[str, int]], wanted: dict[str, tuple[str, str]]
) -> None:
    for path, (file, text) in wanted.items():
        where, line = found[path]
        assert where == f"services/shop/{file}", path
        assert text in (shop.folder / file).read_text("utf-8").splitlines()[line - 1], path


def test_what_only_one_side_has(shop: OtherProject) -> None:
    assert_declared(shop, places(shop), DECLARED)


def test_parts_of_a_table(shop: OtherProject) -> None:
    shop.revision("a2", "a1", PARTS_MISSING)
    shop.programs.run("schemaproof", "snapshot").succeeded()
    assert_declared(shop, places(shop), PARTS)


def test_the_formats_for_reviews_name_the_same_lines(shop: OtherProject) -> None:
    file, line = places(shop)["shop.tags"]
    github = [one for one in checked(shop, "github").splitlines() if "::shop.tags;" in one]
    assert github[0].startswith(f"::error file={file},line={line},title=missing revision%3A table-")
    [sarif] = json.loads(checked(shop, "sarif"))["runs"]
    assert (file, line) in {_place(one) for one in sarif["results"]}
    assert f"models&#46;py&#58;{line}" in checked(shop, "markdown")


def _place(result: dict[str, Any]) -> tuple[str, int]:
    physical = result["locations"][0]["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


def test_what_is_wrong_in_a_database_is_shown_where_it_is_declared(
    database: Database, tmp_path: Path
) -> None:
    project = make_project(tmp_path, database)
    project.revision("a1", None, other_project.FIRST)
    project.alembic("upgrade", "head")
    project.revision("a2", "a1", 'op.execute("SELECT 1")')
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environ = {**dict.fromkeys(database.environ(), ""), "DATABASE_URL": url}
    assert project.programs.run("schemaproof", "snapshot", **environ).code == 0
    database.execute("ALTER TABLE shop.customer ALTER name TYPE text")
    outcome = project.programs.run("schemaproof", "check", "--format", "github", **environ)
    name = other_project.MODELS.splitlines().index(
        "    name: Mapped[str] = mapped_column(String(100), unique=True)"
    )
    drift, pending, _ = outcome.out.splitlines()
    assert drift.startswith(f"::error file=models.py,line={name + 1},title=drift%3A column-type::")
    revision = (project.versions / "a2_.py").read_text("utf-8").splitlines()
    line = revision.index("def upgrade():") + 1
    assert f"::warning file=alembic/versions/a2_.py,line={line},title=pending" in pending


def test_a_changed_revision_is_marked_where_it_begins_to_do_something(shop: OtherProject) -> None:
    path = shop.versions / "a1_.py"
    path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
    outcome = shop.programs.run("schemaproof", "check", "--offline", "--format", "gitlab")
    assert outcome.code == 4
    [found] = [
        one for one in json.loads(outcome.out) if one["check_name"] == "revision-file-changed"
    ]
    assert found["location"]["path"] == "services/shop/alembic/versions/a1_.py"
    line = path.read_text("utf-8").splitlines()[found["location"]["lines"]["begin"] - 1]
    assert line == "def upgrade():"


def test_lint_names_files_from_the_repository_on(shop: OtherProject) -> None:
    shop.revision("a2", "a1", 'op.execute("DROP TABLE shop.old")')
    found = shop.programs.run("schemaproof", "lint", "--offline", "--format", "github").out
    assert "file=services/shop/alembic/versions/a2_.py,line=" in found
    issues = json.loads(
        shop.programs.run("schemaproof", "lint", "--offline", "--format", "gitlab").out
    )
    assert len({one["fingerprint"] for one in issues}) == len(issues) > 0
    assert {one["location"]["path"] for one in issues} >= {"services/shop/alembic/versions/a2_.py"}
    text = shop.programs.run("schemaproof", "lint", "--offline").out
    assert text.startswith("alembic/versions/a")
