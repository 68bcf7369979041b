"""The pipes between the program and the child: one line of JSON for each request and answer."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Self


@dataclass(frozen=True, eq=False)
class Pipes:
    """This program's ends of the pipes."""

    _to_child: IO[bytes]
    _from_child: IO[bytes]

    @classmethod
    def made(cls) -> tuple[Self, tuple[int, int]]:
        """Return our ends of two new pipes, and the child's end to read and to write."""
        reads, to_child = os.pipe()
        from_child, writes = os.pipe()
        ours = cls(os.fdopen(to_child, "wb", buffering=0), os.fdopen(from_child, "rb"))
        return ours, (reads, writes)

    def send(self, request: Mapping[str, Any]) -> None:
        """Send a request; a child that has ended is noticed when its answer is read."""
        with suppress(BrokenPipeError):
            self._to_child.write(json.dumps(request).encode("ascii") + b"\n")

    def answer(self) -> dict[str, Any]:
        """Wait for a line, and return the answer in it.

        Raises:
            ValueError: The child has closed its end.
        """
        found: dict[str, Any] = json.loads(self._from_child.readline())
        return found

    def close(self) -> None:
        """Close our ends."""
        self._to_child.close()
        self._from_child.close()
