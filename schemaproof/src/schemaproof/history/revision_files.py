"""Revisions read from their files as text: no Alembic is imported and no revision is run.

Importing Alembic costs more time than everything else that a check does. What is written in a way
that only Python can work out is left to Alembic.
"""

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from schemaproof.history import alembic_options
from schemaproof.project import Project

VERSIONS: Final = "versions"
_NAMES: Final = frozenset({"revision", "down_revision", "depends_on"})


@dataclass(frozen=True, slots=True)
class RevisionFile:
    """What a revision's file says of itself.

    Attributes:
        id: Its revision id.
        follows: The revisions that it comes after.
        depends_on: The revisions that it also needs.
        title: The first paragraph of its docstring.
        path: The file.
    """

    id: str
    follows: tuple[str, ...]
    depends_on: tuple[str, ...]
    title: str
    path: Path


def read(project: Project) -> list[RevisionFile] | None:
    """Read all revisions, each after the ones that it follows.

    Returns:
        None when they can only be read by Alembic.
    """
    if not alembic_options.options(project).keys().isdisjoint(alembic_options.ELSEWHERE):
        return None
    found: dict[str, RevisionFile] = {}
    for path in sorted((project.script_location / VERSIONS).glob("*.py")):
        file = _read_file(path)
        if file is None or file.id in found:
            return None
        found[file.id] = file
    return _in_order(found)


def id_in(path: Path) -> str | None:
    """Return the id of the revision in a file; None when it cannot be read as one."""
    file = _read_file(path)
    return file.id if file else None


def ids(value: Any) -> tuple[str, ...]:
    """Return revision ids as Alembic allows them: none, one, or several."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def assigned(path: Path, name: str) -> str | None:
    """Return what a revision's file assigns to a name, as text; None where it assigns nothing.

    What only Python could work out is returned as it is written: what is declared is never missed.
    """
    try:
        module = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    for target, value in _assignments(module):
        if isinstance(target, ast.Name) and target.id == name:
            try:
                plain = ast.literal_eval(value)
            except ValueError:
                return ast.unparse(value)
            return str(plain) if plain else None
    return None


def _read_file(path: Path) -> RevisionFile | None:
    try:
        module = ast.parse(path.read_bytes())
        values = dict(_literals(module))
        return RevisionFile(
            id=values["revision"],
            follows=ids(values.get("down_revision")),
            depends_on=ids(values.get("depends_on")),
            title=(ast.get_docstring(module) or "").split("\n\n")[0],
            path=path,
        )
    except (OSError, SyntaxError, ValueError, KeyError, TypeError):
        return None


def _literals(module: ast.Module) -> list[tuple[str, Any]]:
    """Return the names of interest with their values.

    Raises:
        ValueError: A value is no literal.
    """
    return [
        (target.id, ast.literal_eval(value))
        for target, value in _assignments(module)
        if isinstance(target, ast.Name) and target.id in _NAMES
    ]


def _assignments(module: ast.Module) -> list[tuple[ast.expr, ast.expr]]:
    return [
        (target, statement.value)
        for statement in module.body
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None
        for target in (
            statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        )
    ]


def _in_order(files: dict[str, RevisionFile]) -> list[RevisionFile] | None:
    """Sort so that every revision comes after the ones that it follows or depends on.

    Returns:
        None when one of those is not there, or they go round in a circle: Alembic can say so.
    """
    waiting = dict(files)
    ordered: dict[str, RevisionFile] = {}
    while waiting:
        ready = [
            file
            for file in waiting.values()
            if all(parent in ordered for parent in (*file.follows, *file.depends_on))
        ]
        if not ready:
            return None
        for file in ready:
            ordered[file.id] = waiting.pop(file.id)
    return list(ordered.values())


def file_checksum(content: bytes) -> str:
    """Return the digest of a revision's file, the same for every style of line ending."""
    text = content.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"
