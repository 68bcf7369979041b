"""What all revisions of a history have in common is done once, and not for each of them."""

from pathlib import Path

import pytest

from schemaproof.history import branches, record, replay
from schemaproof.history.history import read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof_testing import probed, written
from schemaproof_testing.servers import Database

ELSEWHERE = (
    "from models import Base\nimport os\n"
    "context.script.version_locations = [os.path.join(os.path.dirname(__file__), 'elsewhere')]\n"
)
pytestmark = pytest.mark.slow

IDS = ("a", "b", "c", "d")
RECIPES = {
    "env.py names the folder": probed.SYNC.replace("from models import Base\n", ELSEWHERE),
    "the configuration names the folder": probed.SYNC,
}


def _history(folder: Path, database: Database, env: str) -> written.WrittenProject:
    """Write a history; each time a file is loaded, its id is noted in the file ``loaded``."""
    made = written.make(folder, database, env)
    versions = folder / "alembic" / ("elsewhere" if "elsewhere" in env else "versions")
    versions.mkdir(exist_ok=True)
    for parent, one in zip((None, *IDS), IDS, strict=False):
        (versions / f"{one}_.py").write_text(
            f"from alembic import op\nrevision, down_revision = {one!r}, {parent!r}\n"
            f"open({str(folder / 'loaded')!r}, 'a').write({one!r})\n\n\n"
            f"def upgrade():\n    op.create_table('table_{one}')\n",
            "utf-8",
        )
    return made


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_revisions_are_loaded_once_for_all(
    folder: Path, database: Database, recipe: str
) -> None:
    made = _history(folder, database, RECIPES[recipe])
    with ProjectProbe(made.project) as probe:
        probe.load()
        loaded = (folder / "loaded").read_text("utf-8")
        files = read_revisions(made.project, probe)
        (folder / "loaded").unlink()
        states = replay.replayed(probe, files)
    assert (sorted(loaded), [*states]) == ([*IDS], [*IDS])
    assert not (folder / "loaded").exists()


def test_other_folders_that_env_py_sets_later_are_read_instead(
    folder: Path, database: Database
) -> None:
    """Without a connection this env.py names one folder, and with a connection another one."""
    online = "'elsewhere' if context.is_offline_mode() else 'versions'"
    made = _history(
        folder, database, RECIPES["env.py names the folder"].replace("'elsewhere'", online)
    )
    (folder / "alembic" / "versions").mkdir(exist_ok=True)
    made.files.write(
        "alembic/versions/other_.py",
        "from alembic import op\nrevision, down_revision = 'a', None\n\n"
        "def upgrade():\n    op.create_table('other')\n",
    )
    with ProjectProbe(made.project) as probe:
        probe.load()
        found = record.produced(probe, ["a"])
    assert [*found.relation_names()] == [("public", "other")]


def test_an_env_py_that_needs_a_worker_thread_is_run_without_one_only_once(
    folder: Path, database: Database
) -> None:
    env = f"open({str(folder / 'runs')!r}, 'a').write('x')\n{probed.FROM_A_WORKER_THREAD}"
    made = _history(folder, database, env)
    with ProjectProbe(made.project) as probe:
        probe.load()
        files = read_revisions(made.project, probe)
        (folder / "runs").unlink(missing_ok=True)
        replay.replayed(probe, files)
    runs = len((folder / "runs").read_text("utf-8"))
    # The models are asked for by further runs, whose number does not depend on the history.
    assert runs <= len(IDS) + 1 + 2


def test_the_whole_history_is_applied_by_one_process_while_others_apply_its_revisions(
    folder: Path, database: Database
) -> None:
    made = _history(folder, database, probed.SYNC)
    with ProjectProbe(made.project) as probe:
        files = read_revisions(made.project, probe)
        heads, _ = branches.target_heads(files, made.project.target)
        schemas = [record.produced(one, heads) for one in (probe.twin(), probe.twin(), probe)]
    assert schemas[0] == schemas[1] == schemas[2]
    assert len([*schemas[0].relation_names()]) == len(IDS)
