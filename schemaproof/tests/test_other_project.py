"""Another SQLAlchemy + Alembic + PostgreSQL project: served without a change to its code."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from schemaproof_testing.other_project import FIRST, MODELS, OtherProject, make_project
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

Make = Callable[..., OtherProject]


@pytest.fixture
def make(folder: Path, database: Database) -> Make:
    """Makes a project outside of our checkout, with one revision."""

    def made(name: str = "shop", **options: Any) -> OtherProject:
        root = folder / name
        root.mkdir()
        project = make_project(root, database, **options)
        project.revision("first", None, FIRST)
        return project

    return made


def pending(project: OtherProject) -> dict[str, str]:
    found = json.loads(project.monps_db("check", "--format", "json").out)["findings"]
    assert {finding["kind"] for finding in found} <= {"pending"}, found
    return {finding["path"]: finding["expected"] for finding in found}


def in_sync(project: OtherProject) -> None:
    outcome = project.monps_db("check")
    assert (outcome.code, outcome.err) == (0, ""), outcome.text
    assert outcome.out.startswith("in sync: ")


def add_column(project: OtherProject) -> None:
    project.write("models.py", MODELS + "    email: Mapped[str | None]\n")


@pytest.mark.parametrize("name", ["shop", "100% of a shop %(here)s", "läden"])
def test_every_command_works_beside_its_own_env_py(make: Make, name: str) -> None:
    project = make(name)
    env = (project.folder / "alembic" / "env.py").read_bytes()
    assert project.monps_db("snapshot").out == "first recorded\n"
    assert pending(project) == {"first": "Revision first. Creates shop.customer."}
    if "%" not in name:  # Alembic itself does not work in such a folder
        project.alembic("upgrade", "head")
        in_sync(project)
    add_column(project)
    assert project.monps_db("check", "--offline").code == 1
    written = project.monps_db("revision", "-m", "Add the e-mail address")
    assert (written.code, written.err) == (0, "")
    assert "  + shop.customer.email" in written.out
    if "%" not in name:
        project.alembic("upgrade", "head")
        in_sync(project)
    assert project.monps_db("check", "--offline").code == 0
    assert project.monps_db("status").code == 0
    assert (project.folder / "alembic" / "env.py").read_bytes() == env


@pytest.mark.parametrize("schema", ['"Der \\"Laden\\" 100% :x"', '"public"', "None"])
def test_the_first_revision_is_written_from_nothing(make: Make, schema: str) -> None:
    project = make()
    (project.versions / "first_.py").unlink()
    project.write("models.py", MODELS.replace('"shop"', schema))
    managed = schema if schema.startswith('"D') else '"shop"'
    project.configure(
        metadata='"models:Base.metadata"',
        script_location='"alembic"',
        managed_schemas=f"[{managed}]",
    )
    written = project.monps_db("revision", "-m", "Start")
    assert (written.code, written.err) == (0, ""), written.err
    assert ".customer  table of 2 columns" in written.out
    assert project.monps_db("revision", "-m", "Nothing").out.startswith("nothing was written")
    project.alembic("upgrade", "head")
    in_sync(project)
    project.alembic("downgrade", "base")
    assert project.monps_db("check").code == 3


def test_drift_is_found_and_its_own_tables_are_left_out(make: Make, database: Database) -> None:
    project = make()
    project.monps_db("snapshot")
    project.alembic("upgrade", "head")
    database.execute("CREATE TABLE public.somebody_elses ()")
    in_sync(project)
    database.execute("ALTER TABLE shop.customer ALTER name DROP NOT NULL")
    outcome = project.monps_db("check")
    assert (outcome.code, "column-nullability shop.customer.name" in outcome.out) == (1, True)


def test_a_linear_history_of_100_revisions(make: Make) -> None:
    project = make()
    columns = ""
    for number in range(1, 100):
        project.revision(
            f"r{number:02}",
            f"r{number - 1:02}" if number > 1 else "first",
            f'op.add_column("customer", sa.Column("c{number}", sa.Integer()), schema="shop")',
        )
        columns += f"    c{number}: Mapped[int | None]\n"
    project.write("models.py", MODELS + columns)
    recorded = project.monps_db("snapshot")
    assert (recorded.code, recorded.out.count(" recorded\n")) == (0, 100)
    project.alembic("upgrade", "r59")
    assert pending(project) == {
        f"r{number}": f"Revision r{number}. Creates shop.customer.c{number}."
        for number in range(60, 100)
    }
    project.alembic("upgrade", "head")
    in_sync(project)


@pytest.fixture
def branched(make: Make) -> OtherProject:
    """Two branches, one of which needs a revision of the other, and their merge."""
    project = make()
    project.revision("left", "first", 'op.create_table("left", sa.Column("id", sa.Integer()))')
    project.revision(
        "right", "first", 'op.add_column("customer", sa.Column("r", sa.Integer()), schema="shop")'
    )
    project.revision("needy", "right", 'op.create_table("needy")', depends_on="left")
    project.revision("merge", ("left", "needy"), 'op.create_table("merged")')
    project.write(
        "models.py",
        f"from sqlalchemy import Column, Integer, Table\n{MODELS}    r: Mapped[int | None]\n"
        "Table('left', Base.metadata, Column('id', Integer))\n"
        "Table('needy', Base.metadata)\nTable('merged', Base.metadata)\n",
    )
    assert project.monps_db("snapshot").code == 0
    return project


def test_each_revision_of_a_branch_says_what_it_changes_itself(branched: OtherProject) -> None:
    assert pending(branched) == {
        "first": "Revision first. Creates shop.customer.",
        "left": 'Revision left. Creates public."left".',
        "right": "Revision right. Creates shop.customer.r.",
        "needy": "Revision needy. Creates public.needy.",
        "merge": "Revision merge. Creates public.merged.",
    }


def test_a_branch_alone_is_compared_without_its_sibling(
    branched: OtherProject, database: Database
) -> None:
    branched.alembic("upgrade", "right")
    assert set(pending(branched)) == {"left", "needy", "merge"}
    database.execute("ALTER TABLE shop.customer DROP COLUMN r")
    assert "column-missing shop.customer.r" in branched.monps_db("check").out


def test_two_branches_that_are_not_merged_yet_are_compared_together(
    branched: OtherProject, database: Database
) -> None:
    branched.alembic("upgrade", "right")
    branched.alembic("upgrade", "left")
    assert set(pending(branched)) == {"needy", "merge"}
    assert 'public."left"' not in branched.monps_db("check").out
    database.execute('DROP TABLE public."left"')
    outcome = branched.monps_db("check")
    assert (outcome.code, 'table-missing public."left"' in outcome.out) == (1, True)


def test_what_merges_two_branches_is_planned_and_two_rows_of_one_branch_are_not(
    branched: OtherProject, database: Database
) -> None:
    branched.alembic("upgrade", "right")
    branched.alembic("upgrade", "left")
    planned = branched.monps_db("plan", "--format", "json")
    assert (planned.code, planned.err) == (0, "")
    assert [one["id"] for one in json.loads(planned.out)["revisions"]] == ["needy", "merge"]
    database.execute("INSERT INTO alembic_version VALUES ('first')")
    refused = branched.monps_db("plan")
    assert refused.code != 0
    assert "first, left, right: pending revisions cannot be determined" in refused.err


NOBODY: Final = {"DB_SCRATCH_URL": "postgresql://nobody@localhost:1/none"}


def test_two_branches_are_compared_from_their_snapshots_without_a_scratch_server(
    branched: OtherProject, database: Database
) -> None:
    branched.alembic("upgrade", "right")
    branched.alembic("upgrade", "left")
    outcome = branched.monps_db("check", **NOBODY)
    assert (outcome.code, "unverified" in outcome.out) == (3, False)
    database.execute('DROP TABLE public."left"')
    assert 'table-missing public."left"' in branched.monps_db("check", **NOBODY).out


def test_branches_that_change_the_same_thing_cannot_be_compared_without_a_scratch_server(
    branched: OtherProject,
) -> None:
    change = 'op.execute("ALTER TABLE shop.customer ALTER COLUMN name SET DEFAULT {}")'
    branched.revision("one", "left", change.format("'1'"))
    branched.revision("two", "right", change.format("'2'"))
    assert branched.monps_db("snapshot").code == 0
    branched.alembic("upgrade", "one")
    branched.alembic("upgrade", "two")
    outcome = branched.monps_db("check", **NOBODY)
    assert "branches-unverified public.alembic_version" in outcome.out
    assert "branches-unverified" not in branched.monps_db("check").out


def test_a_merged_history_is_in_sync_at_its_head(branched: OtherProject) -> None:
    branched.alembic("upgrade", "head")
    in_sync(branched)


def test_several_heads_are_tampering_until_they_are_merged(branched: OtherProject) -> None:
    for name in ("merge", "needy"):
        (branched.versions / f"{name}_.py").unlink()
        (branched.snapshots / f"{name}.json").unlink()
    outcome = branched.monps_db("check", "--offline")
    assert (outcome.code, "several-heads" in outcome.out) == (4, True)
    refused = branched.monps_db("revision", "-m", "On which head?")
    assert (refused.code, refused.err.count("\n")) == (2, 1), refused.err
    branched.alembic("merge", "-m", "Merge", "heads")
    assert "recorded" in branched.monps_db("snapshot").out
    assert branched.monps_db("check", "--offline").code == 1  # the tables that are gone


def test_a_revision_may_follow_a_branch_and_need_another(branched: OtherProject) -> None:
    (branched.versions / "merge_.py").unlink()
    (branched.snapshots / "merge.json").unlink()
    for name in ("left", "needy"):
        assert (branched.snapshots / f"{name}.json").exists()
    written = branched.monps_db(
        *("revision", "-m", "On the left", "--rev-id", "third", "--head", "left"),
        *("--depends-on", "right", "--branch-label", "mine"),
    )
    assert (written.code, written.err) == (0, ""), written.text
    assert written.out.endswith("third.json\n  + public.merged  table of 0 columns\n")
    [file] = branched.versions.glob("third_*.py")
    text = file.read_text("utf-8")
    assert "down_revision: Union[str, Sequence[str], None] = 'left'" in text
    assert "'mine'" in text
    schemas = json.loads((branched.snapshots / "third.json").read_text("utf-8"))["schemas"]
    assert sorted(schemas["public"]["relations"]) == ["left", "merged"]


def test_a_url_that_alembic_does_not_read_may_hold_anything(make: Make) -> None:
    project = make()
    ini = project.folder / "alembic.ini"
    text = ini.read_text("utf-8")
    ini.write_text(re.sub("sqlalchemy.url = .*", "sqlalchemy.url = pg://u:p%40@h/d", text), "utf-8")
    assert project.monps_db("snapshot").code == 0
    assert project.monps_db("check", "--offline").code == 0


SECOND = """
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from models import Customer

