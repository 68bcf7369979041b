"""Renames of columns and tables whose old names keep working until the contract phase."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from schemaproof.history.renames import Rename


@dataclass(slots=True)
class OnlineRename:
    """The rename of a table, or of some of its columns, while both names work.

    Attributes:
        table: Schema and name of the table after the rename.
        was: The old name of the table; None where the table keeps its name.
        columns: The old and the new name of each column.
    """

    table: tuple[str, ...]
    was: str | None = None
    columns: list[tuple[str, str]] = field(default_factory=list)


def by_table(renamed: Iterable[Rename]) -> list[OnlineRename]:
    """Return renames grouped by table, one after the other; those of labels are left out.

    >>> from schemaproof.schema.paths import path
    >>> one = Rename(path("shop", "customer", "tier"), path("shop", "customer", "level"))
    >>> by_table([one, Rename(path("shop", "customer"), path("shop", "client"))])
    [OnlineRename(table=('shop', 'client'), was='customer', columns=[('tier', 'level')])]
    """
    found: dict[tuple[str, ...], OnlineRename] = {}
    for one in renamed:
        if one.is_label:
            continue
        table = one.old.object
        known = found.pop(table, OnlineRename(table))
        if one.old.names == table:
            known.table, known.was = one.new.names, known.was or table[-1]
        else:
            known.columns.append((one.old.names[-1], one.new.names[-1]))
        found[known.table] = known
    return list(found.values())
