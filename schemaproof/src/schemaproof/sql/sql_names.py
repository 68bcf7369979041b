"""The names in a text of SQL: relations, functions, types, operators, with their schemas."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NAME_BYTES: Final = 63
"""The greatest length of a name in bytes; PostgreSQL cuts longer ones (NAMEDATALEN)."""
_WORD: Final = re.compile(r'["_]|[^\W\d]|[-+*/<>=~!@#%^&|`?]')


def mentioned(sql: str) -> dict[str, None]:
    """Return the names in a statement as they are written, each once."""
    return {name: None for name, _ in _mentions(sql)}


def with_former_names(
    sql: str,
    former: Mapping[str, str],
    first: Mapping[str, str] = MappingProxyType({}),
    last: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return a text with the former names of renamed objects.

    Args:
        sql: The text.
        former: The former names, by the present ones.
        first: The former parts before the dot, by the present ones; for names that are not in
            ``former`` as a whole.
        last: The former parts after the first dot, by the present ones; for the same names.
    """
    pieces, end = [], 0
    for name, start in _mentions(sql):
        renamed = former.get(name)
        qualifier, dot, own = name.partition(".")
        if renamed is None and dot and (qualifier in first or own in last):
            renamed = f"{first.get(qualifier, qualifier)}.{last.get(own, own)}"
        if renamed is not None:
            pieces += [sql[end:start], renamed]
            end = start + len(name)
    return "".join([*pieces, sql[end:]])


def _mentions(sql: str) -> list[tuple[str, int]]:
    """Return each name, with its schema, and its position; see :func:`_names`."""
    # This import is here because it takes longer than a check that finds nothing to repair.
    from schemaproof.sql import sql_tree

    return sql_tree.unless_analysed(otherwise=[])(_names)(sql)


def _names(sql: str) -> list[tuple[str, int]]:
    """Return the words and operators with their positions; a qualified name counts as one word.

    A string is no name, unless it is cast to a type that holds one: ``'q.s'::regclass``. The body
    of a function is not searched, because PostgreSQL does not check it either (see report/sql.py);
    a body of statements (BEGIN ATOMIC) is.
    """
    from postgast.pg_query_pb2 import Token

    from schemaproof.sql.sql_tokens import tokens

    strings = {Token.SCONST, Token.USCONST, Token.BCONST, Token.XCONST}
    skipped = strings | {Token.SQL_COMMENT, Token.C_COMMENT}
    found: list[tuple[str, int]] = []
    read = [one for one in tokens(sql) if one.kind not in skipped - {Token.SCONST}]
    place = 0
    while place < len(read):
        text, start, kind = read[place]
        following = [one.text for one in read[place + 1 : place + 3]]
        place += 1
        if kind == Token.SCONST:
            if following[:1] == ["::"] and following[-1].startswith("reg"):
                found += [(name, start + 1 + at) for name, at in _names(text[1:-1])]
        elif _WORD.match(text):
            if following[:1] == ["."] and _WORD.match(following[-1]):
                text = f"{text}.{following[-1]}"
                place += 2
            found.append((text, start))
    return found


def derived(before: str, table: str, after: str) -> str:
    """Return a name derived from a table's, cut where it would be too long.

    PostgreSQL does the same for names that it generates (``makeObjectName``).
    """
    room = NAME_BYTES - len(before.encode()) - len(after.encode())
    return before + table.encode()[:room].decode(errors="ignore") + after
