"""A role that may create in public made one of our tables first: none of its code runs."""

import subprocess
from contextlib import closing
from typing import Final

import pytest

from schemaproof.errors import TamperedHistoryError
from schemaproof.history import table_safety
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import PROJECT, Outcome
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database
from schemaproof_testing.strangers import (
    PLANTED,
    TABLE,
    VERSION,
    Mallory,
    mallory,
    said_so,
    superuser_database,
)

__all__ = ["mallory"]


COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    ("check",),
    ("status",),
    ("plan",),
    ("lint",),
    ("adopt", "--dry-run"),
    ("adopt",),
    ("upgrade",),
)


def refused(outcome: Outcome) -> bool:
    return outcome.code == 4 and said_so(outcome.err)


@pytest.mark.parametrize("table", [TABLE, VERSION])
@pytest.mark.parametrize("what", PLANTED)
def test_nothing_of_a_table_that_somebody_made_first_is_executed(
    mallory: Mallory, table: str, what: str
) -> None:
    make, message = PLANTED[what]
    mallory.does(make(table))
    with closing(mallory.database.connect_superuser()) as connection:
        found = table_safety.inspect_tables(
            connection, PROJECT.scope, {("public", table.removeprefix("public."))}
        )
    [one] = found.values()
    assert any(message in fault for fault in one.faults), one.faults
    assert not mallory.is_superuser()


@pytest.mark.slow
@pytest.mark.parametrize(("table", "what"), [(TABLE, "trigger"), (VERSION, "view")])
def test_every_command_refuses_what_somebody_made_first(
    mallory: Mallory, table: str, what: str
) -> None:
    mallory.does(PLANTED[what][0](table))
    for command in COMMANDS:
        outcome = mallory.programs.monps_db(*command)
        if command == ("check",):
            assert outcome.code == 4
            assert f"-altered {table}" in outcome.out
        else:
            assert refused(outcome), (command, outcome.text)
    if table == TABLE:
        assert refused(mallory.programs.monps_db("history"))
    alembic: list[tuple[str, ...]] = [
        ("current",),
        ("stamp", "head"),
        ("upgrade", "head"),
        ("stamp", "--purge", "head"),
    ]
    for command in alembic:
        outcome = mallory.programs.alembic(*command)
        assert outcome.code == 4, command
        assert said_so(outcome.out), (command, outcome.text)
        assert outcome.out.count("FAILED: ") == 1
    assert not mallory.is_superuser()


def test_what_a_script_would_write_into_is_looked_at_by_the_script(mallory: Mallory) -> None:
    printed = mallory.programs.monps_db("upgrade", "--sql").out
    mallory.does(PLANTED["trigger"][0](TABLE))
    with pytest.raises(subprocess.CalledProcessError) as failure:
        run_script(superuser_database(mallory.database), printed)
    assert "is not to be trusted: it belongs to mallory" in failure.value.stderr
    assert not mallory.is_superuser()


LATE: Final = """
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN new.version_num := repeat(''x'', 3); RETURN new; END';
CREATE TRIGGER late BEFORE UPDATE ON public.alembic_version
    FOR EACH ROW EXECUTE FUNCTION public.f();
"""


def test_a_trigger_made_while_a_revision_runs_is_seen_before_a_row_is_written(
    own_project: OwnProject, database: Database
) -> None:
    own_project.add("op.execute('CREATE TABLE public.one ()')")
    own_project.add(f"op.execute({LATE!r})")
    with pytest.raises(TamperedHistoryError, match="it has the trigger late"):
        own_project.upgrade(database)
    assert rows(database, "revision, outcome")[0] == ("r1", "done")
    own_project.stamp(database, "r1")  # The trigger was rolled back with the step.


def test_what_a_step_wrote_to_the_version_table_is_read_back(
    own_project: OwnProject, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_project.add("op.execute('CREATE TABLE public.one ()')")
    own_project.add(f"op.execute({LATE!r})")
    # The check is replaced, as if it had been deceived.
    monkeypatch.setattr("schemaproof.history.table_safety.InspectedTable.fault", None)
    with pytest.raises(TamperedHistoryError, match="contains xxx although r2 was written"):
        own_project.upgrade(database)
    assert rows(database, "revision, outcome")[0] == ("r1", "done")