metadata = MetaData(schema="stock")
Table("orders", metadata, Column("customer", ForeignKey(Customer.__table__.c.id), primary_key=True))
"""


def test_several_metadatas_are_one_schema(make: Make) -> None:
    project = make(
        target="[Base.metadata, metadata]",
        imports=["from models import Base", "from stock import metadata"],
    )
    project.write("stock.py", SECOND)
    project.configure(
        metadata='["models:Base.metadata", "stock:metadata"]',
        script_location='"alembic"',
        managed_schemas='["shop", "stock"]',
    )
    # Alembic takes no naming convention from a list of metadatas.
    project.revision("schema", "first", 'op.execute("CREATE SCHEMA stock")')
    names = 'op.execute("ALTER TABLE shop.customer RENAME CONSTRAINT {} TO {}")'
    project.revision(
        "names",
        "schema",
        f"{names.format('customer_pkey', 'pk_customer')}\n"
        f"{names.format('customer_name_key', 'uq_name')}",
    )
    assert project.monps_db("snapshot").code == 0
    # The models had asked for it when the snapshot was recorded: somebody has to say what to write.
    written = project.monps_db("revision", "-m", "Stock", "--only", "stock.orders")
    assert written.code == 0, written.text
    assert "+ stock.orders" in written.out
    project.alembic("upgrade", "head")
    in_sync(project)


SHARED: Final = """
from sqlalchemy import Column, ForeignKey, MetaData, Table

