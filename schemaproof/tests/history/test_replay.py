"""Snapshots are recorded with the revisions that each one needs; few revisions run twice."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from schemaproof.errors import HistoryError
from schemaproof.history import replay
from schemaproof.history.history import read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof_testing import probed, written
from schemaproof_testing.servers import Database

# For each name: the revisions that each revision follows, and how many runs are repeated.
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


LINE = {f"r{number}": f"r{number - 1}" if number else "" for number in range(25)}
SECOND = [*LINE][15:]
"""What the second line takes."""


@pytest.mark.slow
def test_of_a_long_line_the_second_half_runs_at_the_same_time(
    folder: Path, database: Database
) -> None:
    found = _replayed(folder, database, LINE)
    assert found == {name: _needed(LINE, name) for name in LINE}
    runs = Counter((folder / "runs").read_text().split())
    assert runs == {name: 1 if name in SECOND else 2 for name in LINE}


LEFT_TO_THE_NEXT = {
    "a schema": {
        "r3": "; op.execute('CREATE SCHEMA other'); op.execute('SET search_path TO other, public')"
    },
    "what it fails by": {
        "r3": "; import sys; sys.left = 1",
        "r4": "; import sys; assert not hasattr(sys, 'left')",
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("left", LEFT_TO_THE_NEXT)
def test_where_one_run_leads_elsewhere_nothing_goes_on_from_there(
    folder: Path, database: Database, left: str
) -> None:
    found = _replayed(folder, database, LINE, bodies=LEFT_TO_THE_NEXT[left])
    assert found == {name: _needed(LINE, name) for name in LINE}


@pytest.mark.slow
@pytest.mark.parametrize("failing", ["r2", "r20"])
def test_a_revision_fails_in_either_line(folder: Path, database: Database, failing: str) -> None:
    with pytest.raises(HistoryError, match=f"{failing}.*impossible"):
        _replayed(folder, database, LINE, bodies={failing: "; op.execute('SELECT impossible')"})
    left = "SELECT count(*) FROM pg_database WHERE datname ~ '^schemaproof_scratch_'"
    assert database.query(left) == [(0,)]


def _needed(follows: dict[str, str], name: str) -> set[str]:
    parents = follows[name].split()
    return {name}.union(*(_needed(follows, parent) for parent in parents))


def _replayed(
    folder: Path,
    database: Database,
    follows: dict[str, str],
    wanted: set[str] | None = None,
    bodies: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, set[str]]:
    """Replay a history; return the tables in each snapshot."""
    made = written.make(folder, database)
    for name, parents in follows.items():
        body = f"open({str(folder / 'runs')!r}, 'a').write('{name} '); op.create_table('{name}')"
        body += bodies.get(name, "")
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
        [printed] = probe.statements(["a"])["a"][0]
    assert [*states["a"].snapshot.relation_names()] == [("public", "thing")]
    assert "CREATE TABLE thing" in printed.sql
