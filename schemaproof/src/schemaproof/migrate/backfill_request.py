"""The request for a backfill, and how the runner is called for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from schemaproof.errors import ConfigurationError
from schemaproof.migrate.progress import Filled

if TYPE_CHECKING:
    from schemaproof.schema.scope import Scope

BATCH: Final = 5000
OPTION: Final = "schemaproof_backfill"
"""The option of ``context.configure`` in which the runner passes its :class:`Options`."""


@dataclass(frozen=True, slots=True)
class Work:
    """The work of a backfill.

    Attributes:
        table: The table, as SQL writes it.
        set_: The SET clause of the UPDATE.
        where: The condition for rows that still have to be changed.
        batch: The largest number of rows in a batch.
    """

    table: str
    set_: str
    where: str
    batch: int

    @property
    def digest(self) -> str:
        """A digest that identifies the backfill; the batch size is not part of it."""
        whole = f"{self.table}\0{self.set_}\0{self.where}"
        return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of a backfill.

    Attributes:
        scope: The scope that names the ledger, beside which the position is stored; None to store
            no position.
        pause: The pause after each batch.
        lag: The time that a standby may be behind; None for no limit.
        attempts: The number of attempts at a batch that other sessions block.
        report: The function that receives the progress.
        say: The function that receives messages about waiting.
    """

    scope: Scope | None = None
    pause: timedelta = timedelta()
    lag: timedelta | None = None
    attempts: int = 10
    report: Callable[[Filled], None] = lambda _: None
    say: Callable[[str], None] = lambda _: None


def positive(batch: int) -> int:
    """Return the size of a batch.

    Raises:
        ConfigurationError: The number is not positive.
    """
    if batch < 1:
        raise ConfigurationError(
            f"the batch size of a backfill is {batch}", remedy="give a number from 1 on"
        )
    return batch
