"""Private folders and files, and the lock that lets one process at a time change a server."""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemaproof.errors import LocalServerError

LOCK_SECONDS = 120.0


def private_directory(path: Path) -> Path:
    """Make a folder that only its owner may enter, or accept one that already is.

    Args:
        path: The folder; its parent exists.

    Raises:
        LocalServerError: The path is not a folder, or the folder belongs to another account or is
            open to others: in a shared place, somebody else may have created it.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()  # stat() would follow a symbolic link to a folder of somebody else.
        if not stat.S_ISDIR(found.st_mode):
            problem = "is not a folder"
        elif found.st_uid != os.geteuid():
            problem = "belongs to another account"
        elif found.st_mode & 0o077:
            problem = "is open to other accounts"
        else:
            return path
        raise LocalServerError(
            f"{path} {problem}", remedy="remove it: it is created again with the right permissions"
        ) from None
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Args:
        path: The file; an older one is replaced.
        text: Its content.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


@contextmanager
def locked(path: Path, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold a lock that excludes other processes; it ends with its process.

    Args:
        path: The lock file; it stays.
        seconds: The seconds to wait for another process.

    Raises:
        LocalServerError: Another process holds the lock all that time.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + seconds
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                raise LocalServerError(
                    "another process is still starting or stopping the local server",
                    remedy="wait for it, then try again",
                )
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def one_line_failures(doing: str) -> Iterator[None]:
    """Turn errors of the operating system into one line.

    Args:
        doing: The action, such as ``start the local server``.

    Raises:
        LocalServerError: The action has failed with an ``OSError``.
    """
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise LocalServerError(
            f"cannot {doing}: {error.strerror or error}{where}",
            remedy="check the folder's owner, its permissions and the free disk space",
        ) from error
