"""The local server as root, as a plain user, without permissions, and on a full disk."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.server_processes import SCRIPT, in_python
from schemaproof_testing.servers import FAST, PROJECT, default_major, find_binaries

NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def as_nobody(*command: str | Path) -> list[str]:
    identity = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    setpriv = shutil.which("setpriv") or pytest.skip("there is no setpriv here")
    return [setpriv, *identity, *map(str, command)]


def python_for_nobody(program: Path, sources: Path) -> str:
    """Return a Python that an unprivileged user can run with a copy of our code."""
    for python in (sys.executable, "/usr/bin/python3"):
        trial = [python, "-c", "import sys; assert sys.version_info >= (3, 11)"]
        attempts = [as_nobody(*trial), as_nobody(program, "--version")]
        done = [
            subprocess.run(line, check=False, cwd=sources, capture_output=True) for line in attempts
        ]
        if all(one.returncode == 0 for one in done):
            return python
    pytest.skip("an unprivileged account can read neither a Python 3.11 nor PostgreSQL here")


@pytest.mark.slow
@needs_root
def test_plain_user_runs_it_without_namespaces(folder: Path) -> None:
    binaries = find_binaries(default_major())
    sources = folder / "sources"
    (sources / "schemaproof" / "scratch").mkdir(parents=True)
    engine = PROJECT / "schemaproof" / "src" / "schemaproof"
    for name in ("__init__.py", "errors.py", "scratch/__init__.py"):
        shutil.copy(engine / name, sources / "schemaproof" / name)
    shutil.copytree(engine / "scratch" / "embedded", sources / "schemaproof/scratch/embedded")
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)
    folder.chmod(0o755)
    python = python_for_nobody(binaries.postgres, sources)
    arguments = [python, "-c", SCRIPT, str(home / "root"), str(binaries.directory)]
    # Without PATH, the program unshare is not found.
    environment = {"PATH": str(sources), "PYTHONDONTWRITEBYTECODE": "1"}
    steps = ("start", "start", "stop", "stop", "start")
    try:
        done = subprocess.run(
            as_nobody(*arguments, *steps),
            cwd=sources,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.stderr == ""
        pid = int(done.stdout)
        assert Path(f"/proc/{pid}").stat().st_uid == NOBODY
        # Root sees the owner, and neither uses nor changes the server.
        as_root = LocalServer(home / "root", binaries, FAST)
        assert as_root.is_running()
        with pytest.raises(LocalServerError, match="belongs to another account"):
            as_root.start()
    finally:
        stop = as_nobody(*arguments, "stop")
        subprocess.run(stop, cwd=sources, env=environment, timeout=120, check=True)
    owners = {path.stat().st_uid for path in home.rglob("*")}
    assert owners == {NOBODY}


@needs_root
def test_root_keeps_the_ownership_of_everything(own_server: LocalServer) -> None:
    own_server.start()
    assert {path.lstat().st_uid for path in own_server.root.rglob("*")} == {0}


@needs_root
def test_root_without_user_namespaces_is_told_what_is_needed(own_server: LocalServer) -> None:
    # The namespace allows no further namespaces.
    start = in_python(own_server, "start")
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    done = subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "sh",
            "-c",
            forbid,
            "sh",
            *start,
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "user namespaces are forbidden here" in done.stderr
    assert "unprivileged account" in done.stderr
    assert done.stderr.count("\n") == 1


def test_full_disk_is_one_clear_line(folder: Path) -> None:
    server = LocalServer(folder / "disk", find_binaries(default_major()), FAST)
    (folder / "disk").mkdir()
    start = in_python(server, "start")
    mount = f'mount -t tmpfs -o size=8m monps "{folder}/disk" || exit 77; exec "$@"'
    done = subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            mount,
            "sh",
            *start,
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert done.stderr.startswith("LocalServerError: ")
    assert done.stderr.count("\n") == 1


def test_folder_that_may_not_be_written_is_one_clear_line(folder: Path) -> None:
    server = LocalServer(Path("/proc/monps"), find_binaries(default_major()), FAST)
    with pytest.raises(LocalServerError, match="cannot start the local server") as caught:
        server.start()
    assert "\n" not in str(caught.value)
    assert folder.exists()


@needs_root
def test_root_without_unshare_is_told_what_is_needed(
    own_server: LocalServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(LocalServerError, match="unprivileged account") as caught:
        own_server.start()
    assert "\n" not in str(caught.value)
