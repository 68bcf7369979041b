"""Record the files and folders that this process reads, by Python's audit events."""

from __future__ import annotations

import glob
import os
import sys
from typing import Any

from . import request_processes

# After one of these events, the models may depend on more than files: a network, a database, or a
# process that reads any file.
_UNKNOWN = frozenset(
    (
        *("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec"),
        *("os.posix_spawn", "sqlite3.connect", "urllib.Request"),
    )
)
_LISTED = ("os.listdir", "os.scandir")
_OF_KERNEL = ("/proc/", "/sys/", "/dev/")


# Python has no audit event for a look whether a file exists.
_LOOKED_FOR = (
    b"exists(",
    b"is_file(",
    b"is_dir(",
    b"isfile(",
    b"isdir(",
    b"os.stat(",
    b"os.access(",
)


class Inputs:
    """A recorder of the files that Python opens and imports from now on (audit events)."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._is_known = True
        self._is_over = False
        self._scratch: set[str] = set()
        sys.addaudithook(self._hear)

    def expect(self, place: dict[str, str]) -> None:
        """Ignore connections to a scratch database: it is empty, so nothing is read from it."""
        host, port = place["host"], place.get("port", "")
        self._scratch.update((host, str(port), os.path.join(host, ".s.PGSQL." + str(port))))

    def found(self, own: tuple[str, ...]) -> list[str] | None:
        """Return the files and folders that were read; None if other inputs were used, too.

        Args:
            own: The folders of the project's modules.
        """
        self._is_over = True
        modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        self._files.update(os.path.abspath(file) for file in modules if file)
        self._folders.update(os.path.abspath(folder) for folder in sys.path)
        if not self._is_known or any(map(_looks_for_files, self._own_sources(own))):
            return None
        # A new module that hides another of the same name changes the modification time of its
        # folder.
        self._folders.update([os.path.dirname(file) for file in self._files])
        for folder in sys.path:
            self._files.update(glob.glob(os.path.join(glob.escape(folder), "*.pth")))
        self._files.update((sys.executable, os.path.realpath(sys.executable)))
        self._files.add(os.path.join(sys.prefix, "pyvenv.cfg"))
        return sorted(one for one in self._files | self._folders if "__pycache__" not in one)

    def _own_sources(self, own: tuple[str, ...]) -> list[str]:
        below = tuple(os.path.join(folder, "") for folder in own)
        return [
            one
            for one in self._files
            if one.startswith(below) and one.endswith(".py") and "site-packages" not in one
        ]

    def _hear(self, event: str, given: tuple[Any, ...]) -> None:
        if self._is_over:
            return
        if event == "open":
            if _reads(*given):
                self._note(given[0], self._files)
        elif event in _LISTED:
            self._note(given[0] if given[0] is not None else os.curdir, self._folders)
        elif event in _UNKNOWN:
            self._is_known &= self._is_scratch(given)
        elif event == "os.fork" and not request_processes.is_forking():
            self._is_known = False

    def _is_scratch(self, given: tuple[Any, ...]) -> bool:
        """Whether a connection, or the lookup of an address, is for the scratch database."""
        address = given[-1] if given and isinstance(given[-1], (str, bytes, tuple)) else given[:1]
        first = address[0] if isinstance(address, tuple) and address else address
        return bool(self._scratch) and str(first) in self._scratch

    def _note(self, path: Any, among: set[str]) -> None:
        # A number is a descriptor, and the call that opened it was recorded.
        if isinstance(path, int):
            return
        try:
            among.add(os.path.abspath(os.fsdecode(path)))
        except (TypeError, ValueError):
            self._is_known = False


def _reads(path: Any, mode: str | None, flags: int) -> bool:
    """Whether a file is opened to read its contents; files of the kernel's state do not count."""
    if isinstance(path, (str, bytes)) and os.fsdecode(path).startswith(_OF_KERNEL):
        return False
    if mode is not None:
        return not any(one in mode for one in "wax")
    return not flags & os.O_WRONLY


def _looks_for_files(source: str) -> bool:
    with open(source, "rb") as file:
        text = file.read()
    return any(word in text for word in _LOOKED_FOR)
