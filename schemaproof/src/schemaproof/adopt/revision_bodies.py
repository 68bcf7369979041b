"""Write statements into the functions of a revision's file."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemaproof.errors import ConfigurationError
from schemaproof.history import data_loss
from schemaproof.output import whole_file

_NO_WAY_BACK: Final = '    raise NotImplementedError("how to undo this change is not known")'


@dataclass(frozen=True, slots=True)
class Body:
    """A statement of a revision.

    Attributes:
        sql: The text of the statement, without the semicolon.
        outside: Whether the statement runs outside of a transaction.
    """

    sql: str
    outside: bool = False


def fill(file: Path, up: Sequence[Body], down: Sequence[Body] | None, *, loses: str = "") -> None:
    """Replace the bodies of ``upgrade`` and ``downgrade`` in a revision's file.

    Args:
        file: The file of the revision, as the project's template makes it.
        up: The statements of its upgrade.
        down: The statements of its downgrade; None where they are unknown.
        loses: The data that the downgrade loses, for the declaration in the file; no declaration is
            written when empty.

    Raises:
        ConfigurationError: The template lacks these functions, or does not import ``op``.
    """
    text = file.read_text("utf-8")
    text = _with_body(file, text, "upgrade", "\n".join(map(_lines, up)) or "    pass")
    undo = _NO_WAY_BACK if down is None else "\n".join(map(_lines, down)) or "    pass"
    text = _with_body(file, text, "downgrade", undo)
    whole_file.write(file, data_loss.with_declaration(text, loses) if loses else text)


def _with_body(file: Path, text: str, name: str, body: str) -> str:
    module = ast.parse(text)
    found = [one for one in module.body if isinstance(one, ast.FunctionDef) and one.name == name]
    if len(found) != 1 or not _imports_op(module):
        raise ConfigurationError(
            f"{file} has no function {name}() at its top, or does not import op from alembic",
            remedy="restore script.py.mako: alembic init",
        )
    [function] = found
    lines = text.splitlines(keepends=True)
    first, last = function.body[0].lineno, function.body[-1].end_lineno
    if ast.get_docstring(function) is not None:
        first = (function.body[0].end_lineno or first) + 1
    return "".join([*lines[: first - 1], f"{body}\n", *lines[max(last or first, first - 1) :]])


def _imports_op(module: ast.Module) -> bool:
    return any(
        isinstance(one, ast.ImportFrom)
        and one.module == "alembic"
        and any(alias.name == "op" and alias.asname is None for alias in one.names)
        for one in module.body
    )


def _lines(body: Body) -> str:
    indent = "    " * (2 if body.outside else 1)
    written = "\n".join(f"{indent}    {line!r}" for line in _pieces(_escaped(body.sql)))
    call = f"{indent}op.execute(\n{written}\n{indent})"
    return f"    with op.get_context().autocommit_block():\n{call}" if body.outside else call


def _pieces(sql: str) -> Iterator[str]:
    yield from sql.splitlines(keepends=True)


def _escaped(sql: str) -> str:
    r"""Escape the colons in a statement, because ``op.execute`` reads ``:name`` as a parameter.

    >>> _escaped("SELECT 'at :b'::text, '12:30'")
    "SELECT 'at \\:b'::text, '12:30'"
    """
    # SQLAlchemy's text() removes a backslash before a colon even if no parameter follows.
    kept = re.sub(r"\\(?=:\w*(?![:\w]))", r"\\\\", sql)
    return re.sub(r"(?<![:\w\\]):(?=\w+(?!:))", r"\\:", kept)
