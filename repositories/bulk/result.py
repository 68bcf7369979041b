"""What a bulk write did."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from core import observers


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

    def tell(self, table: str) -> None:
        """Tell the observers."""
        for observer in observers.current():
            observer.rows_written(table, **asdict(self))
