"""A revision, and its recorded snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from schemaproof.history.snapshot_file import SnapshotFile


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of the history.

    Attributes:
        id: The revision id.
        parents: The revisions that it follows or depends on; empty for a base.
        title: The first line of its message.
        path: The file of the revision.
        file_checksum: The checksum of that file as it is now.
        recorded: The snapshot of the revision; None without a snapshot.
    """

    id: str
    parents: tuple[str, ...]
    title: str
    path: Path
    file_checksum: str
    recorded: SnapshotFile | None

    @property
    def changed_since_recorded(self) -> bool:
        """Whether the file has changed since the snapshot was recorded."""
        return self.recorded is not None and self.recorded.file_checksum != self.file_checksum
