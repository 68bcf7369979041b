"""The operations for online renames and for tables that become partitioned."""

from __future__ import annotations

from typing import Any

from .online_renames import OnlineRename
from .partitioned_twin import PartitionTable


def requested(online: list[dict[str, Any]], partitioned: list[dict[str, Any]]) -> list[Any]:
    """Return the operations that the engine requests.

    Args:
        online: The renames that keep the old names working.
        partitioned: The tables that become partitioned.
    """
    renamed = [
        OnlineRename(
            (one["table"][0], one["table"][1]),
            one["was"],
            [(old, new) for old, new in one["columns"]],
        )
        for one in online
    ]
    return [*renamed, *map(PartitionTable, partitioned)]
