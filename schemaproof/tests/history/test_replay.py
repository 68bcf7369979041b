"""Each revision is recorded with what it needs and nothing else, and few run more than once."""

from pathlib import Path

import pytest

from schemaproof.history import replay
from schemaproof.history.history import read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof_testing import probed, written
from schemaproof_testing.servers import Database

# By name: what each revision follows. After it: how many run more often than once.
HISTORIES: dict[str, tuple[dict[str, str], int]] = {
    "a line": ({"a": "", "b": "a", "c": "b"}, 0),
    "a branch that is merged": ({"a": "", "b": "a", "c": "a", "m": "b c", "n": "m"}, 1),
    "a long and a short branch": (
        {"a": "", "b": "a", "c": "b", "d": "c", "e": "a", "m": "d e", "n": "m"},
        1,
    ),
    "a branch within a branch": (
        {"a": "", "b": "a", "c": "b", "d": "b", "e": "c d", "f": "a", "m": "e f"},
        2,
    ),
    "branches that are merged crosswise": (
        {"a": "", "b": "a", "c": "a", "d": "a", "m": "b c", "n": "c d", "o": "m n"},
        8,
    ),
    "three heads": ({"a": "", "b": "a", "c": "a", "d": "a", "e": "d"}, 0),
    "three bases, two of them merged": ({"a": "", "b": "", "c": "", "m": "a b"}, 1),
}


@pytest.mark.parametrize("shape", HISTORIES)
def test_a_revision_is_recorded_with_what_it_needs(
    folder: Path, database: Database, shape: str
) -> None:
    follows, again = HISTORIES[shape]
    found = _replayed(folder, database, follows)
    assert found == {name: _needed(follows, name) for name in follows}
    runs = (folder / "runs").read_text().split()
    assert set(runs) == set(follows)
    assert len(runs) <= len(follows) + again


def test_only_what_is_wanted_is_returned(folder: Path, database: Database) -> None:
    follows, _ = HISTORIES["a branch within a branch"]
    found = _replayed(folder, database, follows, wanted={"d", "e"})
    assert found == {"d": {"a", "b", "d"}, "e": {"a", "b", "c", "d", "e"}}
    assert "f" not in (folder / "runs").read_text().split()


def _needed(follows: dict[str, str], name: str) -> set[str]:
    parents = follows[name].split()
    return {name}.union(*(_needed(follows, parent) for parent in parents))


def _replayed(
    folder: Path, database: Database, follows: dict[str, str], wanted: set[str] | None = None
) -> dict[str, set[str]]:
    """Replay a history; return the tables that each snapshot holds."""
    made = written.make(folder, database)
    for name, parents in follows.items():
        body = f"open({str(folder / 'runs')!r}, 'a').write('{name} '); op.create_table('{name}')"
        made.files.revision(name, tuple(parents.split()) or None, body)
    with ProjectProbe(made.project) as probe:
        files = read_revisions(made.project, probe)
        states = replay.replayed(probe, files, wanted=wanted)
    return {
        name: {table for _, table in state.snapshot.relation_names()}
        for name, state in states.items()
    }


def test_revisions_are_where_env_py_says(folder: Path, database: Database) -> None:
    env = probed.SYNC.replace(
        "from models import Base\n",
        "from models import Base\nimport os\ncontext.script.version_locations ="
        " [os.path.join(os.path.dirname(__file__), 'elsewhere')]\n",
    )
    made = written.make(folder, database, env)
    (folder / "alembic" / "versions").rename(folder / "alembic" / "elsewhere")
    made.files.write(
        "alembic/elsewhere/a_.py",
        "from alembic import op\nrevision, down_revision = 'a', None\n\n"
        "def upgrade():\n    op.create_table('thing')\n",
    )
    with ProjectProbe(made.project) as probe:
        states = replay.replayed(probe, read_revisions(made.project, probe))
    assert [*states["a"].snapshot.relation_names()] == [("public", "thing")]
