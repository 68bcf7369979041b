"""The figures of a process, in memory that other processes can read.

If a folder is given, the memory is a mapped file there, which the process keeps locked. So a figure
is in the file as soon as it is written, even if the process is killed. An unlocked file belongs to
a process that has ended; the next process continues to count in it. A cell is one number.
"""

from __future__ import annotations

import json
import mmap
import os
import threading
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from itertools import count
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from core.metrics.definitions import Definition

T = TypeVar("T")

Key = tuple[str, ...]
"""The name of a metric, and the values of its labels."""

_SIZE: Final = 1 << 16
_DOUBLE: Final = 8
# The header stands before each series: the length of its key, and the number of its cells. It is
# written last, so a series without a header is not read.
_HEADER: Final = Struct("=II")


class Reading(NamedTuple):
    """The figures of one series in one process.

    Attributes:
        key: The name and the labels of the series.
        cells: The values of the cells.
        is_alive: Whether the process is still running.
    """

    key: Key
    cells: memoryview[float]
    is_alive: bool


class Store:
    """The cells of one process; :meth:`read` reads the cells of all processes.

    Args:
        folder: The folder of the files of all processes; None for one process, in its own memory.
        layout: The version of the cells' meaning; files with another layout are ignored.
        is_fleeting: The function that returns whether a series ends with its process.

    Attributes:
        lock: The lock for changes of cells; reentrant, because garbage collection can delete a pool
            while it is held.

    Raises:
        OSError: The folder cannot be written.
    """

    def __init__(
        self, folder: Path | None, layout: str, is_fleeting: Callable[[Key], bool]
    ) -> None:
        self._folder = folder
        self._prefix = f"monps-{layout}-"
        self._is_fleeting = is_fleeting
        self.begin()

    def begin(self) -> None:
        """Start without figures; a forked child must not keep the figures of its parent."""
        self.lock = threading.RLock()
        self._cells: dict[Key, memoryview[float]] = {}
        # These are the cells of processes that have ended; a new owner continues them.
        self._free: dict[Key, list[memoryview[float]]] = {}
        self._blocks: list[_Block] = []
        self._open(_SIZE)

    def cells(self, definition: Definition, *labels: str) -> memoryview[float]:
        """Return the cells of a series, 0 at first; change them only while holding the lock."""
        key = (definition.name, *labels)
        with self.lock:
            if key not in self._cells:
                self._cells[key] = self.own_cells(definition, *labels)
            return self._cells[key]

    def own_cells(self, definition: Definition, *labels: str) -> memoryview[float]:
        """Return cells that one caller changes; a series is the sum of all its cells."""
        key, number = (definition.name, *labels), definition.cells
        text = json.dumps(key).encode()
        text += b" " * (-len(text) % _DOUBLE)
        needed = _HEADER.size + len(text) + number * _DOUBLE
        with self.lock:
            if not self._free.get(key) and self._blocks[-1].room < needed:
                self._open(needed)
            if free := self._free.get(key):
                return free.pop()
            return self._blocks[-1].append(text, number)

    def read(self) -> Iterator[Reading]:
        """Read the figures of all processes, including those that have ended."""
        if self._folder is None:
            for block in self._blocks:
                yield from _Block(bytes(block.memory)).read(is_alive=True)
            return
        for path in sorted(self._folder.glob(f"{self._prefix}*")):
            # The service may empty the folder while it starts.
            with suppress(FileNotFoundError), path.open("rb") as file:
                is_alive = not _can_lock(file.fileno(), LOCK_SH)
                yield from _Block(file.read()).read(is_alive=is_alive)

    def _open(self, needed: int) -> None:
        size = max(_SIZE, needed)
        file = None if self._folder is None else self._own_file(self._folder, size)
        block = _Block(file or bytearray(size))
        for key, cells, _ in block.read(is_alive=True):
            self._free.setdefault(key, []).append(cells)
            if self._is_fleeting(key):
                cells[0] = 0
        self._blocks.append(block)

    def _own_file(self, folder: Path, size: int) -> mmap.mmap:
        """Map the first file that no process has locked, and lock it while it is mapped."""
        for number in count():
            descriptor = os.open(folder / f"{self._prefix}{number}", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if _can_lock(descriptor, LOCK_EX):
                    there = os.fstat(descriptor).st_size
                    # The bytes are written so that a full disk is an error here. If the file were
                    # only extended, a full disk would end the process with a signal later.
                    os.pwrite(descriptor, bytes(max(0, size - there)), there)
                    return mmap.mmap(descriptor, 0)
            finally:
                os.close(descriptor)  # The memory map has its own descriptor.
        raise AssertionError


class PerThread(dict[int, T]):
    """A value for each thread, by ``threading.get_ident()``.

    A value that only one thread changes needs no lock, which would cost more than the change. A
    new thread may continue the value of an ended one.

    Args:
        make: Creates the value for a thread.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, thread: int) -> T:
        made = self[thread] = self._make()
        return made


class _Block:
    """Memory that contains series one after the other."""

    def __init__(self, memory: bytes | bytearray | mmap.mmap) -> None:
        self.memory = memoryview(memory)
        self._end = 0

    @property
    def room(self) -> int:
        return len(self.memory) - self._end

    def read(self, *, is_alive: bool) -> Iterator[Reading]:
        """Yield the series that follow, up to the first unused byte."""
        while self.room > _HEADER.size:
            length, number = _HEADER.unpack_from(self.memory, self._end)
            if not length:
                return
            start = self._end + _HEADER.size
            middle = start + length
            self._end = middle + number * _DOUBLE
            key = tuple(json.loads(bytes(self.memory[start:middle])))
            yield Reading(key, self.memory[middle : self._end].cast("d"), is_alive)

    def append(self, text: bytes, number: int) -> memoryview[float]:
        start = self._end + _HEADER.size
        content = text + bytes(number * _DOUBLE)
        self.memory[start : start + len(content)] = content
        _HEADER.pack_into(self.memory, self._end, len(text), number)
        return next(self.read(is_alive=True)).cells


def _can_lock(descriptor: int, kind: int) -> bool:
    try:
        flock(descriptor, kind | LOCK_NB)
    except BlockingIOError:
        return False
    return True
