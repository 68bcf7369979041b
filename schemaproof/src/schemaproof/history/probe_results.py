"""The answers of a project's own code, as values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from schemaproof.history.broken_history import Fault, in_file
from schemaproof.history.revision_files import RevisionFile, resolved


@dataclass(frozen=True, slots=True)
class RefusedObject:
    """An object of the models that PostgreSQL refuses to create.

    Attributes:
        schema: Where it would be.
        table: The table that it is, or belongs to; None where it is something else.
        name: Its name, where it has one of its own.
        message: Why.
        kind: Its kind: a table, an index, a constraint, or something else.
        referring: Schemas and names of the tables that refer to it, and were created without that.
    """

    schema: str
    table: str | None
    name: str | None
    message: str
    referring: tuple[tuple[str, str], ...] = ()
    kind: str = "object"


@dataclass(frozen=True, slots=True)
class Look:
    """The project's code, as far as a check asks for it.

    Attributes:
        models: The fingerprint of the models.
        revisions: What :func:`revisions` takes; None where they cannot be read.
        inputs: The files and folders that this was read from; None where it depends on something
            else, or may.
    """

    models: str
    revisions: Sequence[Mapping[str, Any]] | None
    inputs: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class PrintedStatement:
    """SQL that a revision executes, as it was printed.

    Attributes:
        sql: One or several statements.
        line: The line of the revision's file that executes it.
        autocommit: Whether it is executed outside of the revision's transaction.
    """

    sql: str
    line: int
    autocommit: bool


@dataclass(frozen=True, slots=True)
class WrittenRevisions:
    """Revisions that were written, each following the one before.

    Attributes:
        files: Their files, by their ids.
        notes: Notes for the reader.
    """

    files: Mapping[str, Path]
    notes: tuple[str, ...] = ()


_KINDS: Final = {
    "CreateTable": "table",
    "CreateIndex": "index",
    "AddConstraint": "constraint",
    "CreateEnumType": "type",
    "CreateDomainType": "type",
    "CreateSequence": "sequence",
}
"""By the class of the statement that SQLAlchemy makes of it."""
Printed: TypeAlias = dict[str, tuple[Sequence[PrintedStatement], str | None]]
"""By revision: what it executes, or why that cannot be told."""


def revisions(found: Iterable[Mapping[str, Any]]) -> tuple[list[RevisionFile], list[Fault]]:
    """Return the revisions, and the faults of files that could not be loaded."""
    files, faults = [], []
    for one in found:
        path = Path(one["path"])
        fault = in_file(path, one.get("fault"), one.get("line", 1), id_=one.get("id"))
        if fault is not None:
            faults.append(fault)
        if "follows" in one:
            follows, depends_on = tuple(one["follows"]), tuple(one["depends_on"])
            labels = tuple(one["labels"])
            files.append(RevisionFile(one["id"], follows, depends_on, one["title"], path, labels))
    return resolved(files), faults


def refused_object(found: Mapping[str, Any]) -> RefusedObject:
    """Return an object that PostgreSQL refuses to create."""
    referring = tuple((schema, name) for schema, name in found["referring"])
    schema = found["schema"] or "public"
    kind = _KINDS.get(
        found["kind"], found["kind"] if found["kind"] in _KINDS.values() else "object"
    )
    return RefusedObject(schema, found["table"], found["name"], found["message"], referring, kind)
