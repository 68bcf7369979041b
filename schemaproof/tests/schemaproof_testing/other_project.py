"""Projects of other people: SQLAlchemy, Alembic and PostgreSQL, with an env.py of their own."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from schemaproof_testing.project import Outcome, Programs
from schemaproof_testing.servers import Database

MODELS: Final = """
from sqlalchemy import ForeignKey, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "uq": "uq_%(column_0_name)s"})


class Customer(Base):
    __tablename__ = "customer"
    __table_args__ = {"schema": "shop"}
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
""".lstrip()
FIRST: Final = """
op.execute("CREATE SCHEMA shop")
op.create_table("customer", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True), schema="shop")
"""
REVISION: Final = '''"""{title}"""
import sqlalchemy as sa
from alembic import op

revision = {id!r}
down_revision = {follows!r}
branch_labels = None
depends_on = {depends_on!r}


def upgrade():
{body}


def downgrade():
    pass
'''


@dataclass(frozen=True)
class OtherProject:
    """A generated project in its own folder, with programs to use on it."""

    folder: Path
    programs: Programs

    @property
    def versions(self) -> Path:
        return self.folder / "alembic" / "versions"

    @property
    def snapshots(self) -> Path:
        return self.folder / "alembic" / "snapshots"

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def configure(self, **keys: str) -> None:
        """Write ``[tool.schemaproof]``; the values are TOML."""
        lines = [f"{key.replace('_', '-')} = {value}\n" for key, value in keys.items()]
        self.write("pyproject.toml", "[tool.schemaproof]\n" + "".join(lines))

    def revision(
        self,
        id_: str,
        follows: str | tuple[str, ...] | None,
        body: str = "pass",
        *,
        depends_on: str | None = None,
    ) -> None:
        indented = "\n".join(f"    {line}" for line in body.strip().splitlines())
        self.write(
            f"alembic/versions/{id_}_.py",
            REVISION.format(
                title=f"Revision {id_}.",
                id=id_,
                follows=follows,
                depends_on=depends_on,
                body=indented,
            ),
        )

    def monps_db(self, *arguments: str, **environ: str) -> Outcome:
        return self.programs.monps_db(*arguments, **environ)

    def alembic(self, *arguments: str) -> None:
        """Run the project's own Alembic, with its own env.py."""
        self.programs.run("alembic", *arguments).succeeded()


Make = Callable[..., OtherProject]


def make_project(
    folder: Path,
    database: Database,
    *,
    target: str = "Base.metadata",
    imports: Iterable[str] = ("from models import Base",),
    options: Mapping[str, str] = MappingProxyType({}),
) -> OtherProject:
    """Make a project with ``alembic init``, and change env.py as its comments describe.

    Args:
        folder: An empty folder.
        database: The database that env.py connects to, by the URL in its alembic.ini.
        target: The expression for ``target_metadata``.
        imports: The imports that the expression needs.
        options: More arguments of ``context.configure``.
    """
    scratch = database.superuser_url.render_as_string(hide_password=False)
    programs = Programs(folder, {**database.environ(), "DB_SCRATCH_URL": scratch})
    programs.run("alembic", "init", "alembic").succeeded()
    url = database.url.render_as_string(hide_password=False).replace("%", "%%")
    _replace(folder / "alembic.ini", "driver://user:pass@localhost/dbname", url)
    models = "\n".join([*imports, f"target_metadata = {target}"])
    _replace(folder / "alembic" / "env.py", "target_metadata = None", models)
    given = "".join(f", {name}={value}" for name, value in options.items())
    configured = "connection=connection, target_metadata=target_metadata"
    _replace(folder / "alembic" / "env.py", configured, configured + given)
    project = OtherProject(folder, programs)
    project.write("models.py", MODELS)
    project.configure(
        metadata='"models:Base.metadata"',
        script_location='"alembic"',
        managed_schemas='["shop"]',
        shared_schemas='["public"]',
    )
    return project


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new), "utf-8")


def in_sync(project: OtherProject) -> None:
    outcome = project.monps_db("check")
    assert (outcome.code, outcome.err) == (0, ""), outcome.text
    assert outcome.out.startswith("in sync: ")


def add_column(project: OtherProject) -> None:
    project.write("models.py", MODELS + "    email: Mapped[str | None]\n")


def pending(project: OtherProject) -> dict[str, str]:
    found = json.loads(project.monps_db("check", "--format", "json").out)["findings"]
    assert {finding["kind"] for finding in found} <= {"pending"}, found
    return {finding["path"]: finding["expected"] for finding in found}
