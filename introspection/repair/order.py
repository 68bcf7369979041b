"""The order of statements: what one names is created before it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from introspection.repair.steps import Phase, Step

_PART: Final = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*|[-+*/<>=~!@#%^&|`?]+)'
_MENTION: Final = re.compile(rf"{_PART}(?:\.{_PART})?")
# The body of a function is not looked at when it is created: see render/sql.py.
_BODY: Final = "\nAS $"


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Put what others name before them; everything else stays in its order."""
    waiting = [*steps]
    creators: defaultdict[str, list[int]] = defaultdict(list)
    for place, step in enumerate(waiting):
        if step.creates:
            creators[step.creates].append(place)
    placed: dict[int, Step] = {}

    def put(place: int, pulled_by: frozenset[int]) -> None:
        if place in placed or place in pulled_by:
            return
        step = waiting[place]
        # What goes first has to be gone before its like is created.
        for name in mentioned(step.sql) if step.phase >= Phase.CREATE_SCHEMAS else ():
            for creator in creators.get(name, ()):
                put(creator, pulled_by | {place})
        placed[place] = step

    if creators:
        for place in range(len(waiting)):
            put(place, frozenset())
        return [*placed.values()]
    return waiting


def mentioned(sql: str) -> dict[str, None]:
    """Return what a statement names, as it is written there, each once."""
    return dict.fromkeys(_MENTION.findall(sql.partition(_BODY)[0]))


def with_former_names(sql: str, former: Mapping[str, str]) -> str:
    """Return a text that says the former names of what it names."""
    return _MENTION.sub(lambda match: former.get(match[0], match[0]), sql)
