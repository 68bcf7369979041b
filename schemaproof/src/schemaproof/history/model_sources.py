"""A digest of the models' source files; while it is unchanged, the models are not imported.

Importing the models takes longer than comparing them. Their files are found as Python would find
them, by following their imports; SQLAlchemy's version belongs to the digest, because it writes the
DDL.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

from schemaproof.errors import ConfigurationError
from schemaproof.history.alembic_options import import_paths
from schemaproof.history.project_code import project_interpreter
from schemaproof.interpreter import site_packages
from schemaproof.project import Project

# A module that contains one of these may depend on more than its import statements: on other
# modules, files, or environment variables.
_FROM_ELSEWHERE: Final = (
    *(b"import_module", b"__import__", b"walk_packages", b"iter_modules"),
    *(b"open(", b"read_text", b"read_bytes", b"importlib.resources", b"environ", b"getenv"),
)
# The DDL depends on no other package than these.
_HARMLESS: Final = frozenset({"sqlalchemy", "typing_extensions", *sys.stdlib_module_names})


def digest(project: Project) -> str | None:
    """Return the digest of the models' files.

    Returns:
        The digest; None when a file is outside the project, or cannot be found without running the
        models.
    """
    if not project.metadata:
        # Only running env.py would tell which models there are.
        return None
    files: dict[str, bytes] = {}
    waiting = [name.partition(":")[0] for name in (*project.metadata, *project.objects)]
    folders = import_paths(project)
    while waiting:
        module = waiting.pop()
        if module.partition(".")[0] in _HARMLESS:
            continue
        folder = next((folder for folder in folders if any(_module_files(folder, module))), None)
        if folder is None:
            return None
        for path in _module_files(folder, module):
            name = path.relative_to(folder).as_posix()
            if name in files:
                continue
            try:
                files[name] = path.read_bytes().replace(b"\r\n", b"\n")
                waiting.extend(_imported(name, ast.parse(files[name])))
            except (OSError, SyntaxError, ValueError):
                return None
            if any(word in files[name] for word in _FROM_ELSEWHERE):
                return None
    version = _version_of_sqlalchemy(project)
    return None if version is None else _digest(files, version)


def _version_of_sqlalchemy(project: Project) -> str | None:
    """Return the version that the project's Python has, without starting it."""
    try:
        interpreter = project_interpreter(project)
    except ConfigurationError:
        return None
    folders = [str(folder) for folder in site_packages(interpreter.path)] or sys.path
    found = distributions(name="sqlalchemy", path=folders)
    return next((one.version for one in found), None)


def _digest(files: dict[str, bytes], version: str) -> str:
    total = hashlib.sha256(f"sqlalchemy {version}".encode())
    for name in sorted(files):
        total.update(f"\0{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return f"sha256:{total.hexdigest()}"


def _module_files(root: Path, module: str) -> Iterator[Path]:
    """Yield the files of a module and of the packages that it is in, as far as they are in root."""
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        base = root.joinpath(*parts[:end])
        for path in (base / "__init__.py", base.with_suffix(".py")):
            if path.is_file():
                yield path


def _imported(name: str, tree: ast.Module) -> Iterator[str]:
    package = name.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            # A name that is imported from a package may be a module of it.
            yield from (f"{base}.{alias.name}" for alias in node.names)
