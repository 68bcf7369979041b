"""The probe loads models and revisions of a project."""

from pathlib import Path

import pytest

from schemaproof_testing import probed
from schemaproof_testing.probed import Probed, columns, place
from schemaproof_testing.servers import Database


def test_models_are_created_object_by_object(folder: Path, database: Database) -> None:
    """An object that PostgreSQL refuses does not prevent the creation of others."""
    models = (
        "from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index\n"
        + probed.MODELS
        + "    kind = Column(Enum('a', 'b', name='kind'))\n"
        "    __table_args__ = (Index('ix_gin', 'name', postgresql_using='gin'),"
        " CheckConstraint(\"name <> '50%\\\\\\\\a'\", name='ck'))\n"
        "class Order(Base):\n    __tablename__ = 'order'\n"
        "    __table_args__ = {'schema': 'Der Laden'}\n"
        "    id = Column(Integer, primary_key=True)\n"
        "    name = Column(String, ForeignKey('customer.name'))\n"
        "class Item(Base):\n    __tablename__ = 'item'\n"
        "    id = Column(Integer, primary_key=True)\n"
        "    kind = Column(Enum('a', 'b', name='kind'))\n"
    )
    project = Probed(folder, probed.SYNC).make(models)
    with project.probe() as probe:
        refused = probe.ask("create", place=place(database))
    assert [(one["table"] or one["name"], one["sqlstate"]) for one in refused] == [
        ("customer", "42704"),
        ("order", "42830"),
    ]
    assert columns(database) == ["id", "kind", "name", "pk_customer"]


def test_tables_that_refer_to_a_refused_one_are_created_and_named_with_it(
    folder: Path, database: Database
) -> None:
    """There is one refusal for a table, even if other tables refer to it or it is in a cycle."""
    models = (
        "from sqlalchemy import CheckConstraint, ForeignKey\n"
        + probed.MODELS
        + "    item_id = Column(ForeignKey('item.id'))\n"
        "    __table_args__ = (CheckConstraint('no_such_column > 0'),)\n"
        "class Order(Base):\n    __tablename__ = 'order'\n"
        "    __table_args__ = {'schema': 'Der Laden'}\n"
        "    id = Column(Integer, primary_key=True)\n"
        "    customer_id = Column(ForeignKey('customer.id'))\n"
        "class Item(Base):\n    __tablename__ = 'item'\n"
        "    id = Column(Integer, primary_key=True)\n"
        "    customer_id = Column(ForeignKey('customer.id'))\n"
        "    order_id = Column(ForeignKey('Der Laden.order.id'))\n"
        "class Line(Base):\n    __tablename__ = 'line'\n"
        "    id = Column(ForeignKey('item.id'), primary_key=True)\n"
    )
    project = Probed(folder, probed.SYNC).make(models)
    with project.probe() as probe:
        [refused] = probe.ask("create", place=place(database))
    assert (refused["name"], refused["sqlstate"]) == ("customer", "42703")
    assert sorted(refused["referring"]) == [["Der Laden", "order"], ["public", "item"]]
    keys = database.query(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
        " WHERE contype = 'f' ORDER BY 1"
    )
    assert keys == [("item", '"Der Laden"."order"'), ("line", "item")]


def test_fingerprints_are_equal_for_equal_models(folder: Path) -> None:
    project = Probed(folder, probed.SYNC).make()
    with project.probe() as probe:
        first = probe.ask("fingerprint")
    project.write("models.py", probed.MODELS + "    age = Column(Integer)\n")
    with project.probe() as probe:
        second = probe.ask("fingerprint")
    project.write("models.py", "print('again')\n" + probed.MODELS)
    with project.probe() as probe:
        assert probe.ask("fingerprint") == first != second


@pytest.mark.parametrize(
    "env",
    [probed.SYNC, "from alembic import context\n" + "from models import Base\n" + probed.OFFLINE],
)
def test_sql_of_revisions_is_told_with_its_lines(folder: Path, env: str) -> None:
    """The SQL is printed through env.py if it supports that, else without it."""
    project = Probed(folder, env).make()
    project.revision(
        "a3", "a2", "with op.get_context().autocommit_block():\n        op.execute('VACUUM')"
    )
    with project.probe() as probe:
        found = probe.ask("statements", revisions=["a1", "a3"])
    [[created], [vacuum]] = [one["statements"] for one in found]
    assert "CONSTRAINT pk_customer PRIMARY KEY" in created["sql"]
    assert (created["line"], created["autocommit"]) == (10, False)
    assert (vacuum["sql"].rstrip(";"), vacuum["autocommit"]) == ("VACUUM", True)


@pytest.mark.parametrize(
    "argument", ["", "engine", "connection", "url", "url='sqlite://'", "db_url, echo=False"]
)
def test_a_function_makes_the_starting_point(
    folder: Path, database: Database, argument: str
) -> None:
    bind = argument or "create_engine('postgresql+psycopg2://elsewhere/live')"
    if "url" in argument:
        bind = f"create_engine({'db_url' if 'db_url' in argument else 'url'})"
    body = f"def begin({argument}):\n    Base.metadata.create_all({bind})\n"
    project = Probed(folder, probed.SYNC).make()
    project.write(
        "begin.py", f"from sqlalchemy import create_engine\nfrom models import Base\n{body}"
    )
    with project.probe() as probe:
        probe.ask("start", place=place(database), function="begin:begin")
    assert columns(database) == ["id", "name", "pk_customer"]


