"""A real Prometheus scrapes the service under load: panels have data, alerts fire for a reason.

To see the data of each panel, run: pytest --log-cli-level=info
tests/core/metrics/test_metrics_scraped.py
"""

import json
import logging
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from deploy.grafana import generate
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import replication, servers
from schemaproof_testing.project import Alembic, Programs, make_workspace, revisions
from schemaproof_testing.replication import Cluster
from schemaproof_testing.servers import Database, ask
from schemaproof_testing.watching import free_port
from tests.support.prometheus import RULES, Prometheus, find, scraping
from tests.support.web_service import Service, served

pytestmark = pytest.mark.slow
_log = logging.getLogger(__name__)
TEAMS = [{"team_name": f"Team {number}", "league": "Serie A"} for number in range(20)]


def test_the_dashboard_is_the_one_that_its_program_builds() -> None:
    assert generate.FILE.read_text("utf-8") == generate.build()


def test_the_rules_do_what_their_own_tests_say() -> None:
    done = subprocess.run(
        [find("promtool"), "test", "rules", str(RULES.with_name("alerts_test.yml"))],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def panels() -> dict[str, list[str]]:
    """Return the queries of the dashboard by the title of their panel."""
    made = json.loads(generate.FILE.read_text("utf-8"))
    return {
        panel["title"]: [target["expr"] for target in panel["targets"]]
        for panel in made["panels"]
        if panel["type"] != "row"
    }


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with replication.open_cluster(1) as made:
        yield made


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    with servers.create_database(cluster.primary) as made:
        Alembic(made).upgrade()
        cluster.catch_up()
        yield made
        cluster.heal()


@contextmanager
def load(service: Service) -> Iterator[None]:
    """Send requests of every kind by several clients until the block ends."""
    over = threading.Event()

    def work(number: int) -> None:
        with httpx.Client(base_url=service.url, timeout=60) as client:
            while not over.is_set():
                client.put("/teams", json=TEAMS[number::4])
                client.get(f"/teams/{TEAMS[number]['team_name']}")
                client.put(f"/teams/{TEAMS[number]['team_name']}/pnl?total_pnl=1")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextmanager
def schema_served(programs: Programs, port: int) -> Iterator[None]:
    command = programs.command("monps-db", "watch", "--listen", str(port), "--every", "1")
    process = subprocess.Popen(
        command, cwd=programs.folder, env=programs.environment(), stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def provoke(prometheus: Prometheus, service: Service, database: Database, cluster: Cluster) -> None:
    """Cause the condition of each alert, and wait until its expression returns data."""
    alerts = prometheus.alerts()

    def fires(name: str) -> None:
        prometheus.until(alerts.pop(name))

    provoke_on_replica(prometheus, service, database, cluster.replicas[0], alerts)
    Alembic(database).downgrade(revisions()[-2])
    fires("MonpsRevisionsPending")
    database.superuser.execute("ALTER TABLE quantum.team_quantum_dna ADD COLUMN stray integer")
    fires("MonpsSchemaDrift")
    ledger = "public.monps_migration_ledger"
    database.superuser.execute(
        f"INSERT INTO {ledger} (revision, direction, outcome, duration, error)"
        f" VALUES ('{revisions()[-1]}', 'upgrade', 'failed', '1 s', 'by hand')",
    )
    fires("MonpsMigrationFailed")
    database.superuser.execute(f"UPDATE {ledger} SET file_checksum = 'another'")
    fires("MonpsSchemaTampered")
    cluster.primary.stop()
    fires("MonpsSchemaUnchecked")
    cluster.primary.start()
    assert not alerts, "nothing was brought about for them"


def provoke_on_replica(
    prometheus: Prometheus,
    service: Service,
    database: Database,
    replica: LocalServer,
    alerts: dict[str, str],
) -> None:
    """Cause the conditions of the alerts about replicas, and about a pool without connections."""
    ask(replica, "SELECT pg_wal_replay_pause()")
    database.superuser.execute("UPDATE quantum.team_quantum_dna SET total_pnl = 2")
    lag = alerts.pop("MonpsReplicaLag")
    assert "> 30" in lag
    reading = threading.Event()

    def read() -> None:
        while not reading.wait(0.5):
            service.get("/teams/Team 1")

    with closing(database.connect()) as connection:
        reader = threading.Thread(target=read)
        reader.start()
        prometheus.until(lag.replace("> 30", "> 1"))
        replica.stop()
        prometheus.until(alerts.pop("MonpsReplicaFailing"))
        reading.set()
        reader.join()
        # There is one request more than the pool has connections.
        connection.cursor().execute("LOCK TABLE quantum.team_quantum_dna")
        waiting = [threading.Thread(target=service.get, args=("/teams/Team 1",)) for _ in range(6)]
        for thread in waiting:
            thread.start()
        prometheus.until(alerts.pop("MonpsPoolExhausted"))
        prometheus.until(alerts.pop("MonpsPoolTimeouts"))
        connection.rollback()
        for thread in waiting:
            thread.join()
    replica.start()


def test_every_panel_has_data_and_every_alert_its_reason(
    database: Database, cluster: Cluster, tmp_path: Path
) -> None:
    scratch = database.superuser_url.render_as_string(hide_password=False)
    environ = {
        **database.environ(),
        "DB_POOL_SIZE": "3",
        "DB_MAX_OVERFLOW": "2",
        "DB_POOL_TIMEOUT": "1",
        "DB_REPLICA_HOSTS": cluster.replica_hosts,
        "DB_REPLICA_RETRY": "1s",
    }
    programs = Programs(make_workspace(tmp_path), {**environ, "DB_SCRATCH_URL": scratch})
    port = free_port()
    shown: dict[str, list[Any]] = {}
    with (
        served(environ, tmp_path) as service,
        schema_served(programs, port),
        scraping(tmp_path, {"service": service.port, "schema": port}) as prometheus,
    ):
        with load(service):
            for title, queries in panels().items():
                for query in queries:
                    found = prometheus.until(query.replace("$__rate_interval", "30s"))
                    shown.setdefault(title, []).append(found)
                    _log.info("%s: %s = %s", title, query, found)
        assert shown.keys() == panels().keys()
        firing = {name: prometheus.ask(query) for name, query in prometheus.alerts().items()}
        assert not {name for name, values in firing.items() if values}
        provoke(prometheus, service, database, cluster)
        assert "Traceback" not in service.stop()
