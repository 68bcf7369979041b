"""The folder of the socket, and its owner."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import FAST, ask, default_major, find_binaries

NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@contextmanager
def far_below(folder: Path) -> Iterator[LocalServer]:
    server = LocalServer(folder / ("x" * 100) / "y", find_binaries(default_major()), FAST)
    try:
        yield server
    finally:
        server.stop()


def test_long_path_puts_the_socket_into_a_private_temporary_folder(folder: Path) -> None:
    with far_below(folder) as server:
        server.start()
        assert ask(server, "SELECT 1") == 1
        assert server.socket_directory.parent == Path("/tmp")  # noqa: S108
        assert server.socket_directory.stat().st_mode & 0o777 == 0o700
    assert not server.socket_directory.exists()


def test_place_of_the_socket_does_not_depend_on_the_shell(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with far_below(folder) as server:
        before = server.socket_directory
        monkeypatch.setenv("TMPDIR", str(folder))
        assert server.socket_directory == before


def test_socket_path_of_107_bytes_is_used_and_one_of_108_is_not(folder: Path) -> None:
    binaries = find_binaries(default_major())
    rest = len(f"/{binaries.major}/run/.s.PGSQL.5432")
    fits = folder / ("x" * (107 - rest - len(str(folder)) - 1))
    assert LocalServer(fits, binaries).socket_directory.is_relative_to(folder)
    longer = fits.with_name(f"{fits.name}x")
    assert not LocalServer(longer, binaries).socket_directory.is_relative_to(folder)
    server = LocalServer(fits, binaries, FAST)
    try:
        server.start()
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_temporary_folder_that_is_a_symbolic_link_is_refused(folder: Path) -> None:
    with far_below(folder) as server:
        trap = folder / "trap"
        trap.mkdir(mode=0o700)
        server.socket_directory.symlink_to(trap)
        try:
            with pytest.raises(LocalServerError, match="is not a folder"):
                server.start()
        finally:
            server.socket_directory.unlink()
        assert list(trap.iterdir()) == []


def test_temporary_folder_that_is_open_to_others_is_refused(folder: Path) -> None:
    with far_below(folder) as server:
        server.socket_directory.mkdir()
        server.socket_directory.chmod(0o755)
        (server.socket_directory / "somebody's").touch()
        try:
            with pytest.raises(LocalServerError, match="is open to other accounts"):
                server.start()
            assert server.socket_directory.stat().st_mode & 0o777 == 0o755
        finally:
            shutil.rmtree(server.socket_directory)


@needs_root
def test_temporary_folder_of_another_account_is_refused(folder: Path) -> None:
    with far_below(folder) as server:
        server.socket_directory.mkdir(mode=0o700)
        (server.socket_directory / "theirs").touch()
        os.chown(server.socket_directory, NOBODY, NOBODY)
        try:
            with pytest.raises(LocalServerError, match="belongs to another account"):
                server.start()
        finally:
            shutil.rmtree(server.socket_directory)