def test_arguments_and_variables_are_handed_to_env_py(folder: Path, database: Database) -> None:
    env = (
        "import os\nfrom alembic import context\n"
        "assert context.get_x_argument(as_dictionary=True) == {'tenant': 'one'}\n"
        "assert not context.is_offline_mode()\n"
    )
    env += probed.SYNC.replace(
        '"postgresql+psycopg2://no:body@nowhere.invalid/live"', "os.environ['SHOP_URL']"
    )
    project = Probed(folder, env, options={"x": ["tenant=one"], "variables": ["SHOP_URL"]}).make()
    with project.probe() as probe:
        probe.ask("upgrade", place=place(database), revision="heads")
    assert columns(database) == ["id", "name", "pk_customer"]


def test_what_one_revision_changes_in_the_process_no_other_sees(
    folder: Path, database: Database
) -> None:
    project = Probed(folder, probed.SYNC).make()
    project.revision(
        "a3", "a2", "import models; models.changed = 1; op.execute('SET TimeZone = 7')"
    )
    project.revision("a4", "a3", "import models; assert not hasattr(models, 'changed')")
    with project.probe() as probe:
        for revision in ("a1", "a2", "a3", "a4"):
            probe.ask("upgrade", place=place(database), revision=revision)


NOTES_IMPORT = "open('imports', 'a').write('late ')\n"


def test_what_env_py_imports_is_imported_once(folder: Path, database: Database) -> None:
    """This holds for any number of revisions, and for imports within functions."""
    env = probed.SYNC.replace(
        "from models import Base\n",
        f"import models\nmodels.import_all()\nfrom models import Base\n{probed.OFFLINE}",
    )
    project = Probed(folder, env).make(probed.MODELS + "\n\ndef import_all():\n    import late\n")
    project.write("late.py", NOTES_IMPORT)
    with project.probe() as probe:
        for revision in ("a1", "a2"):
            probe.ask("upgrade", place=place(database), revision=revision)
        imported = (folder / "imports").read_text()
        for revision in ("a1", "base"):
            probe.ask("downgrade", place=place(database), revision=revision)
    # The first import finds out what env.py imports, and the second is for all requests that
    # follow.
    assert (folder / "imports").read_text() == imported == "late late "


@pytest.mark.parametrize("module", ["app", "shop"])
def test_an_application_is_made_once(
    folder: Path, database: Database, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application is found as ``flask db`` does: by its usual name or by FLASK_APP."""
    if module != "app":
        monkeypatch.setenv("FLASK_APP", f"{module}:create_app()")
    env = probed.SYNC.replace(
        "from models import Base\n",
        "from flask import current_app\nfrom models import Base\nassert current_app.name\n",
    )
    project = Probed(folder, env).make()
    project.write(
        f"{module}.py",
        "from flask import Flask\n\ndef create_app():\n"
        f"    {NOTES_IMPORT}    return Flask('shop')\n",
    )
    with project.probe() as probe:
        for revision in ("a1", "a2"):
            probe.ask("upgrade", place=place(database), revision=revision)
    assert (folder / "imports").read_text() == "late "


def test_no_step_reads_the_revisions_anew(folder: Path, database: Database) -> None:
    project = Probed(folder, probed.SYNC).make()
    with (folder / "alembic" / "versions" / "a1_.py").open("a") as file:
        file.write(NOTES_IMPORT)
    with project.probe() as probe:
        probe.ask("revisions")
        probe.ask("upgrade", place=place(database), revision="a1")
        read_before = (folder / "imports").read_text()
        probe.ask("upgrade", place=place(database), revision="a2")
    assert (folder / "imports").read_text() == read_before


def test_an_application_may_connect_while_it_is_made(folder: Path, database: Database) -> None:
    """It is created only when there is a scratch database, and then for each request."""
    env = "from flask import current_app\n" + probed.SYNC
    project = Probed(folder, env).make()
    connects = "create_engine('postgresql+psycopg2://no:body@nowhere.invalid/live').connect()"
    app = f"def create_app():\n    {connects}\n    return Flask('shop')\n"
    imports = "from flask import Flask\nfrom sqlalchemy import create_engine\n"
    project.write("app.py", imports + app)
    with project.probe() as probe:
        probe.ask("upgrade", place=place(database), revision="heads")
    assert columns(database) == ["id", "name", "pk_customer"]


def test_a_revision_may_need_the_application(folder: Path, database: Database) -> None:
    """The revision is loaded once, when it runs, because it may declare a class."""
    env = "from flask import current_app\n" + probed.SYNC
    project = Probed(folder, env).make()
    project.write(
        "app.py",
        "import models\nfrom flask import Flask\n"
        "models.READY = True\n\ndef create_app():\n    return Flask('shop')\n",
    )
    with (folder / "alembic" / "versions" / "a1_.py").open("a") as file:
        file.write(
            "\nimport models\nassert models.READY\n\nclass Old(models.Base):\n"
            "    __tablename__ = 'old'\n    id = sa.Column(sa.Integer, primary_key=True)\n"
        )
    with project.probe() as probe:
        assert [one["id"] for one in probe.ask("revisions")] == ["a1", "a2"]
        probe.ask("upgrade", place=place(database), revision="heads")
    assert columns(database) == ["id", "name", "pk_customer"]


def test_an_env_py_may_say_where_revisions_are(folder: Path, database: Database) -> None:
    env = probed.SYNC.replace(
        "from models import Base\n",
        "from models import Base\nimport os\ncontext.script.version_locations ="
        " [os.path.join(os.path.dirname(__file__), 'of_postgresql')]\n",
    )
    project = Probed(folder, env).make()
    (folder / "alembic" / "versions").rename(folder / "alembic" / "of_postgresql")
    with project.probe() as probe:
        assert [one["id"] for one in probe.ask("revisions")] == ["a1", "a2"]
        probe.ask("upgrade", place=place(database), revision="heads")
    assert columns(database) == ["id", "name", "pk_customer"]
