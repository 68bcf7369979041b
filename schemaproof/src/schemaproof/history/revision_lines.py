"""Lines of a revision's file, found in its text."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path


def line_of_upgrade(path: Path) -> int:
    """Return where ``upgrade`` begins; the first line where it does not."""
    upgrade = _upgrade(path)
    return upgrade.lineno if upgrade else 1


def line_that_names(path: Path, names: Sequence[str]) -> int | None:
    """Return the line of ``upgrade`` where a statement names an object; None where none does.

    Args:
        path: The file.
        names: The names that the statement has to have; the line is that of the last one.
    """
    upgrade = _upgrade(path)
    words = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in names]
    for statement in upgrade.body if upgrade else ():
        texts = [*_texts(statement)]
        if all(any(word.search(text) for text, _ in texts) for word in words):
            return next(line for text, line in texts if words[-1].search(text))
    return None


def _upgrade(path: Path) -> ast.FunctionDef | None:
    try:
        module = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    found = (one for one in module.body if isinstance(one, ast.FunctionDef))
    return next((one for one in found if one.name == "upgrade"), None)


def _texts(statement: ast.stmt) -> Iterator[tuple[str, int]]:
    """Yield the lines of a statement's texts; one of SQL may have several."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # Escaped line ends are none in the file: then all is on the line where it begins.
            several = node.value.count("\n") == (node.end_lineno or node.lineno) - node.lineno
            for number, text in enumerate(node.value.split("\n")):
                yield text, node.lineno + number * several
