"""A pid file can outlive its server; another process may have its number."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemaproof.scratch.embedded import postmaster
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.server_processes import kill, postmaster_pid
from schemaproof_testing.servers import ask


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is not PostgreSQL."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def lives(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a process continues to live after a short wait for a signal."""
    try:
        process.wait(timeout=0.3)
    except subprocess.TimeoutExpired:
        return True
    return False


def write_pid_file(server: LocalServer, first_line: object) -> None:
    text = (
        f"{first_line}\n{server.data_directory}\n1\n5432\n{server.socket_directory}\n\n\nready   \n"
    )
    (server.data_directory / "postmaster.pid").write_text(text)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
def test_start_over_the_pid_of_an_unrelated_process(
    own_server: LocalServer, bystander: subprocess.Popen[bytes]
) -> None:
    write_pid_file(own_server, bystander.pid)
    assert not own_server.is_running()
    own_server.start()
    assert ask(own_server, "SELECT 1") == 1
    assert bystander.poll() is None


def test_stop_spares_an_unrelated_process(
    own_server: LocalServer, bystander: subprocess.Popen[bytes]
) -> None:
    write_pid_file(own_server, bystander.pid)
    own_server.stop()
    assert lives(bystander)
    own_server.start()


def test_pid_of_another_data_directorys_server_is_not_ours(
    own_server: LocalServer, server: LocalServer
) -> None:
    other = postmaster_pid(server)
    write_pid_file(own_server, other)
    assert not own_server.is_running()
    own_server.stop()
    own_server.start()
    assert ask(own_server, "SELECT 1") == 1
    assert postmaster_pid(server) == other
    assert ask(server, "SELECT 1") == 1


def test_pid_of_a_zombie_does_not_keep_the_server_from_starting(own_server: LocalServer) -> None:
    with subprocess.Popen(["true"]) as zombie:
        stat = Path(f"/proc/{zombie.pid}/stat")
        wait_for(lambda: stat.read_text().rpartition(")")[2].split()[0] == "Z")
        write_pid_file(own_server, zombie.pid)
        assert not own_server.is_running()
        own_server.start()
        assert ask(own_server, "SELECT 1") == 1


@pytest.mark.parametrize(
    "content",
    ["", "\n", "garbage", "0", "-1", "-0", "99999999999999999999", "1e5", "\udcff", "\uff11"],
)
def test_pid_file_that_makes_no_sense_does_not_keep_the_server_from_starting(
    own_server: LocalServer, content: str
) -> None:
    (own_server.data_directory / "postmaster.pid").write_text(content, "utf-8", "surrogateescape")
    assert not own_server.is_running()
    own_server.stop()
    own_server.start()
    assert ask(own_server, "SELECT 1") == 1


def test_lock_file_of_the_socket_does_not_keep_the_server_from_starting(
    own_server: LocalServer, bystander: subprocess.Popen[bytes]
) -> None:
    own_server.start()
    kill(own_server)
    lock = own_server.socket_directory / ".s.PGSQL.5432.lock"
    assert lock.exists()
    lock.write_text(f"{bystander.pid}\n")
    own_server.start()
    assert ask(own_server, "SELECT 1") == 1
    assert bystander.poll() is None


def test_servers_own_children_are_not_the_server(own_server: LocalServer) -> None:
    own_server.start()
    pid = postmaster_pid(own_server)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert children
    assert not any(
        postmaster.is_server(int(child), own_server.data_directory) for child in children
    )
    assert postmaster.is_server(pid, own_server.data_directory)


def test_running_server_keeps_its_pid_file_and_its_socket(own_server: LocalServer) -> None:
    own_server.start()
    postmaster.forget(own_server.data_directory, own_server.socket_directory)
    assert own_server.is_running()
    assert ask(own_server, "SELECT 1") == 1


def test_without_proc_the_server_is_known_by_ps(
    own_server: LocalServer, server: LocalServer, bystander: subprocess.Popen[bytes], folder: Path
) -> None:
    own_server.start()
    data = own_server.data_directory
    assert postmaster.is_server(postmaster_pid(own_server), data, proc=folder)
    assert not postmaster.is_server(postmaster_pid(server), data, proc=folder)
    assert not postmaster.is_server(bystander.pid, data, proc=folder)


def test_server_whose_directory_is_hidden_is_known_by_its_argument(
    own_server: LocalServer, server: LocalServer, folder: Path
) -> None:
    own_server.start()
    # This is what another account can see in /proc: the command line, but not the directory.
    (folder / "self").mkdir()
    for running in (own_server, server):
        pid = str(postmaster_pid(running))
        (folder / pid).mkdir()
        (folder / pid / "cmdline").write_bytes(Path("/proc", pid, "cmdline").read_bytes())
    data = own_server.data_directory
    assert postmaster.is_server(postmaster_pid(own_server), data, proc=folder)
    assert not postmaster.is_server(postmaster_pid(server), data, proc=folder)


def test_what_tells_of_orphans_stays_in_a_stale_pid_file(
    own_server: LocalServer, bystander: subprocess.Popen[bytes]
) -> None:
    write_pid_file(own_server, bystander.pid)
    path = own_server.data_directory / "postmaster.pid"
    before = path.read_text().splitlines()
    postmaster.forget(own_server.data_directory, own_server.socket_directory)
    after = path.read_text().splitlines()
    assert after[1:] == before[1:]
    assert not Path("/proc", after[0]).exists()


def test_pid_file_of_a_process_that_is_gone_is_left_to_postgresql(own_server: LocalServer) -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    write_pid_file(own_server, gone.pid)
    path = own_server.data_directory / "postmaster.pid"
    before = path.read_bytes()
    postmaster.forget(own_server.data_directory, own_server.socket_directory)
    assert path.read_bytes() == before
    own_server.start()
    assert ask(own_server, "SELECT 1") == 1


def test_no_signal_is_sent_to_a_process_that_is_not_the_server(
    own_server: LocalServer, bystander: subprocess.Popen[bytes]
) -> None:
    stages = ((signal.SIGTERM, 0.2),)
    assert postmaster.end(bystander.pid, own_server.data_directory, stages=stages)
    assert lives(bystander)
