"""``schemaproof watch`` checks, shows the findings, and continues after errors."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import jsonschema
import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import replication, servers
from schemaproof_testing.other_project import OtherProject
from schemaproof_testing.project import ROOT
from schemaproof_testing.servers import Database
from schemaproof_testing.watched import NO_SETTINGS, password_url, project_at
from schemaproof_testing.watching import Watch, free_port, watching

pytestmark = pytest.mark.slow
PAGES: Final = ("/", "/metrics", "/report.json", "/healthz", "/readyz", "/nothing")
SCHEMA: Final = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
DRIFT: Final = 'schemaproof_findings{kind="drift",severity="breaking"}'


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OtherProject:
    return project_at(tmp_path, database)


@pytest.fixture
def own_shop(new_server: LocalServer, tmp_path: Path) -> Iterator[tuple[OtherProject, Database]]:
    """A project with a server that only this test uses."""
    new_server.start()
    servers.create_role(new_server)
    with servers.create_database(new_server) as made:
        yield project_at(tmp_path, made), made
        new_server.start()


def child_processes(watch: Watch) -> list[str]:
    found = Path(f"/proc/{watch.process.pid}/task/{watch.process.pid}/children").read_text("ascii")
    return found.split()


def test_it_shows_what_a_check_finds_and_ends_when_it_is_told_to(
    shop: OtherProject, database: Database
) -> None:
    with watching(shop.programs, **NO_SETTINGS, DATABASE_URL=password_url(database)) as watch:
        page = watch.until("schemaproof_in_sync", 1)
        assert page.headers["Content-Type"].startswith("text/plain; version=")
        assert [page.metric("schemaproof_up"), page.metric("schemaproof_pending_revisions")] == [
            1,
            0,
        ]
        assert 'schemaproof_revision_info{head="a1",revision="a1",tenant=""} 1.0' in page.text
        assert (watch.get("/readyz").status, watch.get("/healthz").status) == (200, 200)
        database.execute("ALTER TABLE shop.customer ALTER name TYPE text")
        database.execute('CREATE TABLE shop."<script>alert(1)</script>" (x int)')
        watch.until(DRIFT, 1)
        report = watch.json("/report.json")
        jsonschema.validate(report, SCHEMA)
        assert report["summary"]["by_kind"] == {"drift": 1, "unmodelled": 1}
        shown = watch.get("/")
        assert "shop.customer.name" in shown.text
        assert "alert(1)" in shown.text
        assert "<script>alert" not in shown.text
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
        assert (watch.get("/nothing").status, watch.get("/", "POST").status) == (404, 501)
        assert watch.get("/metrics", "HEAD").text == ""
        for path in PAGES:
            page = watch.get(path)
            assert database.password not in f"{page.headers}{page.text}"
        assert watch.stop() == 0
        assert watch.output.splitlines() == [f"checks every 1 s; http://127.0.0.1:{watch.port}"]


def test_ctrl_c_ends_it_too(shop: OtherProject, database: Database) -> None:
    with watching(shop.programs, **NO_SETTINGS, DATABASE_URL=password_url(database)) as watch:
        watch.until("schemaproof_up", 1)
        assert watch.stop(signal.SIGINT) == 0


def test_the_database_goes_for_minutes_and_comes_back(
    own_shop: tuple[OtherProject, Database],
) -> None:
    shop, database = own_shop
    with watching(shop.programs, **NO_SETTINGS, DATABASE_URL=password_url(database)) as watch:
        before = watch.until("schemaproof_in_sync", 1)
        database.server.stop()
        page = watch.until("schemaproof_up", 0)
        assert page.metric("schemaproof_in_sync") == 1
        checked_at = "schemaproof_last_check_timestamp_seconds"
        assert page.metric(checked_at) >= before.metric(checked_at)
        ready = watch.get("/readyz")
        assert (ready.status, watch.get("/healthz").status) == (503, 200)
        assert "no server at" in ready.text
        assert "A later check could not complete" in watch.get("/").text
        assert watch.get("/report.json").status == 200
        database.server.start()
        watch.until("schemaproof_up", 1)
        _, gone, back = watch.output.splitlines()
        assert "no server at" in gone
        assert back == "checks complete again"
        assert database.password not in watch.output


def test_it_begins_before_the_database_is_there(own_shop: tuple[OtherProject, Database]) -> None:
    shop, database = own_shop
    database.server.stop()
    with watching(shop.programs, **NO_SETTINGS, DATABASE_URL=password_url(database)) as watch:
        watch.until("schemaproof_up", 0)
        for path in ("/", "/report.json", "/readyz"):
            assert watch.get(path).status == 503
        database.server.start()
        watch.until("schemaproof_in_sync", 1)
        assert watch.get("/readyz").status == 200


def test_a_replica_that_becomes_the_primary_is_checked_next(tmp_path: Path) -> None:
    with (
        replication.open_cluster(1) as cluster,
        servers.create_database(cluster.primary) as database,
    ):
        shop = project_at(tmp_path, database)
        cluster.catch_up()
        [replica] = cluster.replicas
        hosts = {
            "PGHOST": f"{cluster.primary.socket_directory},{replica.socket_directory}",
            "PGPORT": f"{cluster.primary.port},{replica.port}",
            "PGTARGETSESSIONATTRS": "read-write",
        }
        shop.write("alembic.ini", "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
        environ = {**NO_SETTINGS, **database.libpq_environ(), **hosts}
        with watching(shop.programs, **environ) as watch:
            watch.until("schemaproof_in_sync", 1)
            replication.crash(cluster.primary)
            watch.until("schemaproof_up", 0)
            replication.ask_outside(replica, "SELECT pg_promote()")
            watch.until("schemaproof_up", 1)
            parameters = replica.connect_parameters(database.name)
            statement = "ALTER TABLE shop.customer ADD stray integer"
            servers.ask(replica, f"{statement}; COMMIT; SELECT 1", **parameters)
            watch.until('schemaproof_findings{kind="drift",severity="operational"}', 1)
        cluster.primary.start()


def test_the_projects_own_python_is_not_started_for_each_check(
    shop: OtherProject, database: Database
) -> None:
    """The models may be those of env.py, and may differ from the database."""
    shop.configure(script_location='"alembic"', managed_schemas='["shop"]')
    loads = shop.folder / "loads"
    models = shop.folder / "models.py"
    source = models.read_text("utf-8").replace("String(100)", "String(50)")
    models.write_text(f"open({str(loads)!r}, 'a').write('.')\n{source}", "utf-8")
    with watching(shop.programs, **NO_SETTINGS, DATABASE_URL=password_url(database)) as watch:
        name = 'schemaproof_findings{kind="missing_revision",severity="breaking"}'
        watch.until(name, 1)
        loaded = loads.read_text("ascii")
        for _ in range(2):
            watch.next_check()
        assert watch.get("/metrics").metric(name) == 1
        assert loads.read_text("ascii") == loaded
        assert child_processes(watch) == []


def next_oid(database: Database) -> int:
    """Return the oid that the server gives to the next object."""
    with servers.administration(database.server) as cursor:
        cursor.execute("CREATE DATABASE marker")
        cursor.execute("SELECT oid::bigint FROM pg_database WHERE datname = 'marker'")
        [(oid,)] = cursor.fetchall()
        cursor.execute("DROP DATABASE marker")
    return int(oid)


def test_a_text_that_differs_is_put_to_a_scratch_database_once(
    shop: OtherProject, database: Database
) -> None:
    """Each scratch database, with the objects that a revision creates, uses up oids."""
    checked = "ALTER TABLE shop.customer ADD CONSTRAINT named CHECK (length(name) > {})"
    shop.revision("a2", "a1", f'op.execute("{checked.format(1)}")')
    shop.alembic("upgrade", "head")
    assert shop.programs.run("schemaproof", "snapshot", **NO_SETTINGS).code == 0
    database.execute(f"ALTER TABLE shop.customer DROP CONSTRAINT named; {checked.format(2)}")
    with watching(shop.programs, **NO_SETTINGS, DATABASE_URL=password_url(database)) as watch:
        drift = 'schemaproof_findings{kind="drift",severity="integrity"}'
        watch.until(drift, 1)
        watch.next_check()
        before = next_oid(database)
        watch.next_check()
        assert watch.get("/metrics").metric(drift) == 1
        assert next_oid(database) - before < 5


def test_models_that_hang_end_with_it(shop: OtherProject, database: Database) -> None:
    (shop.folder / "models.py").write_text("import time\ntime.sleep(1000)\n", "utf-8")
    with watching(shop.programs, **NO_SETTINGS, DATABASE_URL=password_url(database)) as watch:
        watch.until("schemaproof_up", 0)
        watch.until_page("/healthz", lambda _: bool(child_processes(watch)))
        [child] = child_processes(watch)
        assert watch.stop() == 0
        assert not Path(f"/proc/{child}").exists()


@pytest.mark.parametrize("listen", ["{taken}", "nowhere.invalid:9187", "192.0.2.1:9187"])
def test_an_address_that_cannot_be_had_is_one_line(
    shop: OtherProject, database: Database, listen: str
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = listen.format(taken=taken.getsockname()[1])
        outcome = shop.programs.run(
            "schemaproof", "watch", "--listen", address, DATABASE_URL=password_url(database)
        )
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert "cannot be used to listen" in outcome.err


def test_a_wrong_configuration_is_said_at_once(shop: OtherProject, database: Database) -> None:
    shop.configure(script_locatoin='"alembic"')
    arguments = ("watch", "--listen", str(free_port()))
    outcome = shop.programs.run("schemaproof", *arguments, DATABASE_URL=password_url(database))
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)


def test_who_sends_nothing_keeps_nobody_else_waiting(
    shop: OtherProject, database: Database
) -> None:
    with watching(shop.programs, **NO_SETTINGS, DATABASE_URL=password_url(database)) as watch:
        idle = [socket.create_connection(("127.0.0.1", watch.port)) for _ in range(20)]
        idle[0].sendall(b"\0\xff nonsense\r\n\r\n")
        assert watch.get("/healthz").status == 200
        for one in idle:
            one.close()
        assert watch.get("/healthz").status == 200
        assert "Traceback" not in watch.output
