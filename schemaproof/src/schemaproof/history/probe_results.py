"""The answers of the project's own code, as values."""

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
        schema: The schema in which the object would be.
        table: The table that the object is or belongs to; None for any other object.
        name: The name of the object, where it has a name of its own.
        message: The reason that PostgreSQL gives.
        kind: The kind of the object: a table, an index, a constraint, or something else.
        referring: The schemas and names of the tables that refer to the object; they were created
            without the reference.
    """

    schema: str
    table: str | None
    name: str | None
    message: str
    referring: tuple[tuple[str, str], ...] = ()
    kind: str = "object"


@dataclass(frozen=True, slots=True)
class Look:
    """The facts about the project's code that a check needs.

    Attributes:
        models: The fingerprint of the models.
        revisions: The revisions, in the form that :func:`revisions` reads; None where they cannot
            be read.
        inputs: The files and folders that the code was read from; None where the result may depend
            on something else.
    """

    models: str
    revisions: Sequence[Mapping[str, Any]] | None
    inputs: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class PrintedStatement:
    """SQL that a revision executes, as Alembic prints it.

    Attributes:
        sql: One or several statements.
        line: The line of the revision's file that executes it.
        autocommit: Whether the statement is executed outside of the revision's transaction.
    """

    sql: str
    line: int
    autocommit: bool


@dataclass(frozen=True, slots=True)
class WrittenRevisions:
    """Revisions that were written, each following the one before.

    Attributes:
        files: The file of each revision, by its id.
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
"""The kind of an object, by the class of the SQLAlchemy statement that creates it."""
Printed: TypeAlias = dict[str, tuple[Sequence[PrintedStatement], str | None]]
"""The statements of each revision, or the reason why they are unknown, by the revision's id."""


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
