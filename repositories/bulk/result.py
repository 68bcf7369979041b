"""The result of a bulk write."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from core import observers


@dataclass(frozen=True, slots=True)
class Upserted:
    """The numbers of rows that one call inserted, updated and left unchanged.

    Attributes:
        inserted: The number of new rows.
        updated: The number of rows with changed values.
        unchanged: The number of rows without changes, which were neither locked nor written.
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
        """Report the numbers to the observers."""
        for observer in observers.current():
            observer.rows_written(table, **asdict(self))
