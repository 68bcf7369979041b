"""``monps-db revision`` writes the revision and its snapshot, or nothing."""

import json
import re
from pathlib import Path

import pytest

from schemaproof_testing.project import CONFIGURATION, Outcome, Programs, revisions

pytestmark = pytest.mark.slow

HEAD = revisions()[-1]
COLUMN = "Odds.__table__.append_column(Column('weather', Text))"
HIDDEN = "event.listen(Base.metadata, 'after_create', DDL('CREATE TABLE quantum.by_ddl (id int)'))"


@pytest.fixture
def changed(programs: Programs, own_history: Path) -> Path:
    """A module that changes the models, to be written by the test, beside a copy of the history."""
    (programs.folder / "pyproject.toml").write_text(
        f'{CONFIGURATION}metadata = "changed:Base.metadata"\n', "utf-8"
    )
    change(own_history.with_name("changed.py"), "")
    return own_history.with_name("changed.py")


def change(file: Path, statement: str) -> None:
    file.write_text(
        "from sqlalchemy import DDL, Column, Text, event\n"
        f"from models import Base, Odds\n{statement}\n",
        "utf-8",
    )


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in (folder / "migrations").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def caches(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.pyc") if "_failing" in path.name]


def revision(programs: Programs, *arguments: str, **environ: str) -> Outcome:
    # There are no settings of a target, because none is needed and none may be used.
    scratch = {"DB_SCRATCH_URL": programs.environ["DB_SCRATCH_URL"]}
    return Programs(programs.folder, scratch).monps_db("revision", *arguments, **environ)


def test_the_whole_step_is_made_and_shown(programs: Programs, changed: Path) -> None:
    change(changed, COLUMN)
    outcome = revision(programs, "-m", "Add the weather", "--rev-id", "aaaaaaaaaaaa")
    assert (outcome.code, outcome.err) == (0, "")
    wrote, recorded, shown = outcome.out.splitlines()
    assert "op.add_column('odds'" in Path(wrote.removeprefix("wrote ")).read_text("utf-8")
    snapshot = json.loads(Path(recorded.removeprefix("recorded ")).read_text("utf-8"))
    assert snapshot["revision"] == "aaaaaaaaaaaa"
    assert snapshot["models"] is not None
    assert re.fullmatch(r"  \+ public\.odds\.weather  text NULL", shown)


INDEXED = "Odds.__table__.append_column(Column('weather', Text, index=True))"


@pytest.mark.parametrize(("plain", "count"), [((), 2), (("--plain",), 1)])
def test_an_index_has_a_revision_of_its_own_unless_it_is_plain(
    programs: Programs, changed: Path, plain: tuple[str, ...], count: int
) -> None:
    change(changed, INDEXED)
    outcome = revision(programs, "-m", "Add the weather", *plain)
    assert (outcome.code, outcome.err) == (0, "")
    files = [line.removeprefix("wrote ") for line in outcome.out.splitlines() if "wrote" in line]
    texts = [Path(file).read_text("utf-8") for file in files]
    assert len(texts) == count
    assert ("postgresql_concurrently=True" in texts[-1]) == (not plain)
    assert revision(programs, "-m", "Nothing").out.startswith("nothing was written")


@pytest.mark.usefixtures("migrated")
def test_afterwards_the_new_revision_is_all_that_is_pending(
    programs: Programs, changed: Path
) -> None:
    change(changed, COLUMN)
    assert revision(programs, "-m", "Add the weather").code == 0
    outcome = programs.monps_db("check")
    assert outcome.code == 3
    assert "Add the weather. Creates public.odds.weather.\n" in outcome.out
    assert outcome.out.endswith("pending: 1\n")


def test_nothing_is_written_when_the_models_ask_for_nothing(
    programs: Programs, changed: Path
) -> None:
    before = files(changed.parent)
    outcome = revision(programs, "-m", "Nothing").succeeded()
    assert outcome.out.startswith("nothing was written")
    assert files(changed.parent) == before


@pytest.mark.parametrize(
    "statement", [HIDDEN, f"{HIDDEN}\n{COLUMN}"], ids=["alone", "among others"]
)
def test_what_autogenerate_did_not_write_is_said(
    programs: Programs, changed: Path, statement: str
) -> None:
    change(changed, statement)
    outcome = revision(programs, "-m", "A table made by DDL")
    assert outcome.code == 1
    assert "not written, although the models ask for it:\n  + quantum.by_ddl" in outcome.out
    written = list(changed.parent.glob("migrations/versions/*_a_table_made_by_ddl.py"))
    assert len(written) == (1 if COLUMN in statement else 0)


def test_an_empty_one_waits_to_be_filled_in_and_is_no_tampering_then(
    programs: Programs, changed: Path
) -> None:
    revision(programs, "--empty", "-m", "By hand", "--rev-id", "bbbbbbbbbbbb").succeeded()
    [file] = changed.parent.glob("migrations/versions/*_by_hand.py")
    file.write_text(
        file.read_text("utf-8").replace("    pass", "    op.execute('SELECT 1')"), "utf-8"
    )
    check = programs.monps_db("check", "--offline")
    assert (check.code, "snapshot-missing bbbbbbbbbbbb" in check.out) == (1, True)
    assert programs.monps_db("snapshot").code == 0
    assert programs.monps_db("check", "--offline").code == 0


@pytest.mark.parametrize(
    ("arguments", "environ", "code"),
    [
        (["--rev-id", HEAD], {}, 2),
        (["--head", "0123456789ab"], {}, 2),
        (["--head", "c1f6a83d9b05"], {}, 2),
        (["--depends-on", "0123456789ab"], {}, 2),
        (["--rev-id", "a@b"], {}, 2),
        ([], {"DB_SCRATCH_URL": "postgresql://nobody@localhost:1/none"}, 6),
    ],
    ids=["a known id", "unknown head", "not a head", "unknown need", "bad id", "no scratch server"],
)
def test_what_cannot_be_is_one_line_and_leaves_no_file(
    programs: Programs, changed: Path, arguments: list[str], environ: dict[str, str], code: int
) -> None:
    change(changed, COLUMN)
    before = files(changed.parent)
    outcome = revision(programs, "-m", "failing", *arguments, **environ)
    assert outcome.code == code, outcome.text
    assert outcome.err.count("\n") == 1
    assert (files(changed.parent), caches(changed.parent)) == (before, [])


def put_into_template(folder: Path, line: str) -> None:
    template = folder / "migrations" / "script.py.mako"
    is_run = line.startswith(("raise", "op"))
    old = "def upgrade() -> None:" if is_run else "from __future__ import annotations"
    new = f"{old}\n    {line}" if is_run else f"{old}\n{line}"
    template.write_text(template.read_text("utf-8").replace(old, new), "utf-8")


@pytest.mark.parametrize("line", ["import nowhere", "("], ids=["imports", "is no Python"])
def test_what_is_no_revision_leaves_no_file(programs: Programs, changed: Path, line: str) -> None:
    change(changed, COLUMN)
    put_into_template(changed.parent, line)
    before = files(changed.parent)
    outcome = revision(programs, "-m", "failing")
    assert outcome.code == 6
    assert outcome.err.count("\n") == 1, outcome.err
    assert (files(changed.parent), caches(changed.parent)) == (before, [])


@pytest.mark.parametrize(
    "line",
    ["raise RuntimeError('no')", "op.execute('CREATE TABLE odds ()')"],
    ids=["raises", "SQL fails"],
)
def test_a_revision_that_fails_in_scratch_keeps_its_file_to_be_corrected(
    programs: Programs, changed: Path, line: str
) -> None:
    change(changed, COLUMN)
    put_into_template(changed.parent, line)
    before = files(changed.parent)
    outcome = revision(programs, "-m", "failing")
    assert outcome.code == 6
    assert outcome.err.count("\n") == 1, outcome.err
    [file] = set(files(changed.parent)) - set(before)
    assert f"{changed.parent / file} was written, but does not work: " in outcome.err


@pytest.mark.parametrize("name", ["versions", "snapshots"])
def test_a_disk_that_is_full_leaves_no_file(programs: Programs, changed: Path, name: str) -> None:
    change(changed, COLUMN)
    before = files(changed.parent)
    # This is the largest size of a file: too small for the revision, or for the snapshot.
    blocks = {"versions": 0, "snapshots": 4}[name]
    scratch = {"DB_SCRATCH_URL": programs.environ["DB_SCRATCH_URL"], "PYTHONDONTWRITEBYTECODE": "1"}
    limited = Programs(programs.folder, scratch)
    command = " ".join(limited.command("monps-db", "revision", "-m", "failing"))
    outcome = limited.shell(f"ulimit -f {blocks}; exec {command}")
    assert outcome.code == 6
    assert "cannot be written: File too large" in outcome.err
    assert outcome.err.count("\n") == 1
    assert files(changed.parent) == before


def test_what_was_recorded_of_the_head_has_to_hold(programs: Programs, changed: Path) -> None:
    change(changed, COLUMN)
    [head] = changed.parent.glob(f"migrations/versions/*{HEAD}*.py")
    text = head.read_text("utf-8")
    edited = text.replace('["commence_time", "id"]', '["commence_time"]')
    assert edited != text
    head.write_text(edited, "utf-8")
    before = files(changed.parent)
    outcome = revision(programs, "-m", "failing")
    assert outcome.code == 4
    assert outcome.err.startswith(
        f"monps-db: revision {HEAD} does not produce the schema of its snapshot"
    )
    assert files(changed.parent) == before


def test_what_a_killed_run_left_is_not_taken_for_what_the_models_asked_for(
    programs: Programs, changed: Path
) -> None:
    change(changed, COLUMN)
    killing = (
        "import os, sys\n"
        "from schemaproof.history import new_snapshots\n"
        "new_snapshots.recorded = lambda *_, **__: os._exit(137)\n"
        "from cli.entry import main\n"
        "sys.argv = ['monps-db', 'revision', '-m', 'Add the weather', '--rev-id', 'aaaaaaaaaaaa']\n"
        "main()\n"
    )
    assert programs.run("python", "-c", killing).code == 137
    [left] = changed.parent.glob("migrations/versions/*_add_the_weather.py")
    again = revision(programs, "-m", "Add the weather")
    assert (again.code, again.out, again.err.count("\n")) == (6, "", 1)
    assert left.name in again.err
    left.unlink()
    assert revision(programs, "-m", "Add the weather").code == 0
