"""A local server that was killed, damaged, moved, or started by several programs at once."""

import os
import shutil
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.server_processes import in_python, kill, postmaster_pid
from schemaproof_testing.servers import FAST, PROJECT, ask, default_major, find_binaries


@pytest.mark.slow
def test_start_after_the_server_was_killed(own_server: LocalServer) -> None:
    own_server.start()
    killed = kill(own_server)
    own_server.start()
    assert postmaster_pid(own_server) != killed
    assert ask(own_server, "SELECT 1") == 1


@pytest.mark.slow
def test_start_waits_for_orphans_of_a_killed_server(own_server: LocalServer) -> None:
    own_server.start()
    with closing(psycopg2.connect(**own_server.connect_parameters())) as connection:
        orphan = connection.info.backend_pid
        with connection.cursor() as cursor:
            cursor.execute("SET client_connection_check_interval = 0")
        # A stopped process does not notice that its server has ended.
        os.kill(orphan, signal.SIGSTOP)
        kill(own_server)
        with ThreadPoolExecutor(1) as pool:
            starting = pool.submit(own_server.start)
            time.sleep(1.5)
            waited = not starting.done()
            os.kill(orphan, signal.SIGCONT)
            starting.result(timeout=60)
    assert waited
    assert ask(own_server, "SELECT 1") == 1


def test_server_without_its_socket_is_started_anew(own_server: LocalServer) -> None:
    own_server.start()
    useless = postmaster_pid(own_server)
    shutil.rmtree(own_server.socket_directory)
    own_server.start()
    assert postmaster_pid(own_server) != useless
    assert ask(own_server, "SELECT 1") == 1


@pytest.mark.slow
def test_moved_folder_keeps_its_data(folder: Path) -> None:
    before = LocalServer(folder / "before", find_binaries(default_major()), FAST)
    before.start()
    before.stop()
    before.root.rename(folder / "after")
    after = LocalServer(folder / "after", before.binaries, FAST)
    try:
        after.start()
        assert ask(after, "SELECT 1") == 1
    finally:
        after.stop()


@pytest.mark.slow
def test_two_first_starts_at_once_both_succeed(folder: Path) -> None:
    server = LocalServer(folder, find_binaries(default_major()), FAST)
    try:
        both = [
            subprocess.Popen(
                in_python(server, "start"), cwd=PROJECT, stdout=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        printed = [process.communicate(timeout=120)[0].strip() for process in both]
        assert [process.returncode for process in both] == [0, 0]
        assert printed == [str(postmaster_pid(server))] * 2
    finally:
        server.stop()


def test_starts_and_stops_at_once_all_succeed(own_server: LocalServer) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda step: step(), [own_server.start, own_server.stop] * 3))
    own_server.start()
    assert ask(own_server, "SELECT 1") == 1


def test_ctrl_c_in_the_terminal_spares_the_server(own_server: LocalServer) -> None:
    code = in_python(own_server, "start")
    code[2] += "\nimport time; sys.stdout.flush(); time.sleep(600)\n"
    with subprocess.Popen(
        code,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as terminal:
        assert terminal.stdout is not None
        pid = int(terminal.stdout.readline())
        os.killpg(terminal.pid, signal.SIGINT)
        os.killpg(terminal.pid, signal.SIGHUP)
        terminal.wait(timeout=30)
    time.sleep(0.3)
    assert postmaster_pid(own_server) == pid
    assert ask(own_server, "SELECT 1") == 1


def test_server_holds_no_pipe_of_its_starter(own_server: LocalServer) -> None:
    # If the server inherited the pipe, this would wait until the server ends.
    done = subprocess.run(
        in_python(own_server, "start"), cwd=PROJECT, capture_output=True, check=True, timeout=60
    )
    assert done.stderr == b""
    assert own_server.is_running()


def test_server_holds_no_descriptor_of_its_starter(own_server: LocalServer, folder: Path) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, (folder / "open").open("w") as file:
        os.set_inheritable(theirs.fileno(), True)  # noqa: FBT003 -- its only form
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003
        own_server.start()
        links = [
            str(link.readlink())
            for link in Path(f"/proc/{postmaster_pid(own_server)}/fd").iterdir()
        ]
    assert str(folder / "open") not in links
    assert str(own_server.home / "lock") not in links
