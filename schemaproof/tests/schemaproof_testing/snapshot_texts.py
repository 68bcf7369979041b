"""A snapshot as the text of its file."""

from schemaproof.history.snapshot_file import RecordedRevision, dumps
from schemaproof_testing.snapshots import EXAMPLE

RECORDED = RecordedRevision(
    revision="0123456789ab", file_checksum="sha256:00", models=None, snapshot=EXAMPLE
)
TEXT = dumps(RECORDED)
