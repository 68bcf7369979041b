"""Replicas of every major version: used in turn, waited for, left out when they lag or crash."""

from collections.abc import Iterator

import pytest

from schemaproof_testing import replication, servers
from schemaproof_testing.replication import Cluster, crash, until
from tests.support import replica_sides
from tests.support.database_settings import configure
from tests.support.replica_sides import HIGHEST, WHO, Side, pause, resume

pytestmark = pytest.mark.slow

cluster, database_of_all, database, side = (
    replica_sides.cluster,
    replica_sides.database_of_all,
    replica_sides.database,
    replica_sides.side,
)
BOTH = {"replica0", "replica1"}


@pytest.fixture(
    scope="module", params=servers.MAJORS, ids=[f"pg{major}" for major in servers.MAJORS]
)
def running(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    with replication.open_cluster(2, request.param) as made:
        yield made


def test_in_turn_waited_for_lagging_and_dead(
    side: Side, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, DB_REPLICA_MAX_LAG="100ms")
    assert {side.read(WHO) for _ in range(2)} == BOTH
    pause(cluster)
    position = side.write("INSERT INTO number VALUES (7)")
    assert side.read(HIGHEST, position) == 7
    for replica in cluster.replicas:
        until(replica, "SELECT pg_last_wal_receive_lsn() <> pg_last_wal_replay_lsn()")
        until(replica, "SELECT clock_timestamp() - pg_last_xact_replay_timestamp() > '200ms'")
    assert side.read(WHO) == "primary"
    resume(cluster)
    cluster.catch_up()
    assert {side.read(WHO, position) for _ in range(2)} == BOTH
    crash(cluster.replicas[0])
    assert {side.read(WHO) for _ in range(3)} == {"replica1"}
