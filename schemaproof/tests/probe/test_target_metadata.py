"""If the configuration names no models, they are those that env.py passes to Alembic."""

from pathlib import Path

import pytest

from schemaproof.probe.client import RefusedError
from schemaproof_testing import probed
from schemaproof_testing.probed import Probed, columns, place
from schemaproof_testing.servers import Database

UNNAMED = {"metadata": ()}
LATE = "\nimport models\nmodels.import_all()\nfrom alembic import context\n"
MODELS = """
from sqlalchemy import MetaData
from sqlalchemy.orm import declarative_base

Base = declarative_base(metadata=MetaData(naming_convention={"pk": "pk_%(table_name)s"}))


def import_all():
    import late
"""


@pytest.mark.parametrize(
    "recipe", [probed.SYNC, probed.POSITIONAL, probed.ASYNC, probed.FROM_CONFIG]
)
def test_models_are_those_of_env_py(folder: Path, database: Database, recipe: str) -> None:
    """Models that are complete only after all imports of env.py are read, too."""
    env = recipe.replace(
        "from models import Base\n", f"from models import Base{LATE}{probed.OFFLINE}"
    )
    project = Probed(folder, env, options=UNNAMED)
    project.make(MODELS)
    project.write("late.py", probed.MODELS.partition("Base = ")[0] + _customer())
    with project.probe() as probe:
        assert probe.ask("fingerprint") == probe.ask("fingerprint")
        assert probe.ask("create", place=place(database)) == []
        assert columns(database) == ["id", "name", "pk_customer"]


def test_a_naming_convention_that_env_py_sets_names_the_models(
    folder: Path, database: Database
) -> None:
    """Revisions are written and applied with it; with it, an unnamed CHECK is an error."""
    convention = {"pk": "key_of_%(table_name)s", "ck": "ck_%(constraint_name)s"}
    env = (
        "from alembic import context\nfrom models import Base\n"
        f"Base.metadata.naming_convention = {convention!r}\n"
    )
    unnamed = probed.MODELS.replace("naming_convention=", "info=")
    models = unnamed + "    __table_args__ = (CheckConstraint('id > 0'),)\n"
    project = Probed(folder, env + probed.OFFLINE, options=UNNAMED).make(
        f"from sqlalchemy import CheckConstraint\n{models}"
    )
    with project.probe() as probe:
        assert probe.ask("create", place=place(database)) == []
    assert columns(database) == ["id", "key_of_customer", "name"]


def test_it_names_what_is_named_before_env_py_sets_it(folder: Path, database: Database) -> None:
    """An earlier request has already imported the modules that env.py imports after that."""
    env = (
        "from alembic import context\nimport base\n"
        "base.Base.metadata.naming_convention = {'ck': 'ck_%(table_name)s_%(constraint_name)s'}\n"
        "from models import Base\n"
    )
    base, _, customer = probed.MODELS.partition("\n\n\nclass")
    models = (
        f"from base import *\nfrom sqlalchemy import CheckConstraint\n\n\nclass{customer}"
        "    __table_args__ = (CheckConstraint('id > 0', name='positive'),)\n"
    )
    project = Probed(folder, env + probed.OFFLINE, options=UNNAMED).make(models)
    project.write("base.py", base.replace("naming_convention=", "info=") + "\n")
    with project.probe() as probe:
        before = probe.ask("fingerprint")
        assert probe.ask("create", place=place(database)) == []
        assert probe.ask("fingerprint") == before
    found = database.query(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'customer'::regclass AND contype = 'c'"
    )
    assert [row[0] for row in found] == ["ck_customer_positive"]


def test_env_py_is_told_the_target_of_the_project(folder: Path, database: Database) -> None:
    """An env.py that uses the target to choose a branch needs the right one."""
    env = (
        "from alembic import context\nfrom models import Base\n"
        "assert context.config.cmd_opts.revision == 'shop@head'\n"
    )
    options = {**UNNAMED, "target": "shop@head"}
    project = Probed(folder, env + probed.OFFLINE, options=options).make()
    with project.probe() as probe:
        assert probe.ask("create", place=place(database)) == []
    assert columns(database) == ["id", "name", "pk_customer"]


def _customer() -> str:
    return (
        "from models import Base\n\nclass Customer" + probed.MODELS.partition("class Customer")[2]
    )


