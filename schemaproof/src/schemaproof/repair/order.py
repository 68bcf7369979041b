"""The order of the statements of a repair."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from schemaproof.findings.steps import Phase, Step
from schemaproof.repair.dependents import Dependents, enclosing
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql.sql_names import mentioned


def in_order(steps: Iterable[Step], dependents: Dependents = Dependents()) -> list[Step]:  # noqa: B008 - it never changes
    """Sort so that objects exist before they are named, and dependent objects are dropped first.

    All other steps keep their order, by phase. Of two steps that each have to follow the other, the
    first one stays first.
    """
    waiting = [*steps]
    first: defaultdict[int, set[int]] = defaultdict(set)
    for before, after in _pairs(waiting, dependents):
        if before != after:
            first[after].add(before)
    followers: defaultdict[int, list[int]] = defaultdict(list)
    for after, some in first.items():
        for before in some:
            followers[before].append(after)
    left = {place: len(first[place]) for place in range(len(waiting))}
    ready = [place for place, count in left.items() if not count]
    heapify(ready)
    placed: dict[int, Step] = {}
    while left:
        place = heappop(ready) if ready else _first_of_a_ring(left, first)
        if left.pop(place, None) is None:
            continue
        placed[place] = waiting[place]
        for after in followers[place]:
            if after in left:
                left[after] -= 1
                if not left[after]:
                    heappush(ready, after)
    return [*placed.values()]


def _first_of_a_ring(left: Mapping[int, int], first: Mapping[int, set[int]]) -> int:
    """Return the position of a step in a cycle of dependencies."""
    place, seen = min(left), set[int]()
    while place not in seen:
        seen.add(place)
        place = min((one for one in first[place] if one in left and one not in seen), default=place)
    return place


def _pairs(steps: Sequence[Step], dependents: Dependents) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: of a step, and of a step that must follow it."""
    creators = _places((step.creates, place) for place, step in enumerate(steps))
    makers = _places((step.makes, place) for place, step in enumerate(steps))
    droppers = _places((step.drops, place) for place, step in enumerate(steps))
    for place, step in enumerate(steps):
        if creators and step.phase >= Phase.CREATE_SCHEMAS:
            for name in names_in(step):
                for creator in creators.get(name, ()):
                    # A step that makes room for an object comes before the step that creates it.
                    if step.drops is None or step.drops != steps[creator].makes:
                        yield creator, place
        yield from ((dropper, place) for dropper in droppers.get(step.makes, ()))
        for column in dependents.retyped(step):
            default = Ref("default", column.path)
            yield from ((place, maker) for maker in makers.get(default, ()))
        for one in dependents.dependencies(step):
            for dropper in _steps_that_drop(droppers, one.dependent):
                yield dropper, place
            # An object that is created again needs the new version of what it depends on.
            for maker in makers.get(one.dependent, ()):
                yield place, maker
                yield from ((other, maker) for other in makers.get(step.drops, ()))


def _steps_that_drop(droppers: Mapping[object, list[int]], ref: Ref | None) -> Iterator[int]:
    """Yield the positions of the steps that drop an object, or an object that contains it."""
    for one in enclosing(ref) if ref is not None else ():
        yield from droppers.get(one, ())


def _places(named: Iterable[tuple[object, int]]) -> dict[object, list[int]]:
    """Return the positions of each item."""
    places: defaultdict[object, list[int]] = defaultdict(list)
    for what, place in named:
        if what:
            places[what].append(place)
    return places


def names_in(step: Step) -> Iterator[str]:
    """Yield the names in a statement, as PostgreSQL prints it."""
    for name in mentioned(step.sql):
        yield name
        if '"' in name:
            yield path(*ObjectPath.parse(name).names)
