"""``monps-db import-legacy`` killed: committed rows stay, and the next import adds the rest."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.support import legacy_import
from tests.support.legacy_import import TARGETS, Legacy

pytestmark = pytest.mark.slow

small, whole = legacy_import.small, legacy_import.whole
BATCH = 100
# The statement that waits inserts this row. Rows before and after it are in the same batch.
PLACES = [
    ("quantum.team_quantum_dna", "team_id", 1),
    ("quantum.team_quantum_dna", "team_id", 99),
    ("quantum.quantum_strategies", "strategy_id", 1),
    ("quantum.quantum_strategies", "strategy_id", 150),
    ("quantum.quantum_strategies", "strategy_id", 351),
    ("quantum.quantum_friction_matrix", "friction_id", 1),
    ("quantum.quantum_friction_matrix", "friction_id", 1701),
    ("quantum.quantum_friction_matrix", "friction_id", 3403),
]
SIZES = {"quantum.team_quantum_dna": 99, "quantum.quantum_strategies": 351}
# The row makes the statement wait for a lock that the test holds.
STOP = """
CREATE FUNCTION public.stop_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4711);
    RETURN NEW;
END
$$;
CREATE TRIGGER stop_here BEFORE INSERT ON {table}
FOR EACH ROW WHEN (NEW.{column} = {row}) EXECUTE FUNCTION public.stop_here();
"""
WAITING = (
    "SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)"
    " WHERE l.locktype = 'advisory' AND NOT l.granted AND a.datname = current_database()"
)


@contextmanager
def stopped(legacy: Legacy, table: str, column: str, row: int) -> Iterator[subprocess.Popen[str]]:
    """An import that waits for a lock at a given row until the block ends."""
    legacy.ask(STOP.format(table=table, column=column, row=row))
    with closing(legacy.database.connect()) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(4711)")
        process = legacy.programs.start(
            "monps-db", "import-legacy", "--batch-size", str(BATCH), MIGRATION_LOCK_TIMEOUT="0"
        )
        until(legacy, WAITING, 1)
        yield process
    process.communicate(timeout=60)


def until(legacy: Legacy, question: str, number: int) -> None:
    deadline = time.monotonic() + 60
    while legacy.ask(question) != [(number,)]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def committed(table: str, row: int) -> list[int]:
    """Return the rows in each table when the batch with a given row is not committed."""
    whole_batches = (row - 1) // BATCH * BATCH
    index = TARGETS.index(table)
    before = [SIZES[name] for name in TARGETS[:index]]
    return [*before, whole_batches, *[0] * (2 - index)]


@pytest.mark.parametrize(("table", "column", "row"), PLACES)
def test_a_killed_import_is_completed_by_the_next_one(
    whole: Legacy, table: str, column: str, row: int
) -> None:
    with stopped(whole, table, column, row) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        assert whole.rows() == committed(table, row)
    # The server notices only after the statement that its client has ended.
    until(whole, "SELECT count(*) FROM pg_locks WHERE mode = 'ShareRowExclusiveLock'", 0)
    assert whole.rows() == committed(table, row)
    expected = list(zip(committed(table, row), [99, 351, 3403], strict=True))
    assert whole.counts() == [(total - done, done, 0) for done, total in expected]
    assert whole.rows() == [99, 351, 3403]


def test_while_it_runs_the_old_tables_are_written_and_the_new_ones_read(small: Legacy) -> None:
    with stopped(small, "quantum.quantum_friction_matrix", "friction_id", 2):
        small.ask(
            "SET lock_timeout = '1s'; UPDATE quantum.team_profiles SET roi = 1;"
            "UPDATE quantum.matchup_friction SET friction_score = 1;"
            "ALTER TABLE quantum.team_strategies ADD COLUMN more text"
        )
        assert small.ask("SET lock_timeout = '1s'; SELECT count(*) FROM quantum.team_quantum_dna")
    assert small.rows() == [4, 3, 3]


def test_ctrl_c_is_exit_code_130_and_keeps_whole_batches(small: Legacy) -> None:
    with stopped(small, "quantum.quantum_strategies", "strategy_id", 2) as process:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (130, "monps-db: interrupted\n")
        assert small.rows() == [4, 0, 0]
