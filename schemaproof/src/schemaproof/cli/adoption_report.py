"""The report of the command ``adopt`` as text and JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from schemaproof.adopt.adoption import Adoption, Relation
from schemaproof.output.counts import counted
from schemaproof.output.documents import Document, Lines, lines
from schemaproof.output.documents import as_json as to_json
from schemaproof.program import command_line
from schemaproof.project import Project


def as_json(adoption: Adoption, project: Project, file: Path | None) -> Document:  # noqa: ARG001
    """Return the adoption as JSON; the file is null when no baseline was written."""
    content = {**asdict(adoption), "baseline": None if file is None else str(file)}
    return to_json(content)


def as_text(adoption: Adoption, project: Project, file: Path | None) -> Lines:
    """Return the adoption as text: the objects that were found, and the next command."""
    return lines(
        [
            f"revision: {adoption.revision or 'none'}",
            *_listed("ours", adoption.ours),
            *_listed("in the way, left untouched by an upgrade", adoption.untouched),
            *_listed("in the way, to be moved before an upgrade", adoption.blocking),
            *_listed("not the project's, in a schema of the project", adoption.foreign),
            *(f"somebody else's, in {schema}: {count}" for schema, count in adoption.elsewhere),
            *_next(adoption, project, file),
        ]
    )


def _listed(title: str, relations: Sequence[Relation]) -> Iterator[str]:
    yield f"{title}: {len(relations)}"
    for one in relations:
        rows = f", about {counted(one.rows, 'row')}" if one.rows else ""
        yield f"  {one.path} ({one.kind}{rows})"


def _next(adoption: Adoption, project: Project, file: Path | None) -> Iterator[str]:
    differences = counted(len(adoption.accepted), "difference")
    if file is None:
        yield f"baseline: {differences} to accept; nothing written"
        return
    yield f"baseline: {differences} accepted in {file}"
    check = command_line("check")
    if file != project.baseline_file:
        yield f'name it in pyproject.toml: [tool.schemaproof] baseline = "{file.name}"'
        yield f"then: alembic upgrade head; {check} --baseline {file.name}"
    else:
        yield f"then: alembic upgrade head; {check}"
