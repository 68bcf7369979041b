"""Views and functions that a project declares, in each common way, are compared."""

from pathlib import Path

import pytest

from schemaproof_testing import probed, written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

TABLE = "Table('customer', Base.metadata, Column('id', Integer, primary_key=True))\n"
VIEW = "CREATE VIEW public.ids AS SELECT id FROM public.customer WHERE id::text <> 'a:b%'"
MAPPED = "Table('ids', Base.metadata, Column('id', Integer), info={'is_view': True})\n"
EXTENSIONS = """
from sqlalchemy_declarative_extensions import (
    View, Views, declare_database, register_sqlalchemy_events)
declare_database(Base.metadata, views=Views().are(
    View("ids", "SELECT id FROM public.customer", schema="public")))
register_sqlalchemy_events(Base.metadata, views=True)
"""
UTILS = """
from alembic_utils.pg_view import PGView
VIEWS = [PGView(schema="public", signature="ids", definition="SELECT id FROM public.customer")]
"""
FUNCTION = f"def view(connection):\n    connection.exec_driver_sql({VIEW.replace('%', '%%')!r})\n"
WAYS = {
    "SQL": (f"VIEWS = [{VIEW!r}]\n", ("models:VIEWS",)),
    "a mapped view": (f"{MAPPED}VIEWS = {VIEW!r}\n", ("models:VIEWS",)),
    "DDL": (f"VIEW = DDL({VIEW.replace('%', '%%')!r})\n", ("models:VIEW",)),
    "DDL with the tables": (
        f"event.listen(Base.metadata, 'after_create', DDL({VIEW.replace('%', '%%')!r}))\n",
        (),
    ),
    "a function": (FUNCTION, ("models:view",)),
    "alembic_utils": (UTILS, ("models:VIEWS",)),
    "declarative extensions": (EXTENSIONS, ()),
}


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    return written.make(folder, database)


@pytest.mark.parametrize(("text", "objects"), WAYS.values(), ids=WAYS)
def test_a_declared_view_is_compared_and_never_taken_for_a_table(
    project: WrittenProject, text: str, objects: tuple[str, ...]
) -> None:
    """Autogenerate cannot write the view, and lists it; a revision by hand adds it."""
    project.models(TABLE + text)
    project = project.with_(objects=objects)
    first = project.write(rev_id="first")
    [file] = first.files
    assert {one.path for one in (*first.changes, *first.unwritten)} >= {
        "public.customer",
        "public.ids",
    }
    assert "'ids'" not in file.read_text("utf-8")
    sql = VIEW if "a:b" in text else "CREATE VIEW public.ids AS SELECT id FROM public.customer"
    body = f"op.execute({sql!r})"
    project.files.revision("second", "first", body, "op.execute('DROP VIEW public.ids')")
    project.record()
    nothing = project.write()
    assert (nothing.files, nothing.unwritten, nothing.left) == ((), (), ())


@pytest.mark.parametrize("library", ["alembic_utils", "declarative extensions"])
def test_the_libraries_own_autogenerate_writes_the_view(
    folder: Path, database: Database, library: str
) -> None:
    register = {
        "alembic_utils": "from alembic_utils.replaceable_entity import register_entities\n"
        "from models import VIEWS\nregister_entities(VIEWS)\n",
        "declarative extensions": "from sqlalchemy_declarative_extensions.alembic import"
        " register_alembic_events\nregister_alembic_events(views=True)\n",
    }[library]
    project = written.make(folder, database, register + probed.SYNC)
    text, objects = WAYS[library]
    project.models(TABLE + "VIEWS = []\n")
    project.write()
    project.models(TABLE + text)
    project = project.with_(objects=objects)
    view = project.write()
    assert [one.path for one in view.changes] == ["public.ids"]
    assert (view.unwritten, view.left) == ((), ())
    assert project.write().files == ()
