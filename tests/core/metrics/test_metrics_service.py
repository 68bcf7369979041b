"""The service of examples/ is scraped: with one worker, with several, and during failures."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx2 as httpx
import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import servers
from schemaproof_testing.project import Alembic
from schemaproof_testing.servers import Database
from tests.support.metrics import total
from tests.support.web_service import Service, served

pytestmark = pytest.mark.slow

TEAM = {"team_name": "Roma", "league": "Serie A"}


@pytest.fixture
def own_database(own_server: LocalServer) -> Iterator[Database]:
    own_server.start()
    servers.create_role(own_server)
    with servers.create_database(own_server) as made:
        Alembic(made).upgrade()
        yield made
        own_server.start()


@pytest.fixture
def scraped_together(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "metrics"
    folder.mkdir()
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def in_use(service: Service) -> float:
    return total(service.page(), "monps_pool_in_use")


def committed(service: Service) -> float:
    return total(service.page(), "monps_unit_of_work_seconds_count", outcome="committed")


def test_a_database_that_is_down_is_told_by_readiness_alone(
    own_database: Database, own_server: LocalServer, tmp_path: Path
) -> None:
    with served(own_database.environ(), tmp_path) as service:
        assert service.get("/readyz").json() == {"ready": True}
        assert httpx.post(f"{service.url}/teams", json=TEAM).status_code == 201
        own_server.stop()
        ready = service.get("/readyz")
        assert ready.status_code == 503
        assert ready.json().keys() == {"ready", "reason", "remedy"}
        assert service.get("/healthz").status_code == 200
        page = service.page()
        assert total(page, "monps_pool_in_use") == 0
        assert total(page, "monps_pool_lost_total") == 1
        assert total(page, "monps_pool_failures_total") >= 1
        own_server.start()
        assert service.get("/readyz").status_code == 200
        assert "Traceback" not in service.stop()


def test_readiness_refuses_another_schema(migrated: Database, tmp_path: Path) -> None:
    with served(migrated.environ(), tmp_path) as service:
        migrated.execute("UPDATE alembic_version SET version_num = 'abbc4f65c12b'")
        ready = service.get("/readyz")
        assert (ready.status_code, "abbc4f65c12b" in ready.json()["reason"]) == (503, True)


def test_an_exhausted_pool_is_shown_while_it_is(migrated: Database, tmp_path: Path) -> None:
    environ = {**migrated.environ(), "DB_POOL_SIZE": "1", "DB_MAX_OVERFLOW": "0"}
    with served(environ, tmp_path) as service, closing(migrated.connect()) as connection:
        connection.cursor().execute("LOCK TABLE quantum.team_quantum_dna")
        waiting = threading.Thread(target=service.get, args=("/teams/Roma",))
        waiting.start()
        while in_use(service) == 0:
            time.sleep(0.05)
        assert total(service.page(), "monps_pool_limit", pool="async") == 1
        # The answer comes before DB_POOL_TIMEOUT, which is half a minute.
        assert service.get("/readyz").json()["reason"] == "the database does not answer in time"
        assert service.get("/healthz").status_code == 200
        connection.rollback()
        waiting.join()
        assert in_use(service) == 0
        assert service.get("/readyz").status_code == 200


def test_a_scrape_during_shutdown_is_whole_or_refused(migrated: Database, tmp_path: Path) -> None:
    with served(migrated.environ(), tmp_path) as service:
        whole: list[bool] = []

        def scrape() -> None:
            while True:
                try:
                    page = service.page()
                except httpx.TransportError:
                    return
                whole.append(total(page, "monps_pool_in_use") <= total(page, "monps_pool_limit"))

        with closing(migrated.connect()) as connection:
            connection.cursor().execute("LOCK TABLE quantum.team_quantum_dna")
            last = threading.Thread(target=service.get, args=("/teams/Roma",))
            threads = [last, *(threading.Thread(target=scrape) for _ in range(4))]
            for thread in threads:
                thread.start()
            while len(whole) < 20:
                time.sleep(0.01)
            service.process.send_signal(signal.SIGTERM)
            connection.rollback()
            for thread in threads:
                thread.join()
        assert all(whole)
        assert "Traceback" not in service.stop()


@pytest.mark.parametrize(
    ("program", "options"),
    [
        ("uvicorn", ("--workers", "2")),
        ("gunicorn", ("--worker-class", "asgi", "--workers", "2")),
    ],
)
def test_every_worker_shows_what_all_have_done(
    migrated: Database,
    tmp_path: Path,
    scraped_together: dict[str, str],
    program: str,
    options: tuple[str, ...],
) -> None:
    environ = {**migrated.environ(), **scraped_together, "DB_POOL_SIZE": "3"}
    with served(environ, tmp_path, *options, program=program) as service:
        httpx.post(f"{service.url}/teams", json=TEAM)
        folder = Path(scraped_together["PROMETHEUS_MULTIPROC_DIR"])
        until_two_workers_have_a_pool(service)
        for _ in range(40):
            service.get("/teams/Roma")
        done = 40 + 2  # The position is read in two transactions of their own.
        # Each worker has an async pool.
        pages = [service.page() for _ in range(10)]
        assert {total(page, "monps_pool_size", pool="async") for page in pages} == {6}
        assert {committed(service) for _ in range(10)} == {done}

        # The next scrape notices a killed worker: its connections are not counted any more, its
        # work is.
        killed = min(workers(folder))
        os.kill(killed, signal.SIGKILL)
        while killed in workers(folder):
            time.sleep(0.01)
        until_two_workers_have_a_pool(service)
        assert committed(service) == done
        assert "Traceback" not in service.stop()


def until_two_workers_have_a_pool(service: Service) -> None:
    while total(service.page(), "monps_pool_size", pool="async") != 6:
        service.get("/readyz")


def workers(folder: Path) -> set[int]:
    """Return the processes that have a file in the folder."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # The process has ended, or belongs to another account.
            if link.readlink().parent == folder:
                found.add(int(link.parts[2]))
    return found