def test_an_env_py_that_swallows_errors_is_ended(folder: Path, database: Database) -> None:
    handled = "\n".join(f"    {line}" for line in probed.OFFLINE.strip().splitlines())
    env = f"from alembic import context\nfrom models import Base\ntry:\n{handled}\n"
    env += "except Exception:\n    pass\n"
    with Probed(folder, env, options=UNNAMED).make().probe() as probe:
        assert probe.ask("create", place=place(database)) == []
    assert columns(database) == ["id", "name", "pk_customer"]


@pytest.mark.parametrize(
    ("env", "kind", "message"),
    [
        ("raise ValueError('not here')", "no-target", "not here"),
        ("from models import Base", "no-models", "no target_metadata"),
        (
            "from alembic import context\ncontext.configure(dialect_name='postgresql')",
            "no-models",
            "no target_metadata",
        ),
    ],
)
def test_an_env_py_without_models_is_told(folder: Path, env: str, kind: str, message: str) -> None:
    project = Probed(folder, env, options=UNNAMED).make()
    with project.probe() as probe, pytest.raises(RefusedError, match=message) as refused:
        probe.ask("fingerprint")
    assert refused.value.kind == kind


def test_an_env_py_that_connects_is_told_and_can_be_run_afterwards(
    folder: Path, database: Database
) -> None:
    """The env.py cannot print SQL; it gets a scratch database when the error asks for one."""
    project = Probed(folder, probed.SYNC, options=UNNAMED).make()
    with project.probe() as probe:
        with pytest.raises(RefusedError) as refused:
            probe.ask("fingerprint")
        assert refused.value.kind == "nowhere"
        assert probe.ask("fingerprint", at=place(database)).startswith("sha256:")
        assert columns(database) == []
        probe.ask("upgrade", place=place(database), revision="heads")
    assert columns(database) == ["id", "name", "pk_customer"]


def test_an_env_py_may_name_the_models_only_where_it_connects(
    folder: Path, database: Database
) -> None:
    offline = (
        "from alembic import context\nif context.is_offline_mode():\n    context.configure()\n"
    )
    project = Probed(folder, offline + probed.ASYNC, options=UNNAMED).make()
    with project.probe() as probe:
        with pytest.raises(RefusedError, match="no target_metadata"):
            probe.ask("fingerprint")
        assert probe.ask("fingerprint", at=place(database)).startswith("sha256:")


@pytest.mark.parametrize(("do", "given"), [("start", {"function": "begin:begin"}), ("create", {})])
def test_tables_are_made_in_the_application(
    folder: Path, database: Database, do: str, given: dict[str, str]
) -> None:
    """Flask-SQLAlchemy's ``db.create_all`` and listeners of models need the application context."""
    project = Probed(folder, "from flask import current_app\n" + probed.SYNC).make()
    project.write(
        "app.py", "from flask import Flask\ndef create_app():\n    return Flask('shop')\n"
    )
    project.write(
        "begin.py",
        "from models import Base\n\ndef begin(bind):\n    Base.metadata.create_all(bind)\n",
    )
    listening = "\nfrom flask import current_app\nfrom sqlalchemy import event\n"
    listening += (
        "event.listen(Customer.__table__, 'before_create', lambda *a, **k: current_app.name)\n"
    )
    with (folder / "models.py").open("a") as file:
        file.write(listening)
    with project.probe() as probe:
        probe.ask(do, place=place(database), **given)
    assert columns(database) == ["id", "name", "pk_customer"]


def test_a_listener_to_the_models_may_ask_the_database(folder: Path, database: Database) -> None:
    project = Probed(folder, probed.SYNC).make()
    with (folder / "models.py").open("a") as file:
        file.write(
            "\nfrom sqlalchemy import event, text\n\ndef ask(_, connection, **more):\n"
            "    assert connection.execute(text('SELECT :a + 1'), {'a': 1}).scalar() == 2\n\n"
            "event.listen(Base.metadata, 'before_create', ask)\n"
        )
    with project.probe() as probe:
        assert probe.ask("create", place=place(database)) == []
    assert columns(database) == ["id", "name", "pk_customer"]


def test_objects_are_handed_to_env_py_as_attributes(folder: Path, database: Database) -> None:
    """Programs put objects into config.attributes before they call Alembic, for env.py to read."""
    env = probed.SYNC.replace(
        "with create_engine",
        "assert context.config.attributes['shop'].name == 'corner'\nwith create_engine",
    )
    project = Probed(folder, env, options={"attributes": ["shop=begin:shop"]}).make()
    project.write("begin.py", "from types import SimpleNamespace as S\nshop = S(name='corner')\n")
    with project.probe() as probe:
        probe.ask("upgrade", place=place(database), revision="heads")
        project.write("begin.py", "")
    assert columns(database) == ["id", "name", "pk_customer"]
