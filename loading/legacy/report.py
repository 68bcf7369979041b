"""The report of an import: what happened to every row and every column."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that could not be copied.

    Attributes:
        id: The id of the row in the old table.
        reason: The reason.
    """

    id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ColumnAccount:
    """The result of the import for a column.

    Attributes:
        name: The name of the column in the old table.
        fate: Whether and how it was copied, converted or kept.
        converted: The number of copied rows in which the value had to be changed or filled in.
    """

    name: str
    fate: str
    converted: int = 0


@dataclass(frozen=True, slots=True)
class TableAccount:
    """The result of the import for a table.

    Attributes:
        source: The old table.
        target: The new table; None when nothing is copied from this one.
        rows: The number of rows in the old table.
        copied: The number of rows that were copied.
        already_there: The number of rows that were in the new table before, whatever the reason.
        refused: The rows that could not be copied.
        new_ids: The number of copied rows that could not keep their id.
        columns: All columns of the old table.
        notes: Further notes about the table.
    """

    source: str
    target: str | None
    rows: int
    copied: int = 0
    already_there: int = 0
    refused: tuple[RefusedRow, ...] = ()
    new_ids: int = 0
    columns: tuple[ColumnAccount, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of the import.

    Attributes:
        tables: One account for each old table that is there.
        absent: The old tables that are not there.
        dry_run: Whether nothing of it was kept.
    """

    tables: tuple[TableAccount, ...]
    absent: tuple[str, ...]
    dry_run: bool

    @property
    def refused(self) -> int:
        """The number of rows that could not be copied."""
        return sum(len(table.refused) for table in self.tables)
