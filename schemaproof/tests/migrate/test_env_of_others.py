"""``run_migrations`` in env.py files of other projects: any recipe, any driver."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from schemaproof.migrate.migrator_lock import RUN, SPACE
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.env_templates import (
    CONNECTION,
    CREATE,
    FLASK,
    HEAD,
    MORE,
    RECIPES,
    SEVERAL,
    TENANTS,
    url,
)
from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.servers import Database, create_database


@pytest.fixture
def project(database: Database, tmp_path: Path) -> OtherProject:
    made = make_project(tmp_path, database)
    made.revision("a1", None, CREATE)
    made.revision("a2", "a1", MORE)
    (tmp_path / "pyproject.toml").unlink()  # The project has no configuration.
    return made


def asked(database: Database, question: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in database.query(question)]


LEDGER = "SELECT revision, direction, outcome FROM public.schemaproof_ledger ORDER BY id"


@pytest.mark.parametrize(("recipe", "driver"), RECIPES)
def test_migrations_run_in_each_recipe_with_each_driver(
    project: OtherProject, database: Database, recipe: str, driver: str
) -> None:
    project.write("alembic/env.py", HEAD + RECIPES[recipe, driver])
    environ = {"URL": url(database, driver)}
    done = project.programs.run("alembic", "upgrade", "a1", **environ).succeeded()
    assert "made" in done.text
    if recipe != "begun":  # This recipe leaves its transaction after the first revision.
        project.programs.run("alembic", "upgrade", "head", **environ).succeeded()
        project.programs.run("alembic", "downgrade", "a1", **environ).succeeded()
    found = asked(database, LEDGER)
    assert found[0] == ("a1", "upgrade", "done")
    assert asked(database, "SELECT version_num FROM alembic_version") == [("a1",)]


PROVED = ("connection", "psycopg2"), ("connection", "psycopg"), ("run_sync", "asyncpg")


@pytest.fixture
def proved(project: OtherProject) -> OtherProject:
    """A project like ``plain``, with snapshots."""
    project.configure(
        metadata='"models:Base.metadata"',
        script_location='"alembic"',
        managed_schemas='["shop"]',
        lint_ignore='["downgrade-missing", "sql-unknown", "autocommit-not-alone"]',
    )
    project.programs.run("schemaproof", "snapshot").succeeded()
    return project


@pytest.mark.parametrize(("recipe", "driver"), PROVED)
def test_each_revision_is_proved_with_each_driver(
    proved: OtherProject, database: Database, recipe: str, driver: str
) -> None:
    proved.write("alembic/env.py", HEAD + RECIPES[recipe, driver])
    environ = {"URL": url(database, driver)}
    done = proved.programs.run("alembic", "upgrade", "a1", **environ).succeeded()
    assert "in sync: " in done.out
    database.execute("ALTER TABLE shop.customer ADD COLUMN by_hand int")
    refused = proved.programs.run("alembic", "upgrade", "head", **environ)
    assert (refused.code, asked(database, "TABLE alembic_version")) == (1, [("a1",)])
    assert "column-unexpected shop.customer.by_hand" in refused.text


@contextmanager
def session(database: Database, *statements: str) -> Iterator[None]:
    """Another session in a transaction."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        yield


