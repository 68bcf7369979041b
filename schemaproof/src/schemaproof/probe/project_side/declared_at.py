"""The file and line where a table, and each of its columns, keys and indexes, is declared."""

from __future__ import annotations

import os
import sys
from typing import Any, Iterator

from . import models
from .environment import Environment
from .source_lines import Node, Sources

_DEFAULT_SCHEMA = "public"


def lines(environment: Environment) -> list[dict[str, Any]]:
    """Return the known lines, each with the names of its object, the outermost first."""
    parts = models.load(environment)
    sources = Sources(_own_files(environment))
    classes = _classes_by_table()
    found: dict[tuple[str, ...], tuple[str, int]] = {}
    for metadata in parts:
        for table in metadata.tables.values():
            declared = _Declared(table, classes.get(table, []), sources)
            for names, (file, line) in declared.lines():
                found.setdefault(names, (os.path.abspath(file), line))
    return [
        {"names": list(names), "file": file, "line": line} for names, (file, line) in found.items()
    ]


class _Declared:
    """A table, with the classes that are mapped to it and the text that declares it."""

    def __init__(self, table: Any, classes: list[Any], sources: Sources) -> None:
        self._table = table
        self._classes = classes
        self._sources = sources
        schema = table.schema or table.metadata.schema or _DEFAULT_SCHEMA
        self._names = (str(schema), str(table.name))

    def lines(self) -> Iterator[tuple[tuple[str, ...], tuple[str, int]]]:
        nodes = [self._sources.class_line(one) for one in self._classes]
        whole = [node for node in nodes if node] or self._sources.table_line(*self._names)
        if not whole:
            return
        home = whole[0]
        yield self._names, home.place
        columns = {
            str(column.name): self._column_line(column, whole) for column in self._table.columns
        }
        for column in self._table.columns:
            place = columns[str(column.name)] or home.place
            yield (*self._names, str(column.name)), place
            kind = column.type
            kind = getattr(kind, "item_type", kind)  # The type may be an array.
            if getattr(kind, "enums", None) and getattr(kind, "name", None):
                schema = kind.schema or self._names[0]
                yield (str(schema), str(kind.name)), place
        for part in (*self._table.constraints, *self._table.indexes):
            if isinstance(part.name, str):
                # SQLAlchemy uses a marker instead of a name for a part without one.
                name = str(part.name)
                yield (
                    (*self._names, name),
                    self._part_line(part, name, whole, columns) or home.place,
                )

    def _column_line(self, column: Any, whole: list[Node]) -> tuple[str, int] | None:
        """Return the line of a column's attribute in its class or a base, or of its Column."""
        for mapped in self._classes:
            keys = [key for key, one in mapped.__mapper__.columns.items() if one is column]
            for cls in mapped.__mro__ if keys else ():
                node = self._sources.class_line(cls)
                if node and keys[0] in node.attributes:
                    return node.file, node.attributes[keys[0]]
        return self._named(str(column.name), whole)

    def _part_line(
        self, part: Any, name: str, whole: list[Node], columns: dict[str, Any]
    ) -> tuple[str, int] | None:
        """Return the line of a constraint or an index, found by its name or by its only column."""
        named = self._named(name, whole)
        if named:
            return named
        about = [str(column.name) for column in getattr(part, "columns", ())]
        return columns.get(about[0]) if len(about) == 1 else None

    def _named(self, name: str, whole: list[Node]) -> tuple[str, int] | None:
        """Return the line of a call whose text is the name of an object, or the end of the name."""
        for node in whole:
            ends = [text for text in node.texts if name == text or name.endswith("_" + text)]
            if ends:
                return node.file, node.texts[max(ends, key=len)]
        return None


def _classes_by_table() -> dict[Any, list[Any]]:
    """Return the mapped classes by the table that they declare, base classes first."""
    mappers = {mapper for one in _mapped() for mapper in one.registry.mappers}
    found: dict[Any, list[Any]] = {}
    for mapper in sorted(mappers, key=lambda one: len(one.class_.__mro__)):
        found.setdefault(mapper.local_table, []).append(mapper.class_)
    return found


def _mapped() -> Iterator[Any]:
    """Yield one or more mappers of each registry, from the mapped classes in imported modules."""
    for module in list(sys.modules.values()):
        for value in list(getattr(module, "__dict__", {}).values()):
            if isinstance(value, type) and "__mapper__" in vars(value):
                mapper = vars(value)["__mapper__"]
                if hasattr(mapper, "registry"):
                    yield mapper


def _own_files(environment: Environment) -> list[str]:
    """Return the project's files, without those of a virtual environment in its folder."""
    return [
        file
        for file in models.own_files(environment)
        if file.endswith(".py") and "site-packages" not in file.split(os.sep)
    ]
