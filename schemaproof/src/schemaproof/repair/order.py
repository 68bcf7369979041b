"""The order of statements: what one names is created before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from schemaproof.findings.steps import Phase, Step
from schemaproof.sql.sql_names import mentioned


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
