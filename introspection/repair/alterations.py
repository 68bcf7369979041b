"""Definitions of several statements: what differs is changed in place, statement by statement."""

from __future__ import annotations

import re
from typing import Final

from core import sql_tree
from core.sql_tree import NotAnalysed
from introspection.shapes import SqlText

_NAME: Final = r'(?:"(?:[^"]|"")*"|[^\s"(),])+'
_VALUE: Final = r"E?'(?:[^'\\]|''|\\.)*'"
# What takes a statement back, by how it reads; each keeps the groups of the pattern.
_UNDO: Final = tuple(
    (re.compile(pattern, re.DOTALL), statement)
    for pattern, statement in (
        (rf"(COMMENT ON .+) IS {_VALUE}", r"\1 IS NULL"),
        (rf"(ALTER DOMAIN {_NAME}) SET DEFAULT .+", r"\1 DROP DEFAULT"),
        (rf"(ALTER DOMAIN {_NAME}) SET NOT NULL", r"\1 DROP NOT NULL"),
        (rf"(ALTER DOMAIN {_NAME}) ADD CONSTRAINT ({_NAME}) .+", r"\1 DROP CONSTRAINT \2"),
        (rf"(ALTER .+) OPTIONS \(ADD ({_NAME}) {_VALUE}\)", r"\1 OPTIONS (DROP \2)"),
        (rf"(ALTER SERVER {_NAME}) VERSION {_VALUE}", r"\1 VERSION NULL"),
        (
            rf"(ALTER FOREIGN DATA WRAPPER {_NAME}) (HANDLER|VALIDATOR) {_NAME}",
            r"\1 NO \2",
        ),
        (
            rf"(ALTER TEXT SEARCH CONFIGURATION {_NAME}) ADD MAPPING FOR ({_NAME}) WITH .+",
            r"\1 DROP MAPPING FOR \2",
        ),
        (
            r"(ALTER OPERATOR FAMILY .+ USING \S+) ADD (OPERATOR \d+) .+?(\([^()]*\)).*",
            r"\1 DROP \2 \3",
        ),
        (
            r"(ALTER OPERATOR FAMILY .+ USING \S+) ADD (FUNCTION \d+ \([^()]*\)) .+",
            r"\1 DROP \2",
        ),
    )
)
_DICTIONARY: Final = re.compile(
    rf"CREATE (TEXT SEARCH DICTIONARY {_NAME}) \(TEMPLATE = ({_NAME})(?:, (.*))?\)", re.DOTALL
)
_OPTION: Final = re.compile(rf"({_NAME}) = (?:{_VALUE}|[^\s,]+)")


def alterations(wanted: SqlText, found: SqlText) -> list[str] | None:
    """Return the statements that make one definition the other; None when it must be made anew."""
    new, old = statements(wanted), statements(found)
    if new[0] != old[0]:
        return _dictionary(new[0], old[0])
    # What stands later may be about what stands earlier.
    undone = [_undo(one) for one in reversed(old[1:]) if one not in new]
    if None in undone:
        return None
    return [*filter(None, undone), *(one for one in new[1:] if one not in old)]


def statements(definition: SqlText) -> list[str]:
    """Return the statements of a definition, the one that creates it first."""
    try:
        return [one.sql for one in sql_tree.statements(str(definition))]
    except NotAnalysed:
        return [str(definition)]


def _undo(statement: str) -> str | None:
    for pattern, undo in _UNDO:
        match = pattern.fullmatch(statement)
        if match is not None:
            return match.expand(undo)
    return None


def _dictionary(wanted: str, found: str) -> list[str] | None:
    """Change the options of a text search dictionary; those of a template cannot be left out."""
    new, old = _DICTIONARY.fullmatch(wanted), _DICTIONARY.fullmatch(found)
    if new is None or old is None or new.group(1, 2) != old.group(1, 2):
        return None
    kept = {match[1] for match in _OPTION.finditer(new[3] or "")}
    gone = [match[1] for match in _OPTION.finditer(old[3] or "") if match[1] not in kept]
    return [f"ALTER {new[1]} ({', '.join([*gone, *filter(None, [new[3]])])})"]
