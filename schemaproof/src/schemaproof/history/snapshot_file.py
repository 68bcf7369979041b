"""Snapshots as JSON text: canonical, sorted, an attribute a line, so that diffs can be reviewed."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from schemaproof.errors import HistoryError, TamperedHistoryError
from schemaproof.history.snapshot_values import (
    decode_children,
    decode_objects,
    encode_children,
    encode_objects,
    plain,
)
from schemaproof.program import command_line, program_name
from schemaproof.schema.database_objects import Schema, Snapshot
from schemaproof.schema.schema_renaming import renamed

FORMAT: Final = 2
_SCHEMAS: Final = ',\n "schemas": '


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRevision:
    """The recorded result of a revision.

    Attributes:
        revision: The revision's id.
        file_checksum: The checksum of the revision's file, line endings normalised.
        models: Fingerprint of the models when this revision was the head.
        model_sources: Digest of the models' source files at that time.
        snapshot: The schema after the revision.
    """

    revision: str
    file_checksum: str
    models: str | None
    snapshot: Snapshot
    model_sources: str | None = None


@dataclass(frozen=True, kw_only=True)
class SnapshotFile:
    """A :class:`RecordedRevision` from a file whose checksum is correct.

    The snapshot is parsed on demand, because few snapshots of a long history are needed.

    Attributes:
        revision: The revision's id.
        file_checksum: The checksum of the revision's file, line endings normalised.
        models: Fingerprint of the models when this revision was the head.
        model_sources: Digest of the models' source files at that time.
        text: The whole file.
        tenant: Two names of a schema: the one in the text, and the one that it has here; None where
            it is expected as it was recorded.
    """

    revision: str
    file_checksum: str
    models: str | None
    model_sources: str | None
    text: str
    tenant: tuple[str, str] | None = None

    @cached_property
    def snapshot(self) -> Snapshot:
        """The schema after the revision.

        Raises:
            HistoryError: The text is not a whole snapshot.
        """
        with _whole(self.revision):
            recorded = _snapshot(json.loads(self.text))
        return recorded if self.tenant is None else renamed(recorded, *self.tenant)


def dumps(recorded: RecordedRevision) -> str:
    """Return the canonical JSON text; its first entry is the checksum of all others."""
    content = {
        "format": FORMAT,
        "revision": recorded.revision,
        "file_checksum": recorded.file_checksum,
        "models": recorded.models,
        "model_sources": recorded.model_sources,
        "objects": encode_objects(recorded.snapshot.objects),
        "postgresql": recorded.snapshot.major,
        "schemas": encode_children(recorded.snapshot.schemas),
    }
    body = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return _sealed(body.removeprefix("{\n"))


def fingerprint(snapshot: Snapshot) -> str:
    """Return a digest of a schema: the same for equal snapshots."""
    content = {
        "objects": encode_objects(snapshot.objects),
        "postgresql": snapshot.major,
        "schemas": encode_children(snapshot.schemas),
    }
    # Nobody reads this text, and without an indent the encoder is ten times faster.
    return _digest(json.dumps(content, sort_keys=True, ensure_ascii=False))


def loads(text: str) -> SnapshotFile:
    """Read the text that :func:`dumps` wrote, except for the snapshot itself.

    Raises:
        HistoryError: The text is not a snapshot, was changed, or has another format.
    """
    # The keys are sorted and this is the last one, so what comes before it is small.
    head, found, _ = text.partition(_SCHEMAS)
    with _whole():
        content = json.loads(f"{head}}}" if found else text)
        _require_format(content["format"])
        _require_checksum(text)
        return SnapshotFile(**_header(content), text=text)


def read(folder: Path, revision: str) -> SnapshotFile | None:
    """Read the record of a revision; None without a snapshot.

    Raises:
        HistoryError: The file cannot be read, or is not a whole snapshot.
        TamperedHistoryError: The file was changed after it was recorded.
    """
    path = folder / f"{revision}.json"
    try:
        recorded = loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryError(
            f"{path.name} cannot be read", remedy="restore the file from version control"
        ) from error
    except HistoryError as error:
        raise type(error)(f"{path.name}: {error.message}", remedy=error.remedy) from error
    if recorded.revision != revision:
        raise HistoryError(
            f"{path.name} holds the snapshot of {recorded.revision}",
            remedy="restore the file from version control",
        )
    return recorded


@contextmanager
def _whole(revision: str | None = None) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        where = f"{revision}.json: " if revision else ""
        message = f"{where}this is not a whole snapshot"
        raise HistoryError(message, remedy=_record_again()) from error


def _header(content: Mapping[str, Any]) -> dict[str, Any]:
    names = ("revision", "file_checksum", "models", "model_sources")
    return {name: plain(RecordedRevision, name, content[name]) for name in names}


def _snapshot(content: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        decode_children(Schema, content["schemas"]),
        decode_objects(content["objects"]),
        plain(Snapshot, "major", content["postgresql"]),
    )


def _record_again() -> str:
    again = command_line("snapshot --rewrite")
    return f"restore the file from version control, or record it again: {again}"


def _require_format(found: object) -> None:
    if found == FORMAT:
        return
    if isinstance(found, int) and found < FORMAT:
        raise HistoryError(
            f"the snapshot has the old format {found}, and this is {FORMAT}",
            remedy=f"record it again: {command_line('snapshot --rewrite')}",
        )
    raise HistoryError(
        f"the snapshot has format {found}, and only {FORMAT} is known here",
        remedy=f"install the version of {program_name()} that recorded it",
    )


def _require_checksum(text: str) -> None:
    rest = text.split("\n", 2)[-1]
    if text != _sealed(rest):
        raise TamperedHistoryError(
            "the snapshot was changed after it was recorded", remedy=_record_again()
        )


def _sealed(rest: str) -> str:
    """Return a text with its checksum in front."""
    return f'{{\n "checksum": "{_digest(rest)}",\n{rest}'


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
