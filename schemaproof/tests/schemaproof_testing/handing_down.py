"""Trace a value through the code: the files whose functions receive it, in order."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

# Such a function is called once and resumed several times.
RESUMED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


@dataclass
class Way:
    """The files in which a function was called with a value, in the order of the calls.

    Attributes:
        package: The folder of the traced files; calls in other files are ignored.
        is_followed: Whether an argument is the value.
    """

    package: Path
    is_followed: Callable[[Any], bool]
    stays: list[Path] = field(default_factory=list)
    _generators: set[FrameType] = field(default_factory=set)

    @property
    def files(self) -> set[Path]:
        return set(self.stays)

    def climbs(self, floor: Callable[[Path], int]) -> list[tuple[str, str]]:
        """Return each call that passed the value from a lower layer to a higher one."""
        return [(str(a), str(b)) for a, b in pairwise(self.stays) if floor(b) > floor(a)]

    def see(self, frame: FrameType, event: str, _: object) -> None:
        """Receive every call, as the function of ``sys.setprofile``."""
        code = frame.f_code
        path = Path(code.co_filename)
        if event != "call" or not path.is_relative_to(self.package):
            return
        if code.co_flags & RESUMED:
            if frame in self._generators:  # The generator is resumed.
                return
            self._generators.add(frame)
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        given = [frame.f_locals.get(name) for name in names if name != "self"]
        if any(map(self.is_followed, given)):
            self.stays.append(path.relative_to(self.package))


@contextmanager
def followed(package: Path, is_followed: Callable[[Any], bool]) -> Iterator[Way]:
    """Trace a value through the calls of this thread within the block."""
    way = Way(package, is_followed)
    sys.setprofile(way.see)
    try:
        yield way
    finally:
        sys.setprofile(None)