@pytest.mark.parametrize(("recipe", "driver"), PROVED)
def test_others_in_the_way_are_waited_for_named_and_recorded(
    project: OtherProject, database: Database, recipe: str, driver: str
) -> None:
    project.write("alembic/env.py", HEAD + RECIPES[recipe, driver])
    given = {
        "URL": url(database, driver),
        "SCHEMAPROOF_LOCK_TIMEOUT": "200ms",
        "SCHEMAPROOF_LOCK_ATTEMPTS": "2",
        "SCHEMAPROOF_WAIT_TIMEOUT": "300ms",
    }
    assert project.programs.run("alembic", "upgrade", "a1", **given).code == 0
    with session(database, f"SELECT pg_advisory_lock({SPACE}, {RUN})"):
        refused = project.programs.run("alembic", "upgrade", "head", **given)
    assert refused.code == 6
    assert "another migrator is at work: pid " in refused.text
    assert "raise SCHEMAPROOF_WAIT_TIMEOUT" in refused.text
    with session(database, "LOCK TABLE shop.customer"):
        refused = project.programs.run("alembic", "upgrade", "head", **given)
    assert refused.code == 6
    assert "attempt 2 of 2" in refused.text
    # With run_sync there is no thread that looks for blockers.
    assert ("blocked by pid" in refused.text) == (recipe != "run_sync")
    assert "SCHEMAPROOF_LOCK_TIMEOUT" in refused.text
    assert "MIGRATION_" not in refused.text
    question = "SELECT revision, sqlstate FROM public.schemaproof_ledger WHERE error <> ''"
    assert asked(database, question) == [("a2", "55P03")] * 2
    assert asked(database, "SHOW lock_timeout") == [("0",)]
    assert project.programs.run("alembic", "upgrade", "head", **given).code == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCHEMAPROOF_LOCK_TIMEOUT", "soon"),
        ("SCHEMAPROOF_LOCK_ATTEMPTS", "0"),
        ("SCHEMAPROOF_WAIT_TIMEOUT", "-1"),
        ("SCHEMAPROOF_GATE", "open"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(
    project: OtherProject, database: Database, name: str, value: str
) -> None:
    project.write("alembic/env.py", HEAD + CONNECTION)
    environ = {"URL": url(database, "psycopg2"), name: value}
    refused = project.programs.run("alembic", "upgrade", "head", **environ)
    assert refused.code == 2
    assert f"{name}={value} cannot be read" in refused.text


def test_a_script_is_printed_without_a_connection(project: OtherProject) -> None:
    project.write("alembic/env.py", HEAD + FLASK)
    done = project.programs.run("alembic", "upgrade", "a1", "--sql").succeeded()
    assert "CREATE TABLE shop.customer" in done.out
    assert "schemaproof_ledger" in done.out


def test_options_of_configure_are_passed_through(project: OtherProject, database: Database) -> None:
    """Flask-Migrate's option prevents an empty revision; include_object hides a table."""
    recipe = FLASK.replace('"compare_type": True', '"include_object": included, **SCHEMAS')
    included = """
SCHEMAS = {"include_schemas": True}
def included(object, name, type_, reflected, compare_to):
    return type_ != "table" or name == "customer"
"""
    project.write("alembic/env.py", HEAD + included + recipe)
    environ = {"URL": url(database, "psycopg2")}
    assert project.programs.run("alembic", "upgrade", "a1", **environ).code == 0
    done = project.programs.run("alembic", "revision", "--autogenerate", "-m", "x", **environ)
    assert "not up to date" in done.text  # This is Alembic's own message: a2 is not applied.
    (project.versions / "a2_.py").unlink()
    project.programs.run("alembic", "revision", "--autogenerate", "-m", "x", **environ).succeeded()
    assert [one.name for one in project.versions.glob("*.py")] == ["a1_.py"]
    project.write("alembic/env.py", HEAD + included + recipe.replace("included,", "None,"))
    done = project.programs.run("alembic", "revision", "--autogenerate", "-m", "x", **environ)
    assert len([*project.versions.glob("*.py")]) == 2


def test_several_databases_are_migrated_each_with_its_own_ledger(
    project: OtherProject, database: Database, server: LocalServer
) -> None:
    """The env.py is that of Alembic's template ``multidb``."""
    for file in project.versions.glob("*.py"):
        text = file.read_text().replace("grade():", "grade(engine_name):")
        file.write_text(text.replace('"customer"', 'f"customer_{engine_name}"'))
    (project.versions / "a2_.py").unlink()
    project.write("alembic/env.py", HEAD + SEVERAL)
    with create_database(server) as other:
        environ = {"URL_one": url(database, "psycopg2"), "URL_two": url(other, "psycopg")}
        project.programs.run("alembic", "upgrade", "head", **environ).succeeded()
        for name, one in (("one", database), ("two", other)):
            assert asked(one, LEDGER) == [("a1", "upgrade", "done")]
            assert asked(one, f"SELECT to_regclass('shop.customer_{name}') IS NOT NULL") == [
                (True,)
            ]


def test_one_branch_of_several_is_migrated_by_its_name(
    project: OtherProject, database: Database
) -> None:
    project.revision("b1", None, "op.execute('CREATE TABLE other (a int)')")
    file = project.versions / "b1_.py"
    file.write_text(file.read_text().replace("branch_labels = None", 'branch_labels = ("b",)'))
    project.write("alembic/env.py", HEAD + CONNECTION)
    environ = {"URL": url(database, "psycopg2")}
    project.programs.run("alembic", "upgrade", "b@head", **environ).succeeded()
    assert asked(database, LEDGER) == [("b1", "upgrade", "done")]
    assert project.programs.run("alembic", "upgrade", "head", **environ).code != 0
    project.programs.run("alembic", "upgrade", "heads", **environ).succeeded()
    assert asked(database, "SELECT version_num FROM alembic_version ORDER BY 1") == [
        ("a2",),
        ("b1",),
    ]


def test_each_tenant_has_a_version_table_and_a_ledger_in_its_schema(
    project: OtherProject, database: Database
) -> None:
    project.revision("a1", None, "op.execute('CREATE TABLE customer (id int)')")
    (project.versions / "a2_.py").unlink()
    file = project.versions / "a1_.py"
    file.write_text(file.read_text().replace("    pass", "    op.drop_table('customer')"))
    project.write("alembic/env.py", HEAD + TENANTS)
    with session(database, "CREATE SCHEMA one", "CREATE SCHEMA two", "COMMIT"):
        pass
    environ = {"URL": url(database, "psycopg2"), "TENANTS": "one two"}
    project.programs.run("alembic", "upgrade", "head", **environ).succeeded()
    downgrade = ("alembic", "-x", "accept-data-loss=true", "downgrade", "base")
    project.programs.run(*downgrade, **{**environ, "TENANTS": "one"}).succeeded()
    ledger = "SELECT revision, direction FROM {}.schemaproof_ledger ORDER BY id"
    assert asked(database, ledger.format("one")) == [("a1", "upgrade"), ("a1", "downgrade")]
    assert asked(database, ledger.format("two")) == [("a1", "upgrade")]
    assert asked(database, "TABLE one.alembic_version") == []
    assert asked(database, "TABLE two.alembic_version") == [("a1",)]
    assert asked(database, "SELECT to_regclass('one.customer'), to_regclass('two.customer')") == [
        (None, "two.customer")
    ]
