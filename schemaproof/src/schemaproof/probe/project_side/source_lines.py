"""Find classes and tables in the text of Python files, with the lines of their parts."""

from __future__ import annotations

import ast
import sys
from typing import Any, Iterable, Iterator


class Node:
    """A class, or a call of Table.

    Attributes:
        file: The file that contains it.
        place: Its file and line.
        attributes: The line of each attribute of a class.
        texts: The line of each call that a text is given to: the names of columns, constraints and
            indexes among them.
    """

    def __init__(self, file: str, node: ast.AST, line: int) -> None:
        self.file = file
        self.place = (file, line)
        self.attributes = dict(_attributes(node))
        self.texts: dict[str, int] = {}
        for text, at in _texts(node):
            self.texts.setdefault(text, at)


class Sources:
    """Python files, read when a name in them is looked up.

    Args:
        files: The files in which calls of ``Table`` are looked for.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._files = list(files)
        self._trees: dict[str, Any] = {}
        self._classes: dict[str, dict[str, Node]] = {}
        self._tables: list[tuple[str, str | None, Node]] | None = None

    def class_line(self, cls: Any) -> Node | None:
        """Return the lines of a class; None if its source is not available."""
        module = sys.modules.get(getattr(cls, "__module__", ""))
        file = getattr(module, "__file__", None)
        if not file or not file.endswith(".py"):
            return None
        if file not in self._classes:
            tree = self._tree(file)
            self._classes[file] = dict(_classes(file, tree, "")) if tree else {}
        return self._classes[file].get(cls.__qualname__)

    def table_line(self, schema: str, name: str) -> list[Node]:
        """Return the calls ``Table(name, ...)`` of a table, with their lines."""
        if self._tables is None:
            self._tables = [found for file in self._files for found in self._tables_in(file)]
        return [
            node
            for table, table_schema, node in self._tables
            if table == name and table_schema in (None, schema)
        ]

    def _tables_in(self, file: str) -> Iterator[tuple[str, str | None, Node]]:
        tree = self._tree(file, having=b"Table(")
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and _called(node).endswith("Table"):
                name = _text(node.args[0]) if node.args else None
                schemas = [_text(one.value) for one in node.keywords if one.arg == "schema"]
                if name is not None:
                    yield name, schemas[0] if schemas else None, Node(file, node, node.lineno)

    def _tree(self, file: str, having: bytes = b"") -> Any:
        if file not in self._trees:
            try:
                with open(file, "rb") as source:
                    text = source.read()
                self._trees[file] = ast.parse(text) if having in text else None
            except (OSError, SyntaxError, ValueError):
                self._trees[file] = None
        return self._trees[file]


def _classes(file: str, node: Any, prefix: str) -> Iterator[tuple[str, Node]]:
    """Yield the classes by their qualified names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            name = prefix + child.name
            yield name, Node(file, child, child.lineno)
            yield from _classes(file, child, name + ".")
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _classes(file, child, prefix + child.name + ".<locals>.")
        else:
            yield from _classes(file, child, prefix)


def _attributes(node: Any) -> Iterator[tuple[str, int]]:
    for child in getattr(node, "body", ()):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield child.name, child.lineno
        targets = (
            child.targets if isinstance(child, ast.Assign) else [getattr(child, "target", None)]
        )
        for target in targets:
            if isinstance(target, ast.Name):
                yield target.id, child.lineno


def _texts(node: Any) -> Iterator[tuple[str, int]]:
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            given = child.args + [one.value for one in child.keywords if one.arg == "name"]
            for text in map(_text, given):
                if text is not None:
                    yield text, child.lineno


def _text(node: ast.expr) -> str | None:
    """Return the text of a string literal; None for any other expression."""
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def _called(node: ast.Call) -> str:
    function: Any = node.func
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))
