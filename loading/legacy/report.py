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
        fate: The treatment of the column: copied, converted or kept.
        converted: The number of copied rows whose value was changed or filled in.
    """

    name: str
    fate: str
    converted: int = 0


@dataclass(frozen=True, slots=True)
class TableAccount:
    """The result of the import for a table.

    Attributes:
        source: The old table.
        target: The new table; None when no rows are copied.
        rows: The number of rows in the old table.
        copied: The number of rows that were copied.
        already_there: The number of rows that the new table already had.
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
        tables: The result for each old table that exists.
        absent: The old tables that do not exist.
        dry_run: Whether the import was rolled back.
    """

    tables: tuple[TableAccount, ...]
    absent: tuple[str, ...]
    dry_run: bool

    @property
    def refused(self) -> int:
        """The number of rows that could not be copied."""
        return sum(len(table.refused) for table in self.tables)
