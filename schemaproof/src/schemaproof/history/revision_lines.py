"""Lines of a revision's file, found in its text."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RevisionLines:
    """The lines of a revision's ``upgrade``.

    Attributes:
        upgrade: The line in which ``upgrade`` begins; the first line where no function can be read.
        statements: The statements, each with its texts and their lines.
        text: The texts of all statements together.
    """

    upgrade: int
    statements: tuple[tuple[tuple[str, int], ...], ...]
    text: str

    def line_naming(self, names: Sequence[str]) -> int | None:
        """Return the line of a statement that names an object; None without one.

        Args:
            names: The names that the statement has to have; the line is that of the last one.
        """
        if any(name not in self.text for name in names):
            return None
        words = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in names]
        for texts in self.statements:
            if all(any(word.search(text) for text, _ in texts) for word in words):
                return next(line for text, line in texts if words[-1].search(text))
        return None


def read_lines(path: Path) -> RevisionLines:
    """Read the lines of a revision's ``upgrade`` from its file."""
    upgrade = _upgrade(path)
    if upgrade is None:
        return RevisionLines(1, (), "")
    statements = tuple(tuple(_texts(statement)) for statement in upgrade.body)
    text = "\n".join(text for texts in statements for text, _ in texts)
    return RevisionLines(upgrade.lineno, statements, text)


def _upgrade(path: Path) -> ast.FunctionDef | None:
    try:
        module = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    found = (one for one in module.body if isinstance(one, ast.FunctionDef))
    return next((one for one in found if one.name == "upgrade"), None)


def _texts(statement: ast.stmt) -> Iterator[tuple[str, int]]:
    """Yield the texts of a statement, line by line: SQL may have several lines."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # If line ends are escaped or joined, the text has more lines than the file. Then each
            # of them is reported on the line where the text begins.
            several = node.value.count("\n") == (node.end_lineno or node.lineno) - node.lineno
            for number, text in enumerate(node.value.split("\n")):
                yield text, node.lineno + number * several
