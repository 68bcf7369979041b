"""Forked workers write their own figures, and each exposes the figures of all."""

import subprocess
import sys
from pathlib import Path

from schemaproof_testing.project import ROOT
from schemaproof_testing.servers import Database
from tests.support.metrics import parsed, total

FORKED = """
import os, sys
from core import database
from core.metrics import PrometheusMetrics
from sqlalchemy import text

def work(times):
    for _ in range(times):
        with database.get_db() as session:
            session.execute(text("SELECT 1"))

with PrometheusMetrics() as metrics:
    work(1)
    reading, writing = os.pipe()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            work(10)
            os.write(writing, b"x")
            sys.stdin.read()  # alive until it is closed
            os._exit(0)
        children.append(child)
    for _ in children:
        os.read(reading, 1)
    sys.stdout.buffer.write(metrics.exposition() + b"# EOF\\n---\\n")
    os.kill(children[0], 9)
    os.waitpid(children[0], 0)
    sys.stdout.buffer.write(metrics.exposition())
    for child in children[1:]:
        os.kill(child, 9)
"""

ORPHANED = """
import os, sys, time
from core import database
from core.metrics import PrometheusMetrics
from sqlalchemy import text

with PrometheusMetrics() as metrics:
    parent = os.getpid()
    for turn in range(2):
        with database.get_db() as session:
            session.execute(text("SELECT 1"))
        if turn == 0 and os.fork():
            os._exit(0)
    while os.getppid() == parent:
        time.sleep(0.01)
    sys.stdout.buffer.write(metrics.exposition())
"""


def run(program: str, database: Database, folder: Path) -> bytes:
    environ = {
        **database.environ(),
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
        "DB_POOL_SIZE": "3",
    }
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        printed = process.stdout.read()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (0, b"")
    return printed


def test_the_figures_of_forked_workers_add_up(database: Database, tmp_path: Path) -> None:
    printed = run(FORKED, database, tmp_path)
    all_alive, one_killed = map(parsed, printed.split(b"# EOF\n---\n"))
    units = "monps_unit_of_work_seconds_count"
    assert total(all_alive, units) == total(one_killed, units) == 1 + 3 * 10
    assert total(all_alive, "monps_pool_size") == 4 * 3
    assert total(one_killed, "monps_pool_size") == 3 * 3
    assert total(all_alive, "monps_pool_connections") == 4
    assert total(all_alive, "monps_pool_in_use") == 0


def test_a_child_does_not_keep_its_parents_connections_alive(
    database: Database, tmp_path: Path
) -> None:
    page = parsed(run(ORPHANED, database, tmp_path))
    assert total(page, "monps_unit_of_work_seconds_count") == 2
    assert total(page, "monps_pool_size") == 3
    assert total(page, "monps_pool_connections") == 1
