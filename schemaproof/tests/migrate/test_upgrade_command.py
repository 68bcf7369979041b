"""The commands ``monps-db upgrade``, ``downgrade`` and ``history``."""

import json

import pytest

from schemaproof_testing.project import Alembic, Programs, revisions
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

HEAD = revisions()[-1]


def test_a_line_per_revision_says_which_how_long_and_what_it_led_to(programs: Programs) -> None:
    outcome = programs.monps_db("upgrade")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert [line.split(" ")[:3] for line in lines] == [
        [f"{number}/{len(revisions())}", "upgrade", revision]
        for number, revision in enumerate(revisions(), start=1)
    ]
    assert all(" s): in sync: " in line for line in lines)


@pytest.mark.usefixtures("migrated")
def test_at_head_there_is_nothing_to_do(programs: Programs) -> None:
    outcome = programs.monps_db("upgrade", "head")
    assert (outcome.code, outcome.out) == (0, "nothing to do\n")


@pytest.mark.usefixtures("migrated")
def test_relative_revisions_are_understood(programs: Programs) -> None:
    assert programs.monps_db("downgrade", "-2").code == 0
    assert programs.monps_db("upgrade", "+1").code == 0
    assert f"pending:   {HEAD}\n" in programs.monps_db("status").out


def test_sql_is_printed_and_nothing_is_run(database: Database, programs: Programs) -> None:
    outcome = programs.monps_db("upgrade", "--sql", DB_HOST="/nowhere").succeeded()
    assert "CREATE TABLE quantum.team_quantum_dna" in outcome.out
    assert outcome.out.startswith("SET client_encoding TO 'UTF8';\n")
    assert database.query("SELECT to_regclass('public.alembic_version')")[0] == (None,)


def test_a_terminal_shows_how_far_it_is(programs: Programs) -> None:
    seen = "\n".join(programs.lines_on_terminal(120, "monps-db", "upgrade"))
    assert "upgrade abbc4f65c12b Mark the existing database." in seen
    assert f"{len(revisions())}/{len(revisions())}" in seen


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["downgrade"], 2, "Missing argument 'REVISION'"),
        (["upgrade", "--allow", "all", "--reason", "x"], 2, "'all' cannot be allowed"),
        (["upgrade", "--allow", "drift"], 2, "allowing drift needs a reason"),
        (["upgrade", "nothing"], 6, "Can't locate revision identified by 'nothing'"),
        (["downgrade", "base", "--sql"], 6, "requires <fromrev>:<torev>"),
    ],
)
def test_bad_arguments_give_one_line(
    programs: Programs, arguments: list[str], code: int, message: str
) -> None:
    outcome = programs.monps_db(*arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_drift_refuses_with_the_exit_code_of_drift(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade("c1f6a83d9b05")
    database.execute("ALTER TABLE quantum.team_quantum_dna ADD COLUMN mine int")
    assert programs.monps_db("upgrade").code == 1
    programs.monps_db("upgrade", "--allow", "drift", "--reason", "it is known").succeeded()
    assert "allowed:  drift: it is known" in programs.monps_db("history").out


@pytest.mark.usefixtures("own_history")
def test_tampering_refuses_with_the_exit_code_of_tampering(programs: Programs) -> None:
    [file] = (programs.folder / "migrations" / "versions").glob(f"*{HEAD}*")
    file.write_text(file.read_text("utf-8") + "# changed\n", "utf-8")
    outcome = programs.monps_db("upgrade")
    assert outcome.code == 4
    assert f"revision-file-changed {HEAD}" in outcome.err


def test_history_shows_every_step_oldest_first(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade()
    Alembic(database).downgrade("-1")
    lines = programs.monps_db("history").out.splitlines()
    steps = [line.split(" ")[4:6] for line in lines if not line.startswith(" ")]
    assert steps == [*(["upgrade", one] for one in revisions()), ["downgrade", HEAD]]


def test_history_narrows_to_a_revision_and_to_failures(
    database: Database, programs: Programs
) -> None:
    database.execute("CREATE SCHEMA quantum; CREATE TABLE quantum.team_quantum_dna ()")
    assert programs.monps_db("upgrade").code == 6
    rows = json.loads(programs.monps_db("history", "--failed", "--format", "json").out)
    assert [(row["revision"], row["error"]) for row in rows] == [
        ("3d5a71c08e42", 'relation "team_quantum_dna" already exists')
    ]
    narrowed = json.loads(programs.monps_db("history", "abbc", "--format", "json").out)
    assert [row["revision"] for row in narrowed] == ["abbc4f65c12b"]


def test_without_a_ledger_history_says_that_nothing_is_recorded(programs: Programs) -> None:
    outcome = programs.monps_db("history")
    assert (outcome.code, outcome.out) == (0, "no steps are recorded\n")
