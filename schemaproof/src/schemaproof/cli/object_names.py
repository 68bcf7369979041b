"""Find the object that a command line names."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

import click

from schemaproof.compare.named_objects import NamedObject, named_objects
from schemaproof.errors import HistoryError
from schemaproof.history.history import History
from schemaproof.program import command_line
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath

_SHOWN: Final = 3


def recorded_objects(history: History) -> dict[ObjectPath, NamedObject]:
    """Return the objects of the head by path; a column hides an index of the same path.

    Raises:
        HistoryError: The head has no snapshot.
    """
    head = history.head_snapshot
    if head is None:
        raise HistoryError(
            "the head has no snapshot",
            remedy=f"record what the revisions produce: {command_line('snapshot')}",
        )
    return by_path(head)


def by_path(snapshot: Snapshot) -> dict[ObjectPath, NamedObject]:
    """Return the objects of a schema by path; a column hides an index of the same path."""
    found: dict[ObjectPath, NamedObject] = {}
    for one in named_objects(snapshot):
        found.setdefault(one.path, one)
    return found


def former_paths(history: History) -> Iterator[ObjectPath]:
    """Yield the paths of all objects in any snapshot."""
    for revision in history.revisions.values():
        if revision.recorded is not None:
            yield from (one.path for one in named_objects(revision.recorded.snapshot))


def path_named(name: str, paths: Collection[ObjectPath]) -> ObjectPath:
    """Return the path for a name, which may be the unique end of a path.

    Raises:
        UsageError: No path or several paths match; the message names the nearest.
    """
    names = ObjectPath.parse(name).names
    for begin in (0, 1, -len(names)):
        found = [one for one in paths if one == name or one.names[begin:] == names]
        if len(found) == 1:
            return found[0]
        if found:
            raise click.UsageError(f"{name!r} may be {_listed(found)}")
    near = get_close_matches(name, [*paths], n=_SHOWN)
    short = {one.partition(".")[2]: one for one in paths}
    near = near or [short[one] for one in get_close_matches(name, [*short], n=_SHOWN)]
    hint = f"; the nearest are {_listed(near)}" if near else ""
    raise click.UsageError(f"nothing is called {name!r}{hint}")


def _listed(names: Collection[str]) -> str:
    shown = sorted(names)
    if len(shown) > _SHOWN:
        shown = [*shown[:_SHOWN], "another"]
    *others, last = shown
    return f"{', '.join(others)} or {last}" if others else last
