"""A file that is written as a whole or not at all."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_REMEDIES: Final = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room within the disk quota",
    errno.EFBIG: "raise the limit on the size of a file (ulimit -f)",
    errno.EROFS: "the file system is read-only: name another place",
    errno.EACCES: "make the folder writable, or name another place",
    errno.EPERM: "make the folder writable, or name another place",
    errno.ENOENT: "create the folder first",
    errno.ENOTDIR: "name a file in a folder",
    errno.EISDIR: "name a file, not a folder",
}


def write(path: Path, content: str | bytes) -> None:
    """Write into a file as a whole or not at all, or to a device or a pipe; text as UTF-8.

    An existing file or link is replaced. The text is first written to a new file with a random
    name, so that nobody who may write into the folder can redirect it.

    Raises:
        OSError: The file cannot be written; :func:`write_remedy` returns the advice.
    """
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogateescape")
    if _is_passed_on(path):
        path.write_bytes(content)
        return
    partial = path.with_name(f".{token_hex(8)}.partial")
    descriptor = os.open(partial, _NEW, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


def write_remedy(error: OSError) -> str:
    """Return the remedy for a file that cannot be written."""
    return _REMEDIES.get(error.errno or 0, "name another place")


def _is_passed_on(path: Path) -> bool:
    """Whether a path is a device, a pipe, or the name of an open file, such as ``/dev/stdout``."""
    folder = path.absolute().parent.resolve()
    if folder == Path("/dev") or folder.is_relative_to("/proc"):
        return True
    return path.exists() and not path.is_file()
