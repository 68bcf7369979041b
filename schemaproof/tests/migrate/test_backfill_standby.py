"""A backfill waits for a real standby whose replay is paused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schemaproof.migrate import backfill, replication_lag
from schemaproof_testing import backfilled
from schemaproof_testing.replication import ask_outside, open_cluster
from schemaproof_testing.servers import USER, ask, create_database

ROWS = 3_000


@pytest.mark.slow
def test_a_standby_that_stands_still_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication_lag, "_POLLED", 0.1)
    monkeypatch.setattr(backfill, "_REPORTED", 0.0)
    lines: list[str] = []
    with open_cluster(1) as cluster, create_database(cluster.primary) as database:
        ask_outside(cluster.primary, f"GRANT pg_read_all_stats TO {USER}")
        database.execute("CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0)")
        database.execute(f"INSERT INTO t SELECT n FROM generate_series(1, {ROWS}) n")
        cluster.catch_up()
        [standby] = cluster.replicas
        ask(standby, "SELECT pg_wal_replay_pause()")
        done: list[int] = []

        def say(line: str) -> None:
            lines.append(line)
            done.extend(*database.query("SELECT count(*) FROM t WHERE times = 1"))
            ask(standby, "SELECT pg_wal_replay_resume()")

        pause = timedelta(milliseconds=50)
        with backfilled.operations(database, lag=timedelta(seconds=1), say=say, pause=pause) as op:
            op.backfill("t", set_="times = times + 1", where="times = 0", batch=10)
        assert database.query("SELECT DISTINCT times FROM t") == [(1,)]
    assert lines[0].startswith("a standby is ")
    assert 0 < done[0] < ROWS
