"""Read recorded snapshot files."""

from schemaproof.history.snapshot_file import RecordedRevision, loads


def recorded_in(text: str) -> RecordedRevision:
    """Read a complete snapshot file."""
    found = loads(text)
    return RecordedRevision(
        revision=found.revision,
        file_checksum=found.file_checksum,
        models=found.models,
        model_sources=found.model_sources,
        snapshot=found.snapshot,
    )