from models import Customer

metadata = MetaData()
Customer.__table__.to_metadata(metadata)
Table("orders", metadata, Column("customer", ForeignKey("shop.customer.id")), schema="shop")
"""


def test_metadatas_may_share_a_table(make: Make) -> None:
    project = make()
    project.write("orders.py", SHARED)
    project.configure(
        metadata='["models:Base.metadata", "orders:metadata"]',
        script_location='"alembic"',
        managed_schemas='["shop"]',
    )
    project.revision(
        "orders",
        "first",
        'op.create_table("orders", sa.Column("customer", sa.Integer(),'
        ' sa.ForeignKey("shop.customer.id")), schema="shop")',
    )
    assert project.monps_db("snapshot").code == 0
    assert project.monps_db("check", "--offline").out.startswith("in sync: ")
    project.alembic("upgrade", "head")
    in_sync(project)


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("shop_version", {"version_table": "'shop_version'"}),
        (
            "'ops.\"shop.version\"'",
            {"version_table": "'shop.version'", "version_table_schema": "'ops'"},
        ),
    ],
)
def test_a_version_table_of_another_name(
    make: Make, database: Database, key: str, options: dict[str, str]
) -> None:
    project = make(options=options)
    database.execute("CREATE SCHEMA ops")
    project.monps_db("snapshot")
    project.alembic("upgrade", "head")
    assert "unverified [operational] version-missing" in project.monps_db("check").out
    text = (project.folder / "pyproject.toml").read_text("utf-8")
    quoted = key if key.startswith("'") else f'"{key}"'
    project.write("pyproject.toml", f"{text}version-table = {quoted}\n")
    in_sync(project)


def test_models_below_src_are_found_as_alembic_finds_them(make: Make) -> None:
    project = make()
    (project.folder / "src").mkdir()
    (project.folder / "models.py").rename(project.folder / "src" / "models.py")
    ini = project.folder / "alembic.ini"
    text = ini.read_text("utf-8").replace("prepend_sys_path = .", "prepend_sys_path = %(here)s/src")
    ini.write_text(text, "utf-8")
    assert project.monps_db("snapshot").code == 0
    assert json.loads((project.snapshots / "first.json").read_text("utf-8"))["model_sources"]
    assert project.monps_db("check", "--offline").code == 0


def test_alembic_may_be_configured_in_pyproject(make: Make) -> None:
    project = make()
    (project.folder / "alembic.ini").unlink()
    (project.folder / "src").mkdir()
    (project.folder / "models.py").rename(project.folder / "src" / "models.py")
    text = (project.folder / "pyproject.toml").read_text("utf-8")
    project.write(
        "pyproject.toml",
        f'{text}[tool.alembic]\nscript_location = "%(here)s/alembic"\n'
        'prepend_sys_path = ["%(here)s/src"]\n'
        'file_template = "new_%%(rev)s"\n',
    )
    assert project.monps_db("snapshot").code == 0
    add_column(project)
    (project.folder / "models.py").rename(project.folder / "src" / "models.py")
    assert project.monps_db("revision", "-m", "x", "--rev-id", "second").code == 0
    assert (project.versions / "new_second.py").exists()


def test_what_is_there_before_the_first_revision_is_made_by_scratch_sql(make: Make) -> None:
    project = make()
    (project.versions / "first_.py").unlink()
    project.revision("first", None, FIRST.replace('op.execute("CREATE SCHEMA shop")', ""))
    refused = project.monps_db("snapshot")
    assert refused.code == 6
    assert refused.err.startswith(
        'monps-db: revision first fails in a scratch database: schema "shop" does not exist: '
    )
    assert refused.err.count("\n") == 1
    project.write("before.sql", "CREATE SCHEMA shop; COMMENT ON SCHEMA shop IS '100% ours'")
    text = (project.folder / "pyproject.toml").read_text("utf-8")
    project.write("pyproject.toml", f'{text}scratch-sql = "before.sql"\n')
    assert project.monps_db("snapshot").code == 0
    assert project.monps_db("check", "--offline").code == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"metadata": '"nowhere:Base"'}, "'nowhere:Base' cannot be imported"),
        ({"metadata": '"models:Nothing"'}, "has no attribute 'Nothing'"),
        ({"metadata": '"models:Customer"'}, "'models:Customer' is a"),
        ({"metadata": '"broken:metadata"'}, "KeyError: 'SHOP_NAME'"),
        ({"metadata": '"uses_core:metadata"'}, "'core' of the project has the name of one that is"),
        ({"metadata": '"uses_models:nothing"'}, "correct metadata in [tool.schemaproof]"),
        ({"script_location": '"nowhere"'}, "name the folder of env.py"),
        ({"scratch_sql": '"nowhere.sql"'}, "nowhere.sql cannot be run in a scratch database"),
        ({"version_table": '"a.b.c"'}, "version-table should be a table's name"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value,
)
def test_a_wrong_table_is_one_line_with_the_remedy(
    make: Make, changes: dict[str, str], told: str
) -> None:
    project = make()
    project.write("broken.py", "import os\nmetadata = os.environ['SHOP_NAME']\n")
    project.write("core/shop.py", "")
    project.write("uses_core.py", "from core.shop import metadata\n")
    project.write("uses_models.py", "from models import nothing\n")
    given = {"metadata": '"models:Base.metadata"', "script_location": '"alembic"', **changes}
    project.configure(**given)
    outcome = project.monps_db("snapshot")
    assert outcome.code == 2, outcome.text
    assert told in outcome.err
    assert outcome.err.count("\n") == 1
