"""What a migration tells whoever started it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

ATTRIBUTE: Final = "monps.progress"
"""Where the caller of Alembic's Python API puts a :class:`Progress` (``Config.attributes``)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One revision on its way.

    Attributes:
        revision: Its id.
        direction: ``upgrade``, ``downgrade`` or ``stamp``.
        title: The first line of its message.
    """

    revision: str
    direction: str
    title: str


class Progress(Protocol):
    """Told what happens, in order."""

    def say(self, line: str) -> None:
        """Something to know: who is waited for, what a revision warns of."""

    def planned(self, steps: Sequence[Step]) -> None:
        """The steps that will be taken; again when fewer remain than was thought."""

    def started(self, step: Step) -> None:
        """A step begins, or begins again."""

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:
        """A step is committed; the lines say what it led to."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Plain Alembic: only what is said, and what each step led to."""

    say: Callable[[str], None]

    def planned(self, steps: Sequence[Step]) -> None:
        """Alembic's log shows them."""

    def started(self, step: Step) -> None:
        """Alembic's log says so."""

    def done(self, step: Step, lines: Sequence[str], seconds: float) -> None:  # noqa: ARG002
        """Say what it led to."""
        for line in lines:
            self.say(line)
