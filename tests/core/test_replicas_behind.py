"""Replicas that have not replayed a position, or lag by time."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from core.errors import InvalidArgumentError
from schemaproof_testing.replication import Cluster, ask_outside, crash, until
from schemaproof_testing.servers import ask
from tests.support import replica_sides
from tests.support.database_settings import configure
from tests.support.replica_sides import HIGHEST, WHO, Side, logged, pause, resume

pytestmark = pytest.mark.slow
running, cluster, database_of_all, database, side = (
    replica_sides.running,
    replica_sides.cluster,
    replica_sides.database_of_all,
    replica_sides.database,
    replica_sides.side,
)


def test_nothing_older_than_a_position_is_read(side: Side, cluster: Cluster) -> None:
    pause(cluster)
    position = side.write("INSERT INTO number VALUES (7)")
    assert side.read(HIGHEST) is None
    assert side.read(HIGHEST, position) == 7
    assert side.read(WHO, position) == "primary"
    resume(cluster)
    cluster.catch_up()
    assert {side.read(WHO, position) for _ in range(2)} == {"replica0", "replica1"}
    assert side.read(HIGHEST, position) == 7


def test_a_replica_that_reaches_the_position_while_it_is_waited_for_serves(
    side: Side, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, DB_REPLICA_WAIT="10min")
    pause(cluster)
    position = side.write("INSERT INTO number VALUES (7)")
    asked = (
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%has_position%'"
        " AND application_name = 'monps-db'"
    )

    def resume_when_it_is_asked_for() -> None:
        until(cluster.replicas[0], asked)
        resume(cluster)

    helper = threading.Thread(target=resume_when_it_is_asked_for)
    helper.start()
    assert side.read(f"SELECT max(n) || ' ' || ({WHO}) FROM number", position) == "7 replica0"
    helper.join()


def test_one_that_applies_late_is_behind_a_position(side: Side, cluster: Cluster) -> None:
    for replica in cluster.replicas:
        ask_outside(replica, "ALTER SYSTEM SET recovery_min_apply_delay = '1h'")
        ask(replica, "SELECT pg_reload_conf()")
        until(replica, "SELECT current_setting('recovery_min_apply_delay') = '1h'")
    position = side.write("INSERT INTO number VALUES (7)")
    assert (side.read(HIGHEST), side.read(HIGHEST, position)) == (None, 7)
    assert side.read(WHO, position) == "primary"


def test_one_that_lags_too_far_is_left_out(
    side: Side, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, DB_REPLICA_MAX_LAG="100ms")
    # A primary that writes nothing does not make a replica lag.
    for replica in cluster.replicas:
        until(replica, "SELECT clock_timestamp() - pg_last_xact_replay_timestamp() > '200ms'")
    assert {side.read(WHO) for _ in range(2)} == {"replica0", "replica1"}
    pause(cluster)
    side.write("INSERT INTO number VALUES (7)")
    for replica in cluster.replicas:
        until(replica, "SELECT pg_last_wal_receive_lsn() <> pg_last_wal_replay_lsn()")
    with logged() as lines:
        assert {side.read(WHO) for _ in range(2)} == {"primary"}
    assert {line["reason"] for line in lines} == {"it lags behind"}
    resume(cluster)
    cluster.catch_up()
    assert {side.read(WHO) for _ in range(2)} == {"replica0", "replica1"}


def test_one_that_is_cut_off_lags(
    side: Side, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replica has replayed all that it received, and does not know what it missed."""
    configure(monkeypatch, DB_REPLICA_MAX_LAG="100ms")
    crash(cluster.primary)
    for replica in cluster.replicas:
        until(replica, "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)")
        until(replica, "SELECT clock_timestamp() - pg_last_xact_replay_timestamp() > '200ms'")
    with logged() as lines, pytest.raises((DBAPIError, OSError)):
        side.read(WHO)  # No server is left.
    assert {line["reason"] for line in lines} == {"it lags behind"}


def test_what_is_no_replica_is_left_out_and_said_once(
    side: Side, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, DB_REPLICA_HOSTS=str(cluster.primary.socket_directory))
    with logged() as lines:
        assert {side.read(WHO) for _ in range(3)} == {"primary"}
    (line,) = lines
    assert line["reason"] == "it is not a standby"
    assert "DB_REPLICA_HOSTS" in line["remedy"]


@pytest.mark.parametrize("position", ["", "x", "0/", "1", "0/0;", "0/123456789", 5])
def test_what_is_no_position_is_refused(side: Side, position: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="wait_for"):
        side.read(WHO, position)


def insistently(ask_for: Callable[[], str]) -> str:
    """Ask up to five times, because the server may crash during a query."""
    for _ in range(4):
        with suppress(DBAPIError, OSError):
            return ask_for()
    return ask_for()


def test_while_replicas_come_and_go_nobody_reads_less_than_he_wrote(
    side: Side, cluster: Cluster
) -> None:
    """Replicas pause, resume and crash during two hundred writes, each read back at once."""
    ended = threading.Event()

    def disturb(*steps: Callable[[], object]) -> None:
        while not ended.is_set():
            for step in steps:
                step()
                ended.wait(0.02)

    first, second = cluster.replicas

    def crash_and_start() -> None:
        crash(second)
        second.start()

    pause = partial(ask, first, "SELECT pg_wal_replay_pause()")
    resume = partial(ask, first, "SELECT pg_wal_replay_resume()")
    helpers = [
        threading.Thread(target=disturb, args=(pause, resume)),
        threading.Thread(target=disturb, args=(crash_and_start,)),
    ]
    for helper in helpers:
        helper.start()
    served: set[str] = set()
    try:
        for number in range(1, 201):
            position = side.write(f"INSERT INTO number VALUES ({number})")
            answer = f"SELECT max(n) || ' ' || ({WHO}) FROM number"
            read, who = insistently(partial(side.read, answer, position)).split()
            assert int(read) == number, who
            served.add(who)
    finally:
        ended.set()
        for helper in helpers:
            helper.join()
    assert "primary" in served
