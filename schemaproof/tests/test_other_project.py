"""Another project with SQLAlchemy, Alembic and PostgreSQL uses schemaproof, its code unchanged."""

import re

import pytest

from schemaproof_testing.other_project import (
    FIRST,
    MODELS,
    Make,
    add_column,
    in_sync,
    pending,
)
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["shop", "100% of a shop %(here)s", "läden"])
def test_every_command_works_beside_its_own_env_py(make_shop: Make, name: str) -> None:
    project = make_shop(name)
    env = (project.folder / "alembic" / "env.py").read_bytes()
    assert project.monps_db("snapshot").out == "first recorded\n"
    assert pending(project) == {"first": "Revision first. Creates shop.customer."}
    if "%" not in name:  # Alembic itself does not work in a folder with a % in its name.
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
def test_the_first_revision_is_written_from_nothing(make_shop: Make, schema: str) -> None:
    project = make_shop()
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


def test_drift_is_found_and_its_own_tables_are_left_out(
    make_shop: Make, database: Database
) -> None:
    project = make_shop()
    project.monps_db("snapshot")
    project.alembic("upgrade", "head")
    database.execute("CREATE TABLE public.somebody_elses ()")
    in_sync(project)
    database.execute("ALTER TABLE shop.customer ALTER name DROP NOT NULL")
    outcome = project.monps_db("check")
    assert (outcome.code, "column-nullability shop.customer.name" in outcome.out) == (1, True)


def test_a_linear_history_of_100_revisions(make_shop: Make) -> None:
    project = make_shop()
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


def test_a_url_that_alembic_does_not_read_may_hold_anything(make_shop: Make) -> None:
    project = make_shop()
    ini = project.folder / "alembic.ini"
    text = ini.read_text("utf-8")
    ini.write_text(re.sub("sqlalchemy.url = .*", "sqlalchemy.url = pg://u:p%40@h/d", text), "utf-8")
    assert project.monps_db("snapshot").code == 0
    assert project.monps_db("check", "--offline").code == 0


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
    make_shop: Make, database: Database, key: str, options: dict[str, str]
) -> None:
    project = make_shop(options=options)
    database.execute("CREATE SCHEMA ops")
    project.monps_db("snapshot")
    project.alembic("upgrade", "head")
    assert "unverified [operational] version-missing" in project.monps_db("check").out
    text = (project.folder / "pyproject.toml").read_text("utf-8")
    quoted = key if key.startswith("'") else f'"{key}"'
    project.write("pyproject.toml", f"{text}version-table = {quoted}\n")
    in_sync(project)


def test_alembic_may_be_configured_in_pyproject(make_shop: Make) -> None:
    project = make_shop()
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


def test_what_is_there_before_the_first_revision_is_made_by_scratch_sql(make_shop: Make) -> None:
    project = make_shop()
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
    make_shop: Make, changes: dict[str, str], told: str
) -> None:
    project = make_shop()
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
