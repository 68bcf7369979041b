"""Interrupted and simultaneous starts of the local server."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import psycopg2
import pytest

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded import launch, postmaster
from schemaproof.scratch.embedded import server as server_module
from schemaproof.scratch.embedded.binaries import Binaries
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.server_processes import in_python, postmaster_pid
from schemaproof_testing.servers import FAST, PROJECT, ask


def say(server: LocalServer, status: str) -> None:
    path = server.data_directory / "postmaster.pid"
    lines = path.read_text().splitlines()
    # The file is replaced in one step, so that no start can read half of it.
    draft = path.with_name("draft")
    draft.write_text("\n".join([*lines[:7], status.ljust(8), ""]))
    draft.replace(path)


@contextmanager
def said_to_be(server: LocalServer, status: str) -> Iterator[None]:
    say(server, status)
    try:
        yield
    finally:
        say(server, "ready")


@pytest.mark.slow
def test_ctrl_c_during_creation_leaves_nothing_in_the_way(new_server: LocalServer) -> None:
    for seconds in (0.2, 0.3, 0.4, 0.5, 0.6):
        with subprocess.Popen(
            in_python(new_server, "start"),
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as starter:
            time.sleep(seconds)
            starter.send_signal(signal.SIGINT)
    new_server.start()
    assert ask(new_server, "SELECT 1") == 1


@pytest.mark.slow
def test_server_that_ignores_the_first_signal_gets_the_next(own_server: LocalServer) -> None:
    own_server.start()
    pid = postmaster_pid(own_server)
    with closing(psycopg2.connect(**own_server.connect_parameters())) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # A fast shutdown waits for every session.
        try:
            stages = ((signal.SIGINT, 0.3), (signal.SIGQUIT, 30.0))
            data = own_server.data_directory
            assert not postmaster.end(pid, data, stages=stages[:1])
            assert postmaster.end(pid, data, stages=stages)
        finally:
            with suppress(ProcessLookupError):
                os.kill(backend, signal.SIGCONT)
    own_server.start()
    assert ask(own_server, "SELECT 1") == 1


def test_server_that_does_not_stop_is_one_clear_line(
    own_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_server.start()
    with closing(psycopg2.connect(**own_server.connect_parameters())) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        try:
            with monkeypatch.context() as patch:
                patch.setattr(server_module, "STOP_STAGES", ((signal.SIGINT, 0.2),))
                with pytest.raises(LocalServerError) as caught:
                    own_server.stop()
        finally:
            os.kill(backend, signal.SIGCONT)
    assert "does not stop" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_start_waits_for_a_server_that_is_starting(own_server: LocalServer) -> None:
    own_server.start()
    before = postmaster_pid(own_server)
    with said_to_be(own_server, "starting"), ThreadPoolExecutor(1) as pool:
        starting = pool.submit(own_server.start)
        time.sleep(0.3)
        assert not starting.done()
        say(own_server, "ready")
        starting.result(timeout=30)
    assert postmaster_pid(own_server) == before


def test_server_that_never_gets_ready_is_one_clear_line(
    own_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_server.start()
    with said_to_be(own_server, "stopping"), monkeypatch.context() as patch:
        patch.setattr(launch, "START_SECONDS", 0.2)
        with pytest.raises(LocalServerError, match="stopping for too long") as caught:
            own_server.start()
    assert str(own_server.log_file) in caught.value.remedy


@pytest.mark.slow
def test_pg_ctl_that_fails_without_a_log_is_quoted_itself(new_server: LocalServer) -> None:
    new_server.create()
    programs = new_server.root / "programs"
    programs.mkdir()
    version = f"echo 'postgres (PostgreSQL) {new_server.status().version}'"
    for name, line in (("postgres", version), ("pg_ctl", "echo too bad; exit 1")):
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (programs / name).chmod(0o755)
    broken = LocalServer(new_server.root, Binaries(programs), FAST)
    with pytest.raises(LocalServerError, match="did not start: too bad"):
        broken.start()
