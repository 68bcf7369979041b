"""Find columns whose positions changed since the last migration. Pure.

PostgreSQL numbers the columns of a table as they are added and never reuses a number
(``pg_attribute.attnum``). So numbers show that two columns of one type swapped their names, or that
a column was dropped and added again; nothing else differs then. A restored dump numbers from 1, in
the same order.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

Numbers: TypeAlias = Mapping[str, int]

ANEW: Final = "dropped and created again: its data are lost"


@dataclass(frozen=True, slots=True)
class Moved:
    """A column with another number than recorded.

    Attributes:
        name: Its name.
        was: The recorded number.
        number: The number now.
        reason: The probable cause.
    """

    name: str
    was: int
    number: int
    reason: str


def moved(recorded: Numbers, live: Numbers, generated: Collection[str] = ()) -> list[Moved]:
    """Return the columns with another number than recorded, in the order of the table.

    Missing and unexpected columns are reported elsewhere. A generated column that was created
    again has lost nothing: its values are computed.
    """
    common = [name for name in _in_order(recorded) if name in live and name not in generated]
    ranks = {name: rank for rank, name in enumerate(_in_order(recorded), 1)}
    if common == [name for name in _in_order(live) if name in common] and (
        sorted(live.values()) == [*range(1, len(live) + 1)]
        or all(live[name] == ranks[name] for name in common)
    ):
        return []
    was = ranks if _is_restored(recorded, live) else recorded
    return [
        Moved(name, was[name], live[name], _reason(name, was, live))
        for name in common
        if live[name] != was[name]
    ]


def crosswise(found: Sequence[Moved]) -> Iterator[list[str]]:
    """Yield cycles of columns that exchanged positions: each has the position of the next."""
    holders = {one.was: one.name for one in found}
    follows = {one.name: holders.get(one.number) for one in found}
    seen: set[str] = set()
    for start in follows:
        ring: list[str] = []
        name: str | None = start
        while name is not None and name not in seen:
            seen.add(name)
            ring.append(name)
            name = follows[name]
        if name == start and ring:
            yield ring


def _is_restored(recorded: Numbers, live: Numbers) -> bool:
    """Whether a number is reused, which only a restored dump does."""
    given = {*recorded.values()}
    return any(number not in given and number < max(given) for number in live.values())


def _reason(name: str, was: Numbers, live: Numbers) -> str:
    other = next((one for one, number in was.items() if number == live[name]), None)
    if other is None:
        return ANEW
    if live.get(other) == was[name]:
        return f"its name was swapped with that of {other}"
    return f"renamed: it has the position of {other}"


def _in_order(numbers: Numbers) -> list[str]:
    return sorted(numbers, key=numbers.__getitem__)
