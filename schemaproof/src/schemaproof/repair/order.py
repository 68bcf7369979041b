"""The order of statements: what one names is created before it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from schemaproof.findings.steps import Phase, Step

_WORD: Final = re.compile(r'["_]|[^\W\d]|[-+*/<>=~!@#%^&|`?]')


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Put what others name before them, or after them where it is dropped.

    Everything else stays in its order.
    """
    waiting = [*steps]
    creators = _places((step.creates,) for step in waiting)
    users = _places(mentioned(step.needs) for step in waiting)
    placed: dict[int, Step] = {}

    def put(place: int, pulled_by: frozenset[int]) -> None:
        if place in placed or place in pulled_by:
            return
        step = waiting[place]
        # What goes first has to be gone before its like is created.
        for name in mentioned(step.sql) if step.phase >= Phase.CREATE_SCHEMAS else ():
            for creator in creators.get(name, ()):
                put(creator, pulled_by | {place})
        for user in users.get(step.drops, ()):
            put(user, pulled_by | {place})
        placed[place] = step

    if creators or users:
        for place in range(len(waiting)):
            put(place, frozenset())
        return [*placed.values()]
    return waiting


def _places(names: Iterable[Iterable[str]]) -> Mapping[str, list[int]]:
    """Return where each name occurs; no name is none."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, some in enumerate(names):
        for name in filter(None, some):
            places[name].append(place)
    return places


def with_what_is_kept(steps: Iterable[Step]) -> list[Step]:
    """Keep what an object that is not dropped for sure depends on: it could not be dropped."""
    found = [*steps]
    kept: set[str] = set()
    while True:
        needs = {
            name
            for step in found
            if step.unmodelled and step.drops not in kept
            for name in mentioned(step.needs)
        }
        if not needs:
            return found
        kept |= {step.drops for step in found if step.unmodelled}
        found = [
            replace(step, unmodelled=True) if step.drops in needs and step.destructive else step
            for step in found
        ]


def mentioned(sql: str) -> dict[str, None]:
    """Return what a statement names, as it is written there, each once."""
    return {name: None for name, _ in _mentions(sql)}


def with_former_names(sql: str, former: Mapping[str, str]) -> str:
    """Return a text that says the former names of what it names."""
    pieces, end = [], 0
    for name, start in _mentions(sql):
        if name in former:
            pieces += [sql[end:start], former[name]]
            end = start + len(name)
    return "".join([*pieces, sql[end:]])


def _mentions(sql: str) -> list[tuple[str, int]]:
    """Return each name, with its schema, and where it stands; see :func:`_names`."""
    # Not imported before something has to be repaired: that takes longer than to see that all is
    # well.
    from schemaproof.sql import sql_tree

    return sql_tree.unless_analysed(otherwise=[])(_names)(sql)


def _names(sql: str) -> list[tuple[str, int]]:
    """Return the words and operators, two with a dot between as one.

    What stands in a string is no name, unless it is cast to what holds one: ``'q.s'::regclass``.
    The body of a function is not looked at when that is created (see render/sql.py), but for one
    of statements (BEGIN ATOMIC).
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
