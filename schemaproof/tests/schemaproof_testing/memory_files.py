"""Choose the folder of temporary files of the tests."""

import os
import tempfile
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - everything there is made by tempfile
ROOM: Final = 6 * 2**30
"""The bytes that have to be free; servers and projects take less than two gigabytes."""


def keep_files_in_memory(folder: Path = MEMORY, room: int = ROOM) -> None:
    """Make temporary files in Linux's memory file system, if there is room.

    A new database has about 300 files, which take ten times as long on many disks. ``TMPDIR`` in
    the environment takes precedence.
    """
    if "TMPDIR" in os.environ or not folder.is_dir():
        return
    there = os.statvfs(folder)
    has_room = there.f_bavail * there.f_frsize >= room
    if has_room and os.access(folder, os.W_OK) and not there.f_flag & os.ST_NOEXEC:
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
