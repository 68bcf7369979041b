"""What a bulk write did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upserted:
    """What happened to the rows of one call.

    Attributes:
        inserted: Rows that were not there.
        updated: Rows that said something else.
        unchanged: Rows that said the same; they were neither locked nor written.
    """

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Upserted) -> Upserted:
        return Upserted(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
        )
