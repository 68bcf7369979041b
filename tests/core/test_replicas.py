"""Read-only sessions on real streaming replicas that crash, lag and return."""

import threading

import pytest
from sqlalchemy.exc import DBAPIError

from schemaproof_testing.replication import Cluster, crash, until
from tests.support import replica_sides
from tests.support.database_settings import configure
from tests.support.replica_sides import HIGHEST, WHO, Side, logged

pytestmark = pytest.mark.slow
running, cluster, database_of_all, database, side = (
    replica_sides.running,
    replica_sides.cluster,
    replica_sides.database_of_all,
    replica_sides.database,
    replica_sides.side,
)


def test_replicas_take_turns_and_only_read(side: Side) -> None:
    assert [side.read(WHO) for _ in range(4)] == ["replica0", "replica1"] * 2
    with pytest.raises(DBAPIError, match="read-only"):
        side.read("INSERT INTO number VALUES (1) RETURNING n")


def test_what_is_written_goes_to_the_primary_and_arrives(side: Side, cluster: Cluster) -> None:
    side.write("INSERT INTO number VALUES (7)")
    cluster.catch_up()
    assert side.read(HIGHEST) == 7


def test_without_replicas_the_primary_serves_and_only_reads(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, DB_REPLICA_HOSTS="")
    assert side.read(WHO) == "primary"
    with pytest.raises(DBAPIError, match="read-only"):
        side.read("INSERT INTO number VALUES (1) RETURNING n")
    # The same connection can write when it is used by another session.
    side.write("INSERT INTO number VALUES (7)")
    assert side.read(HIGHEST) == 7


def test_a_replica_that_dies_is_left_out_until_it_is_back(side: Side, cluster: Cluster) -> None:
    assert {side.read(WHO) for _ in range(2)} == {"replica0", "replica1"}
    with logged() as lines:
        crash(cluster.replicas[0])
        assert {side.read(WHO) for _ in range(4)} == {"replica1"}
    assert [line["event"] for line in lines] == ["replica.left_out"]
    assert lines[0]["replica"] == str(cluster.replicas[0].socket_directory)
    assert lines[0]["reason"]
    assert lines[0]["remedy"]
    with logged() as lines:
        cluster.heal()
        assert {side.read(WHO) for _ in range(4)} == {"replica0", "replica1"}
    assert [line["event"] for line in lines] == ["replica.back"]


def test_when_all_are_dead_the_primary_serves(side: Side, cluster: Cluster) -> None:
    for replica in cluster.replicas:
        crash(replica)
    assert {side.read(WHO) for _ in range(4)} == {"primary"}
    cluster.heal()
    assert {side.read(WHO) for _ in range(4)} == {"replica0", "replica1"}


def test_one_that_failed_rests(
    side: Side, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, DB_REPLICA_RETRY="10min")
    crash(cluster.replicas[0])
    assert {side.read(WHO) for _ in range(2)} == {"replica1"}
    cluster.heal()
    assert {side.read(WHO) for _ in range(4)} == {"replica1"}


def test_when_the_primary_is_dead_replicas_still_serve(side: Side, cluster: Cluster) -> None:
    side.write("INSERT INTO number VALUES (7)")
    cluster.catch_up()
    crash(cluster.primary)
    assert {(side.read(WHO), side.read(HIGHEST)) for _ in range(2)} <= {
        ("replica0", 7),
        ("replica1", 7),
    }


def test_one_that_dies_in_the_middle_of_a_session_is_not_used_by_the_next(
    side: Side, cluster: Cluster
) -> None:
    started = threading.Event()

    def crash_it() -> None:
        started.wait()
        until(
            cluster.replicas[0],
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%'"
            " AND pid <> pg_backend_pid()",
        )
        crash(cluster.replicas[0])

    helper = threading.Thread(target=crash_it)
    helper.start()
    started.set()
    with pytest.raises(DBAPIError):
        side.read("SELECT pg_sleep(60)")
    helper.join()
    assert {side.read(WHO) for _ in range(4)} == {"replica1"}
