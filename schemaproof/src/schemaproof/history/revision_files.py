"""Revisions read from their files as text: no Alembic is imported and no revision is run.

Importing Alembic takes more time than the rest of a check. Files whose ids are not constants are
left to Alembic.
"""

import ast
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final

from schemaproof.history import alembic_options
from schemaproof.project import Project

_NAMES: Final = frozenset({"revision", "down_revision", "depends_on", "branch_labels"})


@dataclass(frozen=True, slots=True)
class RevisionFile:
    """The contents of a revision's file: ids, branches, docstring, source.

    Attributes:
        id: The revision id.
        follows: The revisions that it comes after.
        depends_on: The revisions that it also needs.
        title: The first paragraph of its docstring.
        path: The file.
        labels: The labels of the branch that it begins.
    """

    id: str
    follows: tuple[str, ...]
    depends_on: tuple[str, ...]
    title: str
    path: Path
    labels: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """The revisions that it needs: the ones that it follows or depends on."""
        return *self.follows, *self.depends_on


def read(project: Project) -> list[RevisionFile] | None:
    """Read the files of all revisions.

    Returns:
        The revisions; None when a file can only be read by the project's own Python, or not at all.
    """
    is_elsewhere = not alembic_options.options(project).keys().isdisjoint(alembic_options.ELSEWHERE)
    if is_elsewhere and not project.is_squashed:
        return None
    found = [_read_file(path) for path in paths(project)]
    known = [file for file in found if file is not None]
    return resolved(known) if len(known) == len(found) else None


def paths(project: Project) -> list[Path]:
    """Return the files of the folder of revisions."""
    found = sorted(project.version_folder.glob("*.py"))
    return [path for path in found if not path.name.startswith((".#", "__init__"))]


def id_in(path: Path) -> str | None:
    """Return the id of the revision in a file; None if the file has no readable id."""
    file = _read_file(path)
    return file.id if file else None


def ids(value: Any) -> tuple[str, ...]:
    """Return revision ids as Alembic allows them: none, one, or several."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def assigned(path: Path, name: str) -> str | None:
    """Return the text that a revision's file assigns to a name; None without an assignment.

    An expression that is not a constant is returned as it is written, so that no assignment is
    missed.
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


def assigned_at(path: Path, name: str) -> int:
    """Return the line in which a revision's file assigns to a name; 1 without an assignment."""
    try:
        module = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return 1
    found = [
        target.lineno
        for target, _ in _assignments(module)
        if isinstance(target, ast.Name) and target.id == name
    ]
    return found[-1] if found else 1


def _read_file(path: Path) -> RevisionFile | None:
    try:
        content = path.read_bytes()
        module = ast.parse(content)
        if b"<<<<<<<" in content or not any(map(_defines_upgrade, module.body)):
            return None
        values = dict(_literals(module))
        return RevisionFile(
            id=values["revision"],
            follows=ids(values.get("down_revision")),
            depends_on=ids(values.get("depends_on")),
            title=(ast.get_docstring(module) or "").split("\n\n")[0],
            path=path,
            labels=ids(values.get("branch_labels")),
        )
    except (OSError, SyntaxError, ValueError, KeyError, TypeError):
        return None


def _defines_upgrade(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef) and statement.name == "upgrade"


def _literals(module: ast.Module) -> list[tuple[str, Any]]:
    """Return the names that concern the revision, each with its constant value.

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


def resolved(files: Sequence[RevisionFile]) -> list[RevisionFile]:
    """Replace labels and beginnings of ids, by which revisions refer to others, by their ids."""
    ids = [file.id for file in files]
    labels = {label: file.id for file in files for label in file.labels}

    def revision_id(name: str) -> str:
        begun = [one for one in ids if one.startswith(name)]
        return name if name in ids else labels.get(name, begun[0] if len(begun) == 1 else name)

    return [replace(file, depends_on=tuple(map(revision_id, file.depends_on))) for file in files]


def in_order(files: Iterable[RevisionFile]) -> list[RevisionFile]:
    """Sort so that every revision comes after the ones that it follows or depends on."""
    waiting = {file.id: file for file in files}
    sorter = TopologicalSorter({file.id: file.needs for file in waiting.values()})
    return [waiting[one] for one in sorter.static_order()]


def file_checksum(content: bytes) -> str:
    """Return the digest of a revision's file, the same for every style of line ending."""
    text = content.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"
