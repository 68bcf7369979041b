"""The probe runs the project's own Python with the project's env.py."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from psycopg.pq import Conninfo

from schemaproof.errors import ProjectCodeError
from schemaproof.probe.client import RefusedError
from schemaproof_testing import probed
from schemaproof_testing.probed import Probed, columns, place
from schemaproof_testing.servers import Database, create_database

OPTIONS = {
    **dict.fromkeys(("rev_id", "branch_label", "version_path", "depends_on")),
    "message": "What the models ask for",
    "head": "head",
    "splice": False,
}
RECIPES = {
    "sync": probed.SYNC,
    "from the configuration": probed.FROM_CONFIG,
    "async": probed.ASYNC,
    "a connection that may be handed over": probed.HANDED_OVER,
    "a connection that has to be handed over": probed.DEMANDED,
    "a transaction that is its caller's": probed.LEFT_TO_ITS_CALLER,
    "awaited from a worker thread of AnyIO": probed.FROM_A_WORKER_THREAD,
    "prints": 'print("imported")\nimport os\nos.write(1, b"to the standard output")\n'
    + probed.SYNC,
}
# These are added to the variables that libpq itself lists.
MORE_VARIABLES = {"PGSERVICEFILE": "/nowhere", "PGDATESTYLE": "German"}


MORE_VARIABLES |= dict.fromkeys(("PGTZ", "PGGEQO", "PGSYSCONFDIR"), "nonsense")


LOOK_AROUND = (
    "import os; import psycopg2; psycopg2.connect('').close();"
    " assert op.get_bind().exec_driver_sql('SHOW DateStyle').scalar() == 'ISO, MDY'"
)


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_env_py_reaches_the_scratch_database(
    folder: Path, database: Database, recipe: str
) -> None:
    project = Probed(folder, RECIPES[recipe]).make()
    with project.probe() as probe:
        assert [one["id"] for one in probe.ask("revisions")] == ["a1", "a2"]
        probe.ask("upgrade", place=place(database), revision="a1")
        assert columns(database) == ["id", "pk_customer"], "the naming convention is env.py's"
        probe.ask("upgrade", place=place(database), revision="heads")
        assert columns(database) == ["id", "name", "pk_customer"]
        probe.ask("downgrade", place=place(database), revision="base")
        assert columns(database) == []


def test_an_env_py_that_awaits_is_handed_a_driver_that_can(
    folder: Path, database: Database
) -> None:
    """Two drivers are installed, and the configuration names no database."""
    env = probed.ASYNC.replace(
        '"postgresql+asyncpg://no:body@nowhere.invalid/live"',
        'context.config.get_main_option("sqlalchemy.url")',
    )
    with Probed(folder, env).make().probe() as probe:
        probe.ask("upgrade", place=place(database), revision="heads")
    assert columns(database) == ["id", "name", "pk_customer"]


@pytest.mark.parametrize("env", [probed.DEMANDED, probed.LEFT_TO_ITS_CALLER])
def test_a_connection_is_handed_over_where_the_only_driver_is_awaited(
    folder: Path, database: Database, monkeypatch: pytest.MonkeyPatch, env: str
) -> None:
    project = Probed(folder, env).make()
    hidden = "import sys\nfor name in ('psycopg2', 'psycopg', 'pg8000'):\n"
    project.write("site/sitecustomize.py", f"{hidden}    sys.modules[name] = None\n")
    monkeypatch.setenv("PYTHONPATH", str(folder / "site"))
    with project.probe() as probe:
        assert probe.ask("describe")["drivers"] == ["asyncpg"]
        probe.ask("upgrade", place=place(database), revision="heads")
    assert columns(database) == ["id", "name", "pk_customer"]


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg", "asyncpg"])
def test_what_drivers_take_from_the_environment_does_not_hold(
    folder: Path, database: Database, monkeypatch: pytest.MonkeyPatch, driver: str
) -> None:
    """The variables affect neither an engine nor a connection that a revision opens."""
    env = probed.SYNC.replace("+psycopg2", f"+{driver}") if driver != "asyncpg" else probed.ASYNC
    project = Probed(folder, env).make()
    project.revision("a3", "a2", LOOK_AROUND)
    known = [one.envvar.decode() for one in Conninfo.get_defaults() if one.envvar]
    with project.probe() as probe:
        with monkeypatch.context() as environ:
            for name, value in {**dict.fromkeys(known, "nonsense"), **MORE_VARIABLES}.items():
                environ.setenv(name, value)
            assert probe.ask("describe")
        probe.ask("upgrade", place=place(database), revision="heads")
    assert columns(database) == ["id", "name", "pk_customer"]


def test_an_env_py_may_hand_the_url_to_the_configuration_as_it_is(
    folder: Path, database: Database
) -> None:
    """A % begins a placeholder in the configuration; this URL contains several."""
    env = "import os\nfrom alembic import context\n"
    env += "context.config.set_main_option('sqlalchemy.url', os.environ['SHOP_URL'])\n"
    project = Probed(folder, env + probed.FROM_CONFIG, options={"variables": ("SHOP_URL",)}).make()
    with project.probe() as probe:
        probe.ask("upgrade", place=place(database), revision="heads")
    assert columns(database) == ["id", "name", "pk_customer"]


def test_an_engine_with_a_creator_is_refused(folder: Path, database: Database) -> None:
    """The engine connects to another database, where nothing is done."""
    with create_database(database.server) as other:
        connect = f"psycopg2.connect({other.url.render_as_string(hide_password=False)!r})"
        env = probed.SYNC.replace(
            '"postgresql+psycopg2://no:body@nowhere.invalid/live"',
            f'"postgresql+psycopg2://", creator=lambda: {connect.replace("+psycopg2", "")}',
        )
        project = Probed(folder, "import psycopg2\n" + env).make()
        with project.probe() as probe, pytest.raises(RefusedError, match="creator") as refused:
            probe.ask("upgrade", place=place(database), revision="heads")
        assert refused.value.kind == "elsewhere"
        assert columns(other) == columns(database) == []


def test_a_refusal_that_env_py_swallows_is_still_one(folder: Path, database: Database) -> None:
    env = "from alembic import context\nfrom sqlalchemy import create_engine\ntry:\n"
    env += "    create_engine('sqlite:////usr/live.db').connect()\nexcept Exception:\n    pass\n"
    project = Probed(folder, env + probed.SYNC).make()
    with project.probe() as probe, pytest.raises(RefusedError, match="sqlite"):
        probe.ask("upgrade", place=place(database), revision="heads")


def test_an_env_py_that_connects_to_nothing_is_told(folder: Path, database: Database) -> None:
    project = Probed(folder, "from models import Base\n").make()
    with project.probe() as probe, pytest.raises(RefusedError) as refused:
        probe.ask("upgrade", place=place(database), revision="heads")
    assert refused.value.kind == "unconnected"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os; os._exit(3)", "exit status 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "signal 11"),
    ],
)
def test_a_project_that_ends_the_process_is_one_error_with_its_last_words(
    folder: Path, database: Database, code: str, message: str
) -> None:
    project = Probed(folder, f"print('last words', flush=True)\n{code}\n").make()
    with project.probe() as probe, pytest.raises(ProjectCodeError) as failure:
        probe.ask("upgrade", place=place(database), revision="heads")
    assert message in str(failure.value)
    assert "last words" in str(failure.value)
    log = Path(str(failure.value).partition("log: ")[2].partition(")")[0])
    assert "last words" in log.read_text("utf-8")
    log.unlink()


def test_models_that_end_the_process_are_one_error(folder: Path) -> None:
    project = Probed(folder, probed.SYNC).make("import os\nos._exit(4)\n")
    with project.probe() as probe, pytest.raises(ProjectCodeError, match="exit status 4"):
        probe.ask("fingerprint")


def test_a_project_that_hangs_ends_with_the_block(folder: Path) -> None:
    alive = folder / "alive"
    models = (
        f"import os, time\nopen({str(alive)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n"
    )
    project = Probed(folder, probed.SYNC).make(models)

    def interrupt() -> None:
        while not alive.exists() or not alive.read_text():
            time.sleep(0.01)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt), project.probe() as probe:
        probe.ask("fingerprint")
    with pytest.raises(ProcessLookupError):
        os.kill(int(alive.read_text()), 0)


def test_what_models_ask_for_is_written(folder: Path, database: Database) -> None:
    models = probed.MODELS + "    age = Column(Integer)\n"
    project = Probed(folder, probed.SYNC).make(models)
    with project.probe() as probe:
        probe.ask("upgrade", place=place(database), revision="heads")
        asked = {"place": place(database), "options": OPTIONS}
        written = probe.ask("write", **asked, changes=[probed.AGE])
        text = Path(written["files"][0]["path"]).read_text()
        assert "op.add_column('customer', sa.Column('age', sa.Integer()" in text
        assert written["notes"] == []
        probe.ask("upgrade", place=place(database), revision="heads")
        assert probe.ask("write", **asked, changes=[probed.AGE]) is None
        assert probe.ask("write", **asked, changes=[]) is None


@pytest.mark.parametrize("default", ["sa.Computed('id * 2')", "sa.Identity()"])
def test_what_is_no_default_does_not_hinder_a_revision(
    folder: Path, database: Database, default: str
) -> None:
    """Alembic cannot pass such a value to a function that compares defaults."""
    special = f"sa.Column('special', sa.Integer(), {default})"
    project = Probed(folder, probed.SYNC).make(
        f"import sqlalchemy as sa\n{probed.MODELS}    special = {special}\n"
        "    more = Column(Integer)\n"
    )
    project.revision("a3", "a2", f"op.add_column('customer', {special})")
    with project.probe() as probe:
        probe.ask("upgrade", place=place(database), revision="heads")
        more = {**probed.AGE, "names": ["public", "customer", "more"]}
        written = probe.ask("write", place=place(database), options=OPTIONS, changes=[more])
    upgrade = Path(written["files"][0]["path"]).read_text("utf-8").partition("def downgrade")[0]
    assert "add_column('customer', sa.Column('more'" in upgrade
    assert "special" not in upgrade


def test_include_object_of_env_py_is_heeded(folder: Path, database: Database) -> None:
    env = probed.SYNC.replace(
        "Base.metadata)", "Base.metadata, include_object=lambda o, name, *_: name != 'age')"
    )
    project = Probed(folder, env).make(probed.MODELS + "    age = Column(Integer)\n")
    with project.probe() as probe:
        probe.ask("upgrade", place=place(database), revision="heads")
        written = probe.ask("write", place=place(database), options=OPTIONS, changes=[probed.AGE])
        assert written is None
